"""Fulfilment, prepaid, as equations: given what has happened, when this happens, then that is to be done."""

from datetime import timedelta
from types import ModuleType

import pytest

from eventstore.messages import Event
from eventstore.process import Accept, Send, StopWaiting, Wait
from orders.domain import order, payment, shipment, stock_item
from orders.domain.money import Money
from orders.processes import (
    prepaid,
    prepaid_by_shelf,
    prepaid_heedful,
    prepaid_in_full,
    prepaid_patient,
    prepaid_to_the_piece,
)
from tests.processes import happened as h
from tests.processes.happened import KETTLE, MUG, ORDER, PRICE, SECOND, SHIPMENT
from tests.processes.story import NOON, Story

policy: ModuleType = prepaid
AT_ONCE = (prepaid_by_shelf, prepaid_to_the_piece)
TODAY = (prepaid_heedful, prepaid_patient, *AT_ONCE)

NOT_HELD = "The card could not be charged anew after its authorization had run out."
AUTHORIZING: tuple[Event, ...] = (h.placed(), h.reserved(), h.reserved(KETTLE, 1))
FULFILLING: tuple[Event, ...] = (*AUTHORIZING, h.authorized(), h.CONFIRMED)
SHIPPED: tuple[Event, ...] = (*FULFILLING, h.planned(), h.picking(), h.packed(), h.dispatched())
PAID: tuple[Event, ...] = (*SHIPPED, h.captured())
COMPLETED: tuple[Event, ...] = (*PAID, h.COMPLETED)


@pytest.fixture(
    autouse=True, params=[prepaid, prepaid_in_full, *TODAY], ids=["first", "second", "third", "fourth", "fifth", "now"]
)
def _policy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of this is so in orders that began under any version."""
    monkeypatch.setitem(globals(), "policy", request.param)


def story(*events: Event) -> Story:
    return Story(policy).given(*events)


def released() -> order.ReleaseOrder:
    """What is sent once a card holds the amount again: today it leaves alone what others hold for their own reasons."""
    return order.ReleaseOrder(order_id=ORDER, held_because=NOT_HELD if policy in TODAY else None)


def within_half_an_hour(number: int) -> list[Wait]:
    """How long the card has to answer, after the n-th event; today that begins only once it is asked."""
    return [] if policy in TODAY else [Wait("authorization", NOON + minute(number) + timedelta(minutes=30))]


def seen(stage: order.Parcel | str = "dispatched", **pieces: int) -> tuple[order.Parcel, ...]:
    return (order.Parcel(stage=stage, pieces=h.by_sku(pieces) or h.ALL),)  # type: ignore[arg-type]  # one of the stages


def minute(number: int) -> timedelta:
    """The n-th event of a story is told after so many minutes."""
    return timedelta(minutes=number)


def test_nothing_is_carried_before_it_is_ordered() -> None:
    story().when(h.reserved()).then()


def test_every_line_of_an_order_is_reserved() -> None:
    story().when(h.placed()).then(
        stock_item.ReserveStock(sku=MUG, order_id=ORDER, quantity=2),
        stock_item.ReserveStock(sku=KETTLE, order_id=ORDER, quantity=1),
    )


def test_it_waits_for_the_answer_to_every_line() -> None:
    story(h.placed()).when(h.reserved()).then()


def test_then_the_amount_is_authorized_within_half_an_hour() -> None:
    story(h.placed(), h.reserved()).when(h.reserved(KETTLE, 1)).then(
        payment.RequestPayment(order_id=ORDER, attempt=1, amount=PRICE),
        *within_half_an_hour(3),
    )


def test_a_short_line_is_authorized_as_well() -> None:
    story(h.placed(), h.reserved()).when(h.backordered()).then(
        payment.RequestPayment(order_id=ORDER, attempt=1, amount=PRICE),
        *within_half_an_hour(3),
    )


def test_what_was_cancelled_before_is_not_charged() -> None:
    story(h.placed(), h.reserved()).when(h.lines_cancelled()).then(
        payment.RequestPayment(order_id=ORDER, attempt=1, amount=Money(cents=2500)),
        *within_half_an_hour(3),
    )


def test_an_order_that_nobody_pays_is_rejected() -> None:
    reject = order.RejectOrder(order_id=ORDER, reason="The payment was not authorized in time.")
    story(*AUTHORIZING).when(h.deadline("authorization")).then(reject)


def test_a_declined_card_may_be_followed_by_another_try() -> None:
    story(*AUTHORIZING).when(h.declined()).then()


def test_or_by_another_card_in_what_is_left_of_the_half_hour() -> None:
    replaced = story(*AUTHORIZING, h.declined())
    replaced.when(h.replaced(2)).then()
    replaced.when(h.declined(2)).then()
    reject = order.RejectOrder(order_id=ORDER, reason="The payment was not authorized in time.")
    replaced.when(h.deadline("authorization")).then(reject)


def test_an_order_that_another_card_pays_is_confirmed_and_the_next_attempt_is_that_one_s_next() -> None:
    replaced = story(*AUTHORIZING, h.declined(), h.replaced(2)).when(h.authorized(2))
    assert replaced.todo[:2] == [StopWaiting("authorization"), Send(order.ConfirmOrder(order_id=ORDER))]
    again = payment.RequestPayment(order_id=ORDER, attempt=3, amount=PRICE)
    replaced.when(h.deadline("renewal")).then(again)


def test_once_authorized_the_order_is_confirmed_and_its_parcel_planned() -> None:
    story(*AUTHORIZING).when(h.authorized()).then(
        StopWaiting("authorization"),
        order.ConfirmOrder(order_id=ORDER),
        shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces=h.ALL),
        Wait("renewal", NOON + minute(4) + (h.NEXT_WEEK - NOON - minute(4)) * 4 / 5),
    )


def test_what_is_short_is_waited_for() -> None:
    short = story(h.placed(), h.reserved(), h.backordered()).when(h.authorized())
    assert [type(each).__name__ for each in short.todo] == ["StopWaiting", "Send", "Wait"]
    plan = shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces=h.ALL)
    short.when(h.allocated()).then(plan)


def test_who_takes_what_is_there_gets_the_rest_in_another_parcel() -> None:
    short = story(h.placed(), h.reserved(), h.backordered(), h.authorized())
    answered = order.BackorderAnswered(order_id=ORDER, answer="take_what_is_there")
    short.when(answered).then(shipment.PlanShipment(shipment_id=SHIPMENT, order_id=ORDER, pieces={MUG: 2}))
    second = shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces={KETTLE: 1})
    short.given(h.planned(mug=2)).when(h.allocated()).then(second)


def test_as_a_parcel_leaves_the_stock_is_told_and_its_share_is_captured() -> None:
    story(*FULFILLING, h.planned(), h.picking(), h.packed()).when(h.dispatched()).then(
        stock_item.DispatchReservedStock(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, quantity=2),
        stock_item.DispatchReservedStock(sku=KETTLE, order_id=ORDER, shipment_id=SHIPMENT, quantity=1),
        payment.CapturePayment(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE),
    )


def test_once_all_has_left_and_is_paid_the_order_is_completed() -> None:
    complete = order.CompleteOrder(order_id=ORDER, parcels=seen(), unpaid=Money(cents=0))
    story(*SHIPPED).when(h.captured()).then(StopWaiting("renewal"), complete)


def test_a_capture_that_is_written_off_completes_it_as_well() -> None:
    written_off = payment.CaptureWrittenOff(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE, reason="Gone.")
    complete = order.CompleteOrder(order_id=ORDER, parcels=seen(), unpaid=Money(cents=0))
    assert story(*SHIPPED).when(written_off).todo[:2] == [StopWaiting("renewal"), Send(complete)]


def test_pieces_that_were_not_on_the_shelf_were_written_off_when_the_parcel_was_packed_and_are_now_at_once() -> None:
    gone = [stock_item.WriteOffShortPick(sku=MUG, order_id=ORDER, shipment_id=SHIPMENT, missing=1)]
    at_once, later = (gone, []) if policy in AT_ONCE else ([], gone)
    told = story(*FULFILLING, h.planned(), h.picking()).when(h.short())
    told.then(*at_once)
    told.when(h.packed(mug=1, kettle=1)).then(*later)
    told.when(h.backordered(MUG, 1, 1)).then()
    told.when(h.allocated(MUG, 1)).then(shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces={MUG: 1}))


def test_or_are_cancelled_where_the_customer_chose_so() -> None:
    begun = (h.placed(if_short="cancel"), h.reserved(), h.reserved(KETTLE, 1), h.authorized(), h.CONFIRMED)
    told = story(*begun, h.planned(), h.picking()).when(h.short())
    sent = list(told.todo)
    sent += told.when(h.packed(mug=1, kettle=1)).todo
    let_go = [stock_item.ReleaseReservation] if policy in AT_ONCE else []
    assert [type(each.command) for each in sent if isinstance(each, Send)] == [
        stock_item.WriteOffShortPick,
        *let_go,
        order.CancelOrderLines,
    ]
    told.when(h.backordered(MUG, 1, 1)).then()
    told.when(h.allocated(MUG, 1)).then()


def test_a_parcel_that_turns_out_to_hold_what_is_not_there_is_planned_anew() -> None:
    counted = story(*FULFILLING, h.planned()).when(h.backordered(MUG, 1, 1))
    counted.then(shipment.CancelShipment(shipment_id=SHIPMENT, reason="There are not as many left as our books said."))
    counted.when(h.stopped()).then()
    counted.when(h.allocated(MUG, 1)).then(shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces=h.ALL))


def test_nothing_is_planned_while_the_customer_waits_for_an_answer() -> None:
    asked = story(*FULFILLING, h.planned(), h.picking(), h.ASKED_TO_CANCEL)
    asked.when(h.stopped()).then()
    asked.when(h.GOES_ON).then(shipment.PlanShipment(shipment_id=SECOND, order_id=ORDER, pieces=h.ALL))


def test_the_card_is_asked_anew_before_it_lets_go() -> None:
    again = payment.RequestPayment(order_id=ORDER, attempt=2, amount=PRICE)
    story(*FULFILLING, h.planned()).when(h.deadline("renewal")).then(again)


def test_and_when_it_has_let_go_already() -> None:
    expired = payment.AuthorizationExpired(order_id=ORDER, attempt=1, amount=PRICE)
    again = payment.RequestPayment(order_id=ORDER, attempt=2, amount=PRICE)
    story(*FULFILLING, h.planned()).when(expired).then(again)


def test_but_not_once_all_has_left_and_is_paid() -> None:
    story(*PAID).when(h.deadline("renewal")).then()


def test_a_card_that_says_no_then_holds_the_order_and_is_asked_again_tomorrow() -> None:
    renewing = story(*FULFILLING, h.planned(), h.deadline("renewal"))
    renewing.when(h.declined(2)).then(
        order.HoldOrder(order_id=ORDER, reason=NOT_HELD),
        Wait("renewal", NOON + minute(8) + timedelta(days=1)),
    )
    renewing.when(h.deadline("renewal")).then(payment.RequestPayment(order_id=ORDER, attempt=3, amount=PRICE))
    renewing.when(h.authorized(3))
    assert Send(released()) in renewing.todo


UNPAID: tuple[Event, ...] = (*FULFILLING, h.planned(), h.deadline("renewal"), h.declined(2))


def test_an_order_that_is_held_as_its_card_said_no_goes_on_when_another_one_says_yes() -> None:
    told = story(*UNPAID)
    told.when(h.replaced(3)).then(StopWaiting("renewal"))
    later = NOON + minute(10)
    told.when(h.authorized(3)).then(released(), Wait("renewal", later + (h.NEXT_WEEK - later) * 4 / 5))


def test_what_left_while_no_card_was_good_is_captured_from_the_other_one() -> None:
    gone = (h.picking(), h.packed(), h.dispatched(), h.refused("CapturePayment"))
    told = story(*FULFILLING, h.planned(), h.deadline("renewal"), *gone, h.declined(2), h.replaced(3))
    told.when(h.authorized(3))
    share = payment.CapturePayment(order_id=ORDER, shipment_id=SHIPMENT, amount=PRICE)
    assert told.todo[:2] == [Send(share), Send(released())]


def test_all_is_as_before_when_the_other_one_says_no() -> None:
    told = story(*UNPAID, h.replaced(3))
    told.when(h.declined(3)).then(
        order.HoldOrder(order_id=ORDER, reason=NOT_HELD),
        Wait("renewal", NOON + minute(10) + timedelta(days=1)),
    )
    told.when(h.deadline("renewal")).then(payment.RequestPayment(order_id=ORDER, attempt=4, amount=PRICE))


def test_a_day_that_is_over_in_the_same_moment_asks_for_the_attempt_that_is_under_way() -> None:
    """Which is made once, however often it is asked for."""
    told = story(*UNPAID, h.replaced(3))
    told.when(h.deadline("renewal")).then(payment.RequestPayment(order_id=ORDER, attempt=3, amount=PRICE))


def test_a_card_that_is_replaced_while_we_ask_the_old_one_anew_is_the_same_attempt() -> None:
    told = story(*UNPAID, h.deadline("renewal"))
    told.when(h.replaced(3)).then(StopWaiting("renewal"))
    told.when(h.authorized(3))
    assert Send(released()) in told.todo


def test_a_share_that_could_not_be_captured_while_the_card_was_asked_is_captured_then() -> None:
    short = (h.placed(), h.reserved(), h.backordered(), h.authorized(), h.CONFIRMED)
    split = order.BackorderAnswered(order_id=ORDER, answer="take_what_is_there")
    gone = (h.planned(mug=2), h.picking(), h.packed(mug=2), h.deadline("renewal"), h.dispatched(mug=2))
    renewing = story(*short, split, *gone)
    renewing.when(h.refused("CapturePayment")).then(Accept())
    renewing.when(h.authorized(2))
    share = payment.CapturePayment(order_id=ORDER, shipment_id=SHIPMENT, amount=Money(cents=2500))
    assert Send(share) in renewing.todo


def test_an_order_cannot_be_renewed_while_a_capture_is_under_way() -> None:
    renewing = story(*FULFILLING, h.planned(), h.deadline("renewal"))
    renewing.when(h.refused("RequestPayment")).then(Accept(), Wait("renewal", NOON + minute(8) + timedelta(hours=1)))
    renewing.when(h.deadline("renewal")).then(payment.RequestPayment(order_id=ORDER, attempt=2, amount=PRICE))
    refused = story(*FULFILLING, h.planned(), h.deadline("renewal"), h.refused("RequestPayment"))
    expired = payment.AuthorizationExpired(order_id=ORDER, attempt=1, amount=PRICE)
    refused.when(expired).then(payment.RequestPayment(order_id=ORDER, attempt=2, amount=PRICE))


@pytest.mark.parametrize("before", [COMPLETED, PAID])
def test_a_parcel_that_gets_lost_is_paid_back(before: tuple[Event, ...]) -> None:
    back = payment.RefundPayment(
        order_id=ORDER, refund_id=SHIPMENT, amount=PRICE, reason="The parcel was lost on its way."
    )
    story(*before).when(h.lost()).then(back)


def test_also_when_it_is_captured_only_afterwards() -> None:
    late = story(*SHIPPED)
    late.when(h.lost()).then()
    late.when(h.captured())
    back = payment.RefundPayment(
        order_id=ORDER, refund_id=SHIPMENT, amount=PRICE, reason="The parcel was lost on its way."
    )
    assert Send(back) in late.todo


def test_what_was_cancelled_leaves_the_rest_of_the_authorization() -> None:
    fewer = (h.placed(), h.reserved(), h.backordered(), h.authorized(), h.CONFIRMED, h.lines_cancelled())
    gone = (h.planned(mug=2), h.picking(), h.packed(mug=2), h.dispatched(mug=2))
    ended = story(*fewer, *gone).when(h.captured(Money(cents=2500)))
    assert ended.todo[-1] == Send(payment.VoidAuthorization(order_id=ORDER, attempt=1))


@pytest.mark.parametrize("ending", [h.REJECTED, h.CANCELLED])
def test_an_order_that_ends_is_waited_for_no_more(ending: Event) -> None:
    story(*AUTHORIZING).when(ending).then(StopWaiting("authorization"), StopWaiting("renewal"))


def test_what_is_refused_after_the_end_is_nobodys_business() -> None:
    story(*AUTHORIZING, h.CANCELLED).when(h.refused("ConfirmOrder")).then(Accept())


def test_what_is_refused_before_it_waits_for_a_person() -> None:
    assert Accept() not in story(*AUTHORIZING).when(h.refused("RequestPayment")).todo
    story(*FULFILLING).when(h.refused("PlanShipment")).then()


def test_to_compensate_is_to_reject_and_once_confirmed_to_cancel() -> None:
    reject = order.RejectOrder(order_id=ORDER, reason="The supplier is gone.")
    story(h.placed()).when(h.asked_to_compensate()).then(reject)
    story(*AUTHORIZING).when(h.asked_to_compensate()).then(reject)
    cancel = order.CancelOrder(order_id=ORDER, reason="The supplier is gone.", parcels=seen("planned"))
    story(*FULFILLING, h.planned()).when(h.asked_to_compensate()).then(cancel)
