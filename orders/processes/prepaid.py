"""Fulfilment, prepaid: reserve every line, authorize the payment, confirm, ship, capture as parcels leave, complete."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from eventstore.messages import Command, State
from eventstore.process import (
    Accept,
    CommandRefused,
    CompensationAsked,
    DeadlineReached,
    Do,
    Send,
    StopWaiting,
    Wait,
)
from orders.domain import order, payment, shipment
from orders.processes.goods import Goods, goods_of, told, with_plan
from orders.processes.shipping import OfFulfilment, refund_of_lost, reservations, shipping

AUTHORIZATION = "authorization"
RENEWAL = "renewal"

PATIENCE = timedelta(minutes=30)
PAUSE = timedelta(hours=1)
DAY = timedelta(days=1)
NOT_PAID = "The payment was not authorized in time."
NOT_HELD = "The card could not be charged anew after its authorization had run out."


class Unbegun(State):
    """Nothing has happened."""


class Reserving(State):
    """Waits for the stock to say of every line what it has. `split` is whether parcels may go before all is there."""

    goods: Goods
    split: bool = False


class Authorizing(State):
    """Waits for the amount to be held on the card. `split` as above, `reached`: its half hour was over once."""

    goods: Goods
    split: bool = False
    reached: bool = False


class Fulfilling(State):
    """Ships the parcels of the order, and captures each one's share as it leaves.

    `attempt` is the last authorization asked for, and `renewing` whether its answer is awaited. `settled` are the
    shipments whose capture is over, and `written_off` those of them that nobody has paid. `split` is whether parcels go
    before all is there, `stopping` whether the customer has asked to cancel, and `unpaid` whether no card holds the
    amount.
    """

    goods: Goods
    attempt: int = 1
    settled: frozenset[UUID] = frozenset()
    written_off: frozenset[UUID] = frozenset()
    split: bool = False
    stopping: bool = False
    renewing: bool = False
    unpaid: bool = False

    @property
    def finished(self) -> bool:
        """Whether all has left, and all of that is paid."""
        return not self.stopping and self.goods.sent_all and not self.goods.to_pay(self.settled)


class Completed(State):
    """All has left and is paid, but for what was `written_off`. A parcel that gets lost from now on is paid back."""

    goods: Goods
    written_off: frozenset[UUID] = frozenset()


class Ended(State):
    """The order was rejected or cancelled: what there is to undo is the cancellation's."""


type Prepaid = Unbegun | Reserving | Authorizing | Fulfilling | Completed | Ended
type Wanted = (
    OfFulfilment
    | payment.CardReplaced
    | payment.PaymentRequested
    | payment.PaymentAuthorized
    | payment.PaymentDeclined
    | payment.AuthorizationExpired
    | payment.PaymentCaptured
    | payment.CaptureWrittenOff
)

initial: Prepaid = Unbegun()


def evolve(state: Prepaid, event: Wanted) -> Prepaid:
    """Where the order stands after an event."""
    if isinstance(event, order.OrderRejected | order.OrderCancelled):
        return Ended()
    match state:
        case Unbegun():
            return Reserving(goods=goods_of(event)) if isinstance(event, order.OrderPlaced) else state
        case Reserving():
            goods = told(state.goods, event)
            return Authorizing(goods=goods) if goods.answered else Reserving(goods=goods)
        case Authorizing():
            goods = told(state.goods, event)
            if isinstance(event, payment.PaymentAuthorized):
                return planned(Fulfilling(goods=goods, attempt=event.attempt))
            return Authorizing(goods=goods)
        case Fulfilling():
            if isinstance(event, order.OrderCompleted):
                return Completed(goods=state.goods, written_off=state.written_off)
            return planned(paid(replace(state, goods=told(state.goods, event)), event))
        case Completed():
            taken = {event.shipment_id} if isinstance(event, payment.PaymentCaptured) else set()
            return Completed(goods=told(state.goods, event), written_off=state.written_off - taken)
        case Ended():
            return state


def planned(state: Fulfilling) -> Fulfilling:
    """With a parcel of what can go, unless the customer would rather have none."""
    return state if state.stopping else replace(state, goods=with_plan(state.goods, split=state.split))


def paid(state: Fulfilling, event: Wanted) -> Fulfilling:
    """After what customer and card have to say."""
    match event:
        case order.CancellationRequested():
            return replace(state, stopping=True)
        case order.CancellationRefused():
            return replace(state, stopping=False)
        case order.BackorderAnswered(answer=answer):
            return replace(state, split=answer == "take_what_is_there")
        case payment.PaymentCaptured(shipment_id=shipment_id):
            written_off = state.written_off - {shipment_id}
            return replace(state, settled=state.settled | {shipment_id}, written_off=written_off)
        case payment.CaptureWrittenOff(shipment_id=shipment_id):
            written_off = state.written_off | {shipment_id}
            return replace(state, settled=state.settled | {shipment_id}, written_off=written_off)
        case payment.CardReplaced(attempt=attempt):
            return replace(state, attempt=attempt, renewing=True)
        case payment.PaymentAuthorized(attempt=state.attempt):
            return replace(state, renewing=False, unpaid=False)
        case payment.PaymentDeclined(attempt=state.attempt):
            return replace(state, renewing=False, unpaid=True)
        case payment.AuthorizationExpired(attempt=state.attempt) | DeadlineReached(name="renewal"):
            to_hold = not state.renewing and not state.goods.sent_all
            return replace(state, attempt=state.attempt + 1, renewing=True) if to_hold else state
        case CommandRefused(name="RequestPayment"):
            return replace(state, attempt=state.attempt - 1, renewing=False)
        case _:
            return state


def react(before: Prepaid, event: Wanted, after: Prepaid, at: datetime) -> list[Do]:
    """What is to be done next."""
    match after:
        case Unbegun():
            return []
        case Reserving(goods=goods):
            if isinstance(event, CompensationAsked):
                return [Send(order.RejectOrder(order_id=goods.order_id, reason=event.reason))]
            return [Send(each) for each in reservations(goods)] if isinstance(before, Unbegun) else []
        case Authorizing():
            return authorizing(before, event, after, at)
        case Fulfilling():
            return [*fulfilling(before, event, after, at)]
        case Completed(goods=goods):
            if isinstance(event, shipment.ShipmentLost):
                return [Send(refund_of_lost(goods, event.shipment_id))]
            return [Accept()] if isinstance(event, CommandRefused) else []
        case Ended():
            stop: list[Do] = [] if isinstance(before, Ended) else [StopWaiting(AUTHORIZATION), StopWaiting(RENEWAL)]
            return [Accept()] if isinstance(event, CommandRefused) else stop


def authorizing(before: Prepaid, event: Wanted, after: Authorizing, at: datetime) -> list[Do]:
    """What is to be done until the amount is held on the card."""
    order_id = after.goods.order_id
    if isinstance(before, Reserving):
        ask = payment.RequestPayment(order_id=order_id, attempt=1, amount=after.goods.value)
        return [Send(ask), Wait(AUTHORIZATION, at + PATIENCE)]
    match event:
        case DeadlineReached(name="authorization"):
            return [Send(order.RejectOrder(order_id=order_id, reason=NOT_PAID))]
        case CompensationAsked(reason=reason):
            return [Send(order.RejectOrder(order_id=order_id, reason=reason))]
        case _:
            return []


def fulfilling(before: Prepaid, event: Wanted, after: Fulfilling, at: datetime) -> Iterator[Do]:
    """What is to be done while parcels come and go."""
    goods = after.goods
    if isinstance(before, Authorizing):
        yield StopWaiting(AUTHORIZATION)
        yield Send(order.ConfirmOrder(order_id=goods.order_id))
    if isinstance(before, Authorizing | Fulfilling):
        yield from map(Send, shipping(before.goods, event, goods))
        yield from map(Send, charges(before, event, after))
    yield from renewal(event, after, at)
    if isinstance(event, CompensationAsked):
        yield Send(order.CancelOrder(order_id=goods.order_id, reason=event.reason, parcels=goods.seen()))
    if after.finished and not (isinstance(before, Fulfilling) and before.finished):
        yield StopWaiting(RENEWAL)
        yield Send(order.CompleteOrder(order_id=goods.order_id, parcels=goods.seen(), unpaid=goods.price({})))
        if any(goods.cancelled.values()):
            yield Send(payment.VoidAuthorization(order_id=goods.order_id, attempt=after.attempt))


def charges(before: Authorizing | Fulfilling, event: Wanted, after: Fulfilling) -> Iterator[Command]:
    """What the card is charged for parcels that have left, or given back for one that was lost."""
    goods = after.goods
    match event:
        case shipment.ShipmentDispatched(shipment_id=shipment_id) if goods.due(shipment_id).cents:
            yield capture(goods, shipment_id)
        case shipment.ShipmentLost(shipment_id=shipment_id) if shipment_id in after.settled:
            yield refund_of_lost(goods, shipment_id)
        case payment.PaymentCaptured(shipment_id=shipment_id) if goods.parcels[shipment_id].stage == "lost":
            yield refund_of_lost(goods, shipment_id)
        case payment.PaymentAuthorized() if isinstance(before, Fulfilling):
            # Asked for twice, a share is captured once.
            yield from (capture(goods, shipment_id) for shipment_id in sorted(goods.to_pay(after.settled)))
            if before.unpaid:
                yield order.ReleaseOrder(order_id=goods.order_id)
        case payment.PaymentDeclined() if after.unpaid:
            yield order.HoldOrder(order_id=goods.order_id, reason=NOT_HELD)
        case _:
            pass


def renewal(event: Wanted, after: Fulfilling, at: datetime) -> Iterator[Do]:
    """The card is asked anew before it lets go of the amount, for as long as parcels are waited for."""
    match event:
        case payment.PaymentAuthorized(expires_at=expires_at):
            yield Wait(RENEWAL, at + (expires_at - at) * 4 / 5)
        case payment.PaymentDeclined() if after.unpaid:
            yield Wait(RENEWAL, at + DAY)
        case payment.CardReplaced():
            yield StopWaiting(RENEWAL)
        case payment.AuthorizationExpired() | DeadlineReached(name="renewal") if after.renewing:
            goods = after.goods
            ask = payment.RequestPayment(order_id=goods.order_id, attempt=after.attempt, amount=goods.value)
            yield Send(ask)
        case CommandRefused(name="RequestPayment"):
            yield Accept()
            yield Wait(RENEWAL, at + PAUSE)
        case CommandRefused(name="CapturePayment") if after.renewing:
            yield Accept()
        case _:
            pass


def capture(goods: Goods, shipment_id: UUID) -> payment.CapturePayment:
    """The share of a shipment that has left."""
    return payment.CapturePayment(order_id=goods.order_id, shipment_id=shipment_id, amount=goods.due(shipment_id))
