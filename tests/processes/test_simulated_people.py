"""Whoever is simulated does everything that people do now and then, and the simulation says how often it came up."""

import random
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from accounts.domain.roles import CUSTOMER
from config.simulation import cases
from config.simulation.people import plans
from config.simulation.plans import Make
from config.simulation.scene import Scene
from eventstore.messages import Command, Event
from orders.domain import order, payment, returns, shipment, stock_item
from tests import factories
from tests.desk import at_the_desk

ORDER, PARCEL = UUID(int=1), UUID(int=2)
PLACED = factories.OrderPlaced.build(order_id=ORDER)
PLANNED = factories.ShipmentPlanned.build(order_id=ORDER, shipment_id=PARCEL, pieces={PLACED.lines[0].sku: 2})
DELIVERED = factories.ShipmentDelivered.build(order_id=ORDER, shipment_id=PARCEL)

# What has happened, and all that somebody may ask for because of it.
ANSWERS: list[tuple[Event, set[type[Command]]]] = [
    (
        PLACED,
        {order.CancelOrder, order.CancelOrderLines, order.ChangeDeliveryAddress, order.HoldOrder},
    ),
    (factories.OrderHeld.build(), {order.ReleaseOrder}),
    (factories.BackorderChoiceOffered.build(), {order.AnswerBackorder}),
    (factories.PaymentRequested.build(), {payment.RecordAuthorization, payment.RecordDecline}),
    (factories.CaptureRequested.build(attempt=1), {payment.RecordCapture, payment.RecordCaptureFailure}),
    (factories.CaptureFailed.build(), {payment.RetryCapture}),
    (factories.RefundRequested.build(), {payment.RecordRefund}),
    (factories.InvoiceIssued.build(), {payment.RecordInvoicePayment}),
    (factories.InvoiceReminded.build(reminder=3), {payment.WriteOffInvoice}),
    (factories.Backordered.build(), {stock_item.ReceiveStock}),
    (PLANNED, {shipment.StartPicking, shipment.RecordPick, shipment.ReportShortPick}),
    (factories.ShortPickReported.build(), {stock_item.CountStock}),
    (factories.ShipmentPacked.build(), {shipment.RecordLabel}),
    (factories.ShipmentDispatched.build(), {shipment.RecordDelivery, shipment.ReportShipmentLost}),
    (DELIVERED, {returns.RequestReturn}),
    (factories.ReturnRequested.build(), {returns.ApproveReturn, returns.RejectReturn}),
    (factories.ReturnApproved.build(), {returns.RecordReturnArrival}),
]


def scene(event: Event) -> Scene:
    """An order as everybody sees it, once something has happened."""
    there = Scene()
    begun = [PLACED] if event is not DELIVERED else [PLACED, PLANNED]
    sku = getattr(event, "sku", "MUG")
    for fact in factories.history(factories.StockReceived.build(sku=sku, quantity=50), *begun, event):
        there.see(fact)
    return there


def asked_for(make: Make, there: Scene) -> type[Command] | None:
    """The kind of command that somebody asks for, if they do."""
    made = make(there, factories.NOON)
    return type(made) if isinstance(made, Command) else None


@pytest.mark.parametrize(("event", "answers"), ANSWERS, ids=lambda each: type(each).__name__)
def test_everything_that_can_be_done_about_it_is_done_now_and_then(event: Event, answers: set[type[Command]]) -> None:
    [fact] = factories.history(event)
    there = scene(event)
    seen: set[type[Command] | None] = set()
    for seed in range(2000):
        for plan in plans(fact, random.Random(seed)):
            assert plan.wait > timedelta(0)
            seen.add(asked_for(plan.make, there))
    assert answers <= seen


def test_most_of_those_whose_card_was_declined_pay_with_another_one() -> None:
    by_card = msgspec.structs.replace(PLACED, card="pm_card_visa_chargeDeclinedInsufficientFunds")
    declined = factories.PaymentDeclined.build(order_id=ORDER)
    placed, over, fact = factories.history(by_card, factories.OrderRejected.build(order_id=ORDER), declined)
    there = Scene()
    there.see(placed)
    assert list(plans(fact, random.Random(1))) == [], "nobody is connected who could charge it"
    with at_the_desk():
        made = [plan for seed in range(100) for plan in plans(fact, random.Random(seed))]
    assert 50 < len(made) < 90
    assert {plan.who for plan in made} == {CUSTOMER}
    command = made[0].make(there, factories.NOON)
    assert isinstance(command, payment.PayWithAnotherCard)
    assert command.customer_id == PLACED.customer_id
    there.see(over)
    assert asked_for(made[0].make, there) is None


@pytest.mark.parametrize(("words", "kind"), [case[:2] for case in cases.CASES], ids=[case[0] for case in cases.CASES])
def test_each_case_is_counted_for_just_the_events_that_it_names(words: str, kind: type[Event]) -> None:
    some = [getattr(factories, kind.__name__).build(**how) for how in VARIANTS.get(kind, [{}])]
    assert sum(cases.COUNTED + words in cases.of(event) for event in some) == 1
    assert cases.COUNTED + words not in cases.of(factories.ProductListed.build())


VARIANTS: dict[type[Event], list[dict[str, object]]] = {
    order.OrderPlaced: [{"payment_terms": "prepaid"}, {"payment_terms": "on_account"}],
    order.BackorderAnswered: [{"answer": "wait"}, {"answer": "take_what_is_there"}],
    returns.ReturnClosed: [{}, {"refund": factories.Money.build(cents=0)}],
}


def test_what_a_person_has_taken_is_left_to_them_until_they_give_it_back() -> None:
    there, pick = Scene(), factories.StartPicking.build(shipment_id=PARCEL)
    taken = factories.WorkTaken.build(work=f"shipment:{PARCEL}@7")
    given_back = factories.WorkGivenBack.build(work=taken.work)
    found = []
    for fact in factories.history(PLANNED, taken, given_back):
        there.see(fact)
        found.append(there.is_taken(pick))
    assert found == [False, True, False]
