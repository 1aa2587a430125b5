"""Notification, as equations: what a customer is told of their order."""

from types import ModuleType
from uuid import UUID

import pytest

from eventstore.messages import Event
from eventstore.process import Accept, Ask
from orders.domain import order, payment, returns, shipment
from orders.domain.money import Money
from orders.processes import (
    PROCESSES,
    notification,
    notification_at_the_end,
    notification_by_return,
    notification_kept,
    notification_truthful,
)
from orders.processes.days import end_of_day
from orders.processes.notification import Kind, Tell
from orders.processes.returning import PATIENCE
from tests import factories
from tests.processes import happened as h
from tests.processes.happened import CUSTOMER, KETTLE, MUG, NEXT_WEEK, ORDER, SECOND, SHIPMENT
from tests.processes.story import NOON, Story

RETURN, REFUND, OTHER = UUID(int=5), UUID(int=6), UUID(int=7)
EURO = Money(cents=100)
POLICY: ModuleType = notification_at_the_end


@pytest.fixture(
    autouse=True,
    params=[notification, notification_truthful, notification_kept, notification_by_return, notification_at_the_end],
    ids=["first", "second", "third", "fourth", "now"],
)
def _by_each_policy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what arrives of an order of which a parcel is lost, they decide alike."""
    monkeypatch.setitem(globals(), "POLICY", request.param)


def tell(kind: Kind, **more: object) -> Ask:
    return Ask("mail", Tell(kind=kind, order_id=ORDER, customer_id=CUSTOMER, **more))  # type: ignore[arg-type]


def delivered(shipment_id: UUID = SHIPMENT) -> shipment.ShipmentDelivered:
    return shipment.ShipmentDelivered(shipment_id=shipment_id, order_id=ORDER, delivered_at=NOON)


def refunded() -> payment.PaymentRefunded:
    return payment.PaymentRefunded(order_id=ORDER, refund_id=REFUND, attempt=1, amount=EURO, reference="r")


def issued() -> payment.InvoiceIssued:
    return payment.InvoiceIssued(order_id=ORDER, shipment_id=SHIPMENT, amount=EURO, due_at=NEXT_WEEK)


def reminded(reminder: int) -> payment.InvoiceReminded:
    return payment.InvoiceReminded(order_id=ORDER, shipment_id=SHIPMENT, reminder=reminder, left=EURO)


def credited() -> payment.InvoiceCredited:
    return payment.InvoiceCredited(
        order_id=ORDER, shipment_id=SHIPMENT, refund_id=REFUND, amount=EURO, left=EURO, reason="Broken."
    )


def wanted_back(return_id: UUID, **pieces: int) -> returns.ReturnRequested:
    lines = tuple(factories.ReturnedLine.build(sku=sku, quantity=count) for sku, count in h.by_sku(pieces).items())
    return factories.ReturnRequested.build(return_id=return_id, order_id=ORDER, lines=lines)


def story(*events: Event) -> Story:
    return Story(POLICY).given(h.placed(), *events)


def test_an_order_is_received() -> None:
    Story(POLICY).when(h.placed()).then(tell("order_received"))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (h.CONFIRMED, tell("order_confirmed")),
        (h.REJECTED, tell("order_rejected", reason="Nobody paid.")),
        (h.CANCELLED, tell("order_cancelled", reason="Not needed.")),
        (h.lines_cancelled(), tell("pieces_cancelled", pieces={KETTLE: 1}, amount=EURO, reason="Not needed.")),
        (h.GOES_ON, tell("cancellation_refused", reason="It has left.")),
        (order.BackorderChoiceOffered(order_id=ORDER), tell("backorder_choice")),
        (h.dispatched(mug=1), tell("parcel_sent", pieces={MUG: 1}, tracking_number="P1")),
        (h.declined(), tell("card_declined", amount=h.PRICE, reason="No cover.")),
        (refunded(), tell("refund_made", amount=EURO)),
        (credited(), tell("invoice_credited", amount=EURO, reason="Broken.")),
        (
            returns.ReturnRejected(return_id=RETURN, order_id=ORDER, reason="It was used."),
            tell("return_rejected", reason="It was used."),
        ),
    ],
)
def test_what_has_happened_is_told_once(event: Event, told: Ask) -> None:
    story().when(event).then(told)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (issued(), tell("invoice_issued", amount=EURO, due_at=NEXT_WEEK)),
        (reminded(1), tell("invoice_reminded", amount=EURO, reminder=1)),
        (reminded(3), tell("invoice_reminded", amount=EURO, reminder=3)),
    ],
)
def test_which_invoice_is_told_of_by_who_knows_it(event: Event, told: Ask) -> None:
    knows = POLICY is notification_at_the_end
    story().when(event).then(notification_at_the_end.with_more(told, invoice=SHIPMENT) if knows else told)


def test_a_part_and_then_the_rest_arrives() -> None:
    sent = h.dispatched(mug=2), h.dispatched(SECOND, kettle=1)
    story(*sent).when(delivered()).then(tell("parcel_delivered", pieces={MUG: 2}))
    story(*sent, delivered()).when(delivered(SECOND)).then(tell("order_delivered", pieces={KETTLE: 1}))


def test_what_was_cancelled_is_not_expected_any_more() -> None:
    told = tell("order_delivered", pieces={MUG: 2})
    story(h.lines_cancelled(), h.dispatched(mug=2)).when(delivered()).then(told)


def test_a_lost_parcel_says_what_was_in_it() -> None:
    story(h.dispatched(mug=2)).when(h.lost()).then(tell("parcel_lost", pieces={MUG: 2}))


def test_what_arrives_twice_has_arrived_once() -> None:
    story(h.dispatched(mug=2), delivered()).when(delivered()).then(tell("parcel_delivered"))


def test_a_parcel_of_which_nothing_is_known_is_told_of_without_its_pieces() -> None:
    story().when(delivered()).then(tell("parcel_delivered"))
    story().when(h.lost()).then(tell("parcel_lost"))


def test_that_somebody_wants_to_return_goods_is_told_to_nobody() -> None:
    story().when(wanted_back(RETURN, mug=1)).then()


def test_nobody_waits_for_a_customer_who_cannot_be_told() -> None:
    story().when(h.refused("ReportRefusedEmail")).then(Accept())


def test_nothing_is_told_of_an_order_that_nobody_placed() -> None:
    Story(POLICY).when(h.CONFIRMED).then()


BOTH: tuple[Event, ...] = (h.placed(), h.dispatched(mug=2), h.dispatched(SECOND, kettle=1))


def test_where_a_parcel_is_lost_neither_does_the_rest_follow_nor_was_everything_delivered() -> None:
    kettle = Story(notification_truthful).given(*BOTH, h.lost()).when(delivered(SECOND))
    kettle.then(tell("one_parcel_delivered", pieces={KETTLE: 1}))
    Story(notification).given(*BOTH, h.lost()).when(delivered(SECOND)).then(
        tell("parcel_delivered", pieces={KETTLE: 1})
    )


def test_nor_does_the_rest_follow_where_another_parcel_is_still_to_come() -> None:
    mug = Story(notification_truthful).given(h.placed(), h.dispatched(mug=1), h.dispatched(SECOND, mug=1), h.lost())
    mug.when(delivered(SECOND)).then(tell("one_parcel_delivered", pieces={MUG: 1}))


def test_but_the_lost_parcel_may_be_found() -> None:
    rest = tell("parcel_delivered", pieces={MUG: 2})
    Story(notification_truthful).given(*BOTH, h.lost()).when(delivered()).then(rest)
    everything = tell("order_delivered", pieces={MUG: 2})
    Story(notification_truthful).given(*BOTH, h.lost(), delivered(SECOND)).when(delivered()).then(everything)


def test_of_a_parcel_that_is_found_after_it_was_paid_back_nothing_is_promised() -> None:
    arrived = tell("lost_parcel_delivered", pieces={MUG: 2})
    Story(notification_kept).given(*BOTH, h.lost()).when(delivered()).then(arrived)
    Story(notification_kept).given(*BOTH, h.lost(), delivered(SECOND)).when(delivered()).then(arrived)
    Story(notification_kept).given(*BOTH, h.lost(), delivered()).when(delivered(SECOND)).then(
        tell("order_delivered", pieces={KETTLE: 1})
    )


TWO = h.placed(), wanted_back(RETURN, mug=1), wanted_back(OTHER, mug=1, kettle=1)
APPROVED = returns.ReturnApproved(return_id=RETURN, order_id=ORDER)
REJECTED = returns.ReturnRejected(return_id=OTHER, order_id=ORDER, reason="It was used.")


@pytest.mark.parametrize("first", [APPROVED, REJECTED], ids=["approved first", "rejected first"])
def test_whether_a_return_may_come_is_said_of_its_own_goods(first: Event) -> None:
    said = tell("return_rejected", pieces={MUG: 1, KETTLE: 1}, reason="It was used.")
    allowed = tell("return_approved", pieces={MUG: 1}, due_at=end_of_day(NOON + PATIENCE))
    second, *letters = (REJECTED, allowed, said) if first is APPROVED else (APPROVED, said, allowed)
    told = Story(notification_by_return).given(*TWO)
    told.when(first).then(letters[0])
    told.when(second).then(letters[1])


def test_whose_order_began_before_is_told_so_without_the_goods() -> None:
    Story(notification_kept).given(*TWO).when(REJECTED).then(tell("return_rejected", reason="It was used."))


SENT = h.dispatched(mug=2, kettle=1)
DECLINED = {"amount": h.PRICE, "reason": "No cover."}


def at_the_end(*events: Event) -> Story:
    return Story(notification_at_the_end).given(h.placed(), *events)


def test_each_card_that_an_order_waits_for_is_told_of_as_it_is_declined() -> None:
    told = at_the_end(h.declined()).when(h.declined(2))
    told.then(tell("card_declined", **DECLINED))


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ((), "charge_declined"),
        ((h.dispatched(mug=2),), "charge_declined"),
        ((h.dispatched(mug=2), delivered()), "charge_declined"),
        ((SENT,), "charge_declined_all_sent"),
        ((SENT, delivered()), "charge_declined_all_sent"),
        ((SENT, h.lost()), "charge_declined_all_sent"),
        ((h.lines_cancelled(), h.dispatched(mug=2)), "charge_declined_all_sent"),
    ],
    ids=["nothing", "a part", "and arrived", "all", "and all arrived", "lost", "the rest is cancelled"],
)
def test_a_card_that_is_charged_anew_each_day_is_told_of_once(sent: tuple[Event, ...], kind: Kind) -> None:
    told = at_the_end(h.authorized(), h.CONFIRMED, *sent)
    told.when(h.declined(2)).then(tell(kind, **DECLINED))
    told.when(h.declined(3)).then()
    told.when(h.replaced(4)).then()
    told.when(h.declined(4)).then(tell(kind, **DECLINED))
    told.when(h.authorized(4)).then()
    told.when(h.declined(5)).then(tell(kind, **DECLINED))


def test_the_last_pieces_are_cancelled_and_nothing_goes_on() -> None:
    last = at_the_end(h.lines_cancelled(MUG, 2)).when(h.lines_cancelled())
    last.then(tell("last_pieces_cancelled", pieces={KETTLE: 1}, amount=EURO, reason="Not needed."))
    at_the_end(h.dispatched(mug=2), delivered()).when(h.lines_cancelled()).then(
        tell("last_pieces_cancelled", pieces={KETTLE: 1}, amount=EURO, reason="Not needed.")
    )


def test_what_begins_today_is_told_so_and_what_began_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "notification"]
    assert process.policies == {
        1: notification,
        2: notification_truthful,
        3: notification_kept,
        4: notification_by_return,
        5: notification_at_the_end,
    }
