"""The tricky cases of the business, each through the real log, with everything at work."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from uuid_utils.compat import uuid7

from accounts.domain.customer import RegisterCustomer
from accounts.domain.roles import CUSTOMER, FINANCE
from eventstore import clock, log
from eventstore.dispatch import dispatch
from eventstore.errors import Conflict
from eventstore.messages import Refused
from eventstore.models import OwedCommand, Parked, ProcessInstance
from eventstore.process import deadlines, sending
from eventstore.rest import to_rest
from orders.domain import order, payment, shipment
from orders.domain.money import Money
from orders.domain.stock_item import ReceiveStock
from projections.work_queue import WorkItem
from tests.eventstore.together import at_once
from tests.processes import play
from tests.shop import KETTLE, MUG, SHOPKEEPER, open_shop, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = Money(cents=0)


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    open_shop()


@pytest.fixture(autouse=True)
def _nothing_is_left(_shop: None) -> Iterator[None]:
    yield
    assert not Parked.objects.exists()
    assert play.owed() == []


def forward(**by: float) -> None:
    """Time passes, and what is due is done."""
    clock.forward(timedelta(**by))
    to_rest()


def stands(process: str, order_id: UUID) -> str:
    """Where an instance stands."""
    return ProcessInstance.objects.get(process=process, key=order_id).stands


def shipped(order_id: UUID, number: int = -1) -> UUID:
    """Pick, pack and dispatch a shipment of the order."""
    shipment_id = play.planned(order_id)[number]
    play.pick(shipment_id)
    play.dispatch(shipment_id)
    return shipment_id


def test_1_a_line_that_is_short_waits_while_the_others_stay_reserved_and_are_released_when_the_order_ends() -> None:
    order_id = play.place({MUG: 2, KETTLE: 5})
    assert play.item(MUG).claim(order_id).reserved == 2
    assert (play.item(KETTLE).claim(order_id).reserved, play.item(KETTLE).claim(order_id).waiting) == (3, 2)
    play.authorize(order_id)
    assert play.planned(order_id) == []
    send(order.CancelOrder(order_id=order_id, reason="I cannot wait.", parcels=()))
    to_rest()
    assert (play.item(MUG).available, play.item(KETTLE).available) == (40, 3)
    assert "AuthorizationVoided" in play.names(order_id)
    assert stands("cancellation", order_id) == "Undone"


def test_2_a_payment_that_succeeds_after_its_order_was_rejected_is_given_back_by_itself() -> None:
    order_id = play.place()
    forward(minutes=29)
    assert "OrderRejected" not in play.names(order_id)
    forward(minutes=2)
    assert "OrderRejected" in play.names(order_id)
    assert play.item(MUG).available == 40
    play.authorize(order_id)
    assert play.names(order_id)[-2:] == ["LatePaymentReceived", "AuthorizationVoided"]
    assert stands("reconciliation", order_id) == "Settled"


def test_2_also_when_another_card_was_being_asked_as_the_time_was_over() -> None:
    clara = somebody(CUSTOMER)
    order_id = play.place(customer=clara)
    play.decline(order_id)
    forward(minutes=29)
    play.pay_with_another_card(clara, order_id)
    forward(minutes=2)
    assert play.names(order_id)[-1] == "AuthorizationVoided"
    assert play.item(MUG).available == 40
    play.authorize(order_id, attempt=2)
    assert play.names(order_id)[-2:] == ["LatePaymentReceived", "AuthorizationVoided"]
    assert stands("prepaid", order_id) == "Ended"
    assert stands("reconciliation", order_id) == "Settled"


def test_an_order_whose_card_was_declined_goes_its_way_with_another_one() -> None:
    clara = somebody(CUSTOMER)
    order_id = play.place(customer=clara)
    play.decline(order_id)
    play.pay_with_another_card(clara, order_id)
    play.authorize(order_id, attempt=2)
    forward(minutes=40)
    shipped(order_id)
    play.capture(order_id)
    assert play.ledger(order_id).received == Money(cents=2500)
    assert play.names(order_id)[-1] == "OrderCompleted"


def test_an_order_that_was_held_as_its_card_was_declined_later_goes_its_way_with_another_one() -> None:
    clara = somebody(CUSTOMER)
    order_id = play.place(customer=clara)
    play.authorize(order_id)
    forward(days=6)
    play.decline(order_id, attempt=2)
    assert play.names(order_id)[-1] == "OrderHeld"
    play.pay_with_another_card(clara, order_id)
    play.authorize(order_id, attempt=3)
    assert play.names(order_id)[-1] == "OrderReleased"
    shipped(order_id)
    play.capture(order_id)
    assert play.ledger(order_id).received == Money(cents=2500)
    assert stands("prepaid", order_id) == "Completed"


def test_2_nobody_is_rejected_for_the_time_in_which_the_shop_itself_was_away() -> None:
    order_id, customer_id = uuid7(), uuid7()
    send(RegisterCustomer(customer_id=customer_id, name="Clara Vogel", email=f"{customer_id}@example.com"))
    send(play.placing(order_id, customer_id, {MUG: 2}))
    to_rest(["process:prepaid"], alone=True)
    sending.send_owed()
    assert play.names(order_id)[-1] == "StockReserved"  # and then no worker is there for days
    forward(days=3)
    assert play.names(order_id)[-1] == "PaymentRequested"
    forward(minutes=29)
    assert play.names(order_id)[-1] == "PaymentRequested"
    forward(minutes=2)
    assert "OrderRejected" in play.names(order_id)


def test_2_what_the_card_said_while_the_shop_was_away_counts_although_it_is_heard_after_the_half_hour() -> None:
    order_id = play.place()
    forward(hours=2)
    play.authorize(order_id)
    assert play.names(order_id)[-1] == "ShipmentPlanned"


def test_3_the_providers_answers_come_twice_and_in_the_wrong_order() -> None:
    order_id = play.place()
    play.authorize(order_id)
    play.authorize(order_id)
    send(payment.RecordDecline(order_id=order_id, attempt=1, reason="An old answer."))
    to_rest()
    shipped(order_id)
    play.capture(order_id)
    play.capture(order_id)
    assert play.names(order_id).count("OrderConfirmed") == 1
    assert play.ledger(order_id).received == Money(cents=2500)
    assert play.names(order_id)[-1] == "OrderCompleted"


def test_4_two_shipments_of_an_order_are_captured_to_the_cent() -> None:
    order_id = play.place({MUG: 3, KETTLE: 5})
    play.authorize(order_id)
    send(order.AnswerBackorder(order_id=order_id, answer="take_what_is_there"))
    to_rest()
    shipped(order_id)
    play.capture(order_id)
    assert play.ledger(order_id).received == Money(cents=3 * 1250 + 3 * 8900)
    send(ReceiveStock(sku=KETTLE, quantity=2))
    to_rest()
    shipped(order_id)
    play.capture(order_id)
    assert play.ledger(order_id).received == Money(cents=3 * 1250 + 5 * 8900)
    assert stands("prepaid", order_id) == "Completed"


def test_5_a_line_of_a_partly_shipped_order_that_is_cancelled_is_not_charged() -> None:
    order_id = play.place({MUG: 2, KETTLE: 5})
    play.authorize(order_id)
    send(order.AnswerBackorder(order_id=order_id, answer="take_what_is_there"))
    to_rest()
    shipped(order_id)
    play.capture(order_id)
    send(order.AnswerBackorder(order_id=order_id, answer="cancel"))
    to_rest()
    assert play.ledger(order_id).received == Money(cents=2 * 1250 + 3 * 8900)
    assert play.item(KETTLE).claim(order_id).waiting == 0
    assert play.names(order_id)[-3:] == ["OrderCompleted", "AuthorizationVoided", "BackorderCancelled"]


@pytest.mark.parametrize("if_short", ["wait", "cancel"])
def test_6_what_was_not_on_the_shelf_is_waited_for_or_cancelled_as_the_customer_chose(if_short: order.IfShort) -> None:
    order_id = play.place({MUG: 5}, if_short=if_short)
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id, missing={MUG: 2})
    play.dispatch(shipment_id)
    play.capture(order_id)
    assert play.item(MUG).on_hand == 35
    if if_short == "cancel":
        assert stands("prepaid", order_id) == "Completed"
        assert play.ledger(order_id).received == Money(cents=3 * 1250)
    else:
        assert len(play.planned(order_id)) == 2  # others lie on the shelf
        shipped(order_id)
        play.capture(order_id)
        assert play.ledger(order_id).received == Money(cents=5 * 1250)


@pytest.mark.parametrize("customer_is_faster", [True, False])
def test_7_dispatch_and_cancellation_in_the_same_second(customer_is_faster: bool) -> None:
    order_id = play.place()
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id)
    parcel = order.Parcel(stage="packed", pieces={MUG: 2})
    cancel = order.CancelOrder(order_id=order_id, reason="Changed my mind.", parcels=(parcel,))
    leave = shipment.DispatchShipment(shipment_id=shipment_id, order="open")
    for command in (cancel, leave) if customer_is_faster else (leave, cancel):
        send(command)  # neither knows of the other yet
    to_rest()
    assert "CancellationRefused" in play.names(order_id)
    play.capture(order_id)
    assert play.names(order_id)[-1] == "OrderCompleted"


def test_7_a_packed_parcel_is_stopped_when_the_customer_cancels_in_time() -> None:
    order_id = play.place()
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id)
    parcel = order.Parcel(stage="packed", pieces={MUG: 2})
    send(order.CancelOrder(order_id=order_id, reason="Changed my mind.", parcels=(parcel,)))
    to_rest()
    assert {"ShipmentCancelled", "OrderCancelled", "AuthorizationVoided"} <= set(play.names(order_id))
    assert play.item(MUG).available == 40


def test_7_no_card_is_held_for_it_that_was_asked_anew_while_the_parcel_was_stopped() -> None:
    order_id = play.place()
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id)
    clock.forward(timedelta(days=6))
    parcel = order.Parcel(stage="packed", pieces={MUG: 2})
    send(order.CancelOrder(order_id=order_id, reason="Changed my mind.", parcels=(parcel,)))
    deadlines.fire()
    to_rest(["process:prepaid"], alone=True)
    sending.send_owed()  # and only then do the parcels stop
    to_rest()
    assert play.names(order_id)[-1] == "AuthorizationVoided"
    play.authorize(order_id, attempt=2)
    assert play.names(order_id)[-2:] == ["LatePaymentReceived", "AuthorizationVoided"]
    assert play.ledger(order_id).unwanted == {}


def test_8_whoever_clicks_several_times_at_once_orders_once_and_is_answered_the_same() -> None:
    order_id, customer_id, command_id = uuid7(), uuid7(), uuid7()
    placing = play.placing(order_id, customer_id, {MUG: 2})
    send(RegisterCustomer(customer_id=customer_id, name="Clara Vogel", email="clara@example.com"))
    answers = at_once(4, lambda _: dispatch(placing, actor=SHOPKEEPER, command_id=command_id))
    assert len({answer.events for answer in answers}) == 1
    to_rest()
    assert play.names(order_id).count("OrderPlaced") == 1
    assert play.names(order_id).count("StockReserved") == 1
    assert len({each.event.order_id for each in log.read_log() if isinstance(each.event, order.OrderPlaced)}) == 1


def test_9_who_acts_on_what_they_saw_is_told_what_has_changed_since_and_may_go_on() -> None:
    order_id = play.place()
    play.authorize(order_id)
    [shipment_id] = play.planned(order_id)
    seen = log.current_version(f"shipment-{shipment_id}")
    send(shipment.StartPicking(shipment_id=shipment_id))  # by a colleague
    stop = shipment.CancelShipment(shipment_id=shipment_id, reason="The shelf is empty.")
    with pytest.raises(Conflict) as conflict:
        dispatch(stop, actor=SHOPKEEPER, command_id=uuid7(), expected_version=seen)
    assert [each.name for each in conflict.value.meanwhile] == ["PickingStarted"]
    assert play.names(order_id)[-1] == "PickingStarted"
    dispatch(stop, actor=SHOPKEEPER, command_id=uuid7(), expected_version=seen + 1)
    assert play.names(order_id)[-1] == "ShipmentCancelled"
    to_rest()


def test_10_a_deadline_that_has_passed_does_not_fire_again() -> None:
    order_id = play.place()
    forward(minutes=31)
    before = play.names(order_id)
    ProcessInstance.objects.update(shape="another")  # every instance is made again
    forward(days=3)
    assert play.names(order_id) == before
    assert not OwedCommand.objects.exists()


def test_a_customer_on_account_is_invoiced_for_each_parcel_and_completes_by_paying() -> None:
    order_id = play.place({MUG: 2}, terms="on_account")
    shipment_id = shipped(order_id)
    assert "InvoiceIssued" in play.names(order_id)
    paid = payment.RecordInvoicePayment(
        order_id=order_id, shipment_id=shipment_id, amount=Money(cents=2500), transfer="T-1"
    )
    send(paid)
    to_rest()
    assert play.names(order_id)[-1] == "OrderCompleted"
    forward(days=60)
    assert "InvoiceOverdue" not in play.names(order_id)


def test_who_does_not_pay_is_reminded_three_times_and_then_orders_no_more() -> None:
    order_id = play.place({MUG: 2}, terms="on_account")
    shipped(order_id)
    for days, last in ((13, "InvoiceIssued"), (2, "InvoiceOverdue"), (7, "1"), (7, "2"), (14, "3"), (60, "3")):
        forward(days=days)
        reminders = [each.event for each in play.happened(order_id) if each.name == "InvoiceReminded"]
        invoiced = [name for name in play.names(order_id) if name.startswith("Invoice")]
        assert (str(len(reminders)) if reminders else invoiced[-1]) == last
    assert len(list(log.read_log(names=["CustomerSuspended"]))) == 1


@pytest.mark.parametrize("written", [False, True], ids=["due", "written"])
def test_who_pays_as_the_third_reminder_is_due_or_was_written_may_order(written: bool) -> None:
    order_id = play.place({MUG: 2}, terms="on_account")
    shipment_id = shipped(order_id)
    send(shipment.RecordDelivery(shipment_id=shipment_id, delivered_at=clock.now()))
    for days in (15, 8, 8):
        forward(days=days)
    clock.forward(timedelta(days=15))
    assert deadlines.fire() == 1
    if written:
        to_rest(["process:on_account"], alone=True)
        sending.send_owed()
    assert play.names(order_id).count("InvoiceReminded") == (3 if written else 2)
    clock.forward(timedelta(days=5))  # in which no worker is there
    send(
        payment.RecordInvoicePayment(
            order_id=order_id, shipment_id=shipment_id, amount=Money(cents=2500), transfer="T-1"
        )
    )
    to_rest()
    assert "OrderCompleted" in play.names(order_id)
    assert not list(log.read_log(names=["CustomerSuspended"]))


def test_a_parcel_that_gets_lost_is_paid_back() -> None:
    order_id = play.place()
    play.authorize(order_id)
    shipment_id = shipped(order_id)
    play.capture(order_id)
    send(shipment.ReportShipmentLost(shipment_id=shipment_id))
    to_rest()
    assert play.names(order_id)[-1] == "RefundRequested"


def test_the_card_is_asked_anew_before_it_lets_go_of_the_amount() -> None:
    order_id = play.place({KETTLE: 5})
    play.authorize(order_id)
    forward(days=6)
    assert play.names(order_id)[-2:] == ["AuthorizationVoided", "PaymentRequested"]
    play.authorize(order_id, attempt=2)
    send(ReceiveStock(sku=KETTLE, quantity=2))
    to_rest()
    shipped(order_id)
    play.capture(order_id)
    assert stands("prepaid", order_id) == "Completed"


def test_a_card_that_says_no_the_second_time_holds_the_order_until_it_says_yes() -> None:
    order_id = play.place({KETTLE: 5})
    play.authorize(order_id)
    forward(days=6)
    send(payment.RecordDecline(order_id=order_id, attempt=2, reason="No cover."))
    to_rest()
    assert play.names(order_id)[-1] == "OrderHeld"
    forward(days=1, hours=1)
    play.authorize(order_id, attempt=3)
    assert play.names(order_id)[-1] == "OrderReleased"


def finance_has(order_id: UUID) -> list[str]:
    """What finance is asked to do about an order."""
    return [each.task for each in WorkItem.objects.filter(order_id=order_id, role=FINANCE)]


def could_not_be_captured(order_id: UUID) -> None:
    """The provider has not taken the share of the shipment."""
    [shipment_id] = play.planned(order_id)
    send(payment.RecordCaptureFailure(order_id=order_id, shipment_id=shipment_id, attempt=1, reason="Not held."))
    to_rest()


def has_run_out(order_id: UUID) -> None:
    """The card has let go of the amount."""
    send(payment.ExpireAuthorization(order_id=order_id, attempt=1))
    to_rest()


def left_while_the_card_was_asked() -> UUID:
    """An order whose parcel leaves just as the card is asked anew, and says no."""
    order_id = play.place()
    play.authorize(order_id)
    [shipment_id] = play.planned(order_id)
    play.pick(shipment_id)
    forward(days=6)
    play.dispatch(shipment_id)
    forward(hours=3)
    play.decline(order_id, attempt=2)
    return order_id


def test_goods_that_left_as_the_card_was_asked_anew_are_paid_once_it_says_yes() -> None:
    order_id = left_while_the_card_was_asked()
    assert finance_has(order_id) == ["retry_capture"]
    assert "OrderHeld" not in play.names(order_id)
    forward(days=1, hours=1)
    play.authorize(order_id, attempt=3)
    assert finance_has(order_id) == []
    play.capture(order_id)
    assert play.ledger(order_id).received == Money(cents=2500)
    assert stands("prepaid", order_id) == "Completed"
    forward(days=30)
    assert play.names(order_id).count("CaptureRequested") == 1


def test_or_given_up_by_finance_who_can_ask_for_nothing_as_long_as_it_says_no() -> None:
    order_id = left_while_the_card_was_asked()
    [shipment_id] = play.planned(order_id)
    with pytest.raises(Refused, match="The card was declined"):
        send(payment.RetryCapture(order_id=order_id, shipment_id=shipment_id, attempt=1))
    send(payment.WriteOffCapture(order_id=order_id, shipment_id=shipment_id, reason="Tried enough."))
    to_rest()
    assert stands("prepaid", order_id) == "Completed"
    assert play.names(order_id)[-1] == "AuthorizationVoided"
    forward(days=30)
    assert play.names(order_id).count("PaymentRequested") == 2


@pytest.mark.parametrize(
    "told", [(could_not_be_captured, has_run_out), (has_run_out, could_not_be_captured)], ids=["failed", "run out"]
)
def test_goods_whose_hold_ran_out_before_they_were_paid_are_paid_from_the_next_one(
    told: tuple[Callable[[UUID], None], ...],
) -> None:
    order_id = play.place()
    play.authorize(order_id)
    shipped(order_id)
    for tell in told:
        tell(order_id)
    assert finance_has(order_id) == ["retry_capture"]
    play.authorize(order_id, attempt=2)
    assert play.names(order_id)[-1] == "CaptureRequested"
    assert finance_has(order_id) == []
    [shipment_id] = play.planned(order_id)
    taken = Money(cents=2500)
    send(
        payment.RecordCapture(order_id=order_id, shipment_id=shipment_id, attempt=2, amount=taken, reference="capture")
    )
    to_rest()
    assert play.ledger(order_id).received == taken
    assert stands("prepaid", order_id) == "Completed"


def test_what_was_taken_of_the_hold_that_ran_out_is_not_taken_of_the_next_one() -> None:
    order_id = play.place()
    play.authorize(order_id)
    shipped(order_id)
    has_run_out(order_id)
    play.authorize(order_id, attempt=2)
    play.capture(order_id)
    assert play.names(order_id)[-2:] == ["OrderCompleted", "AuthorizationVoided"]
    assert play.ledger(order_id).received == Money(cents=2500)
    could_not_be_captured(order_id)
    forward(days=30)
    assert play.names(order_id).count("CaptureRequested") == 1


def test_who_waits_for_two_weeks_is_asked() -> None:
    order_id = play.place({KETTLE: 5}, terms="on_account")
    forward(days=13)
    assert "BackorderChoiceOffered" not in play.names(order_id)
    forward(days=2)
    assert play.names(order_id)[-1] == "BackorderChoiceOffered"
    send(order.AnswerBackorder(order_id=order_id, answer="cancel"))
    to_rest()
    assert "OrderLinesCancelled" in play.names(order_id)
    assert [play.shipments(parcel).pieces for parcel in play.planned(order_id)] == [{KETTLE: 3}]
