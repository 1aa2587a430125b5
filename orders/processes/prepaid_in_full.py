"""Fulfilment, prepaid (second version): as before, and the card is asked anew for all that is still to be paid."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Do, Send
from orders.domain import order, payment
from orders.domain.money import Money, total
from orders.processes import prepaid
from orders.processes.prepaid import Completed, Fulfilling, Prepaid, Wanted, evolve, initial
from orders.processes.shipping import refund_of_lost

__all__ = ["evolve", "initial", "react"]


def react(before: Prepaid, event: Wanted, after: Prepaid, at: datetime) -> list[Do]:
    """As before, but for what the card is asked to hold, what is let go in the end, and what was never paid."""
    todo = prepaid.react(before, event, after, at)
    match after:
        case Fulfilling():
            return [*(in_full(each, after) for each in todo if paid(each, after)), *rest(todo, after)]
        case Completed():
            return [*(each for each in todo if paid(each, after)), *taken_after_all(before, event, after)]
        case _:
            return todo


def paid(do: Do, after: Fulfilling | Completed) -> bool:
    """Whether it is no refund of what nobody has paid: the refund of a lost parcel has the id of its shipment."""
    match do:
        case Send(command=payment.RefundPayment(refund_id=shipment_id)):
            return shipment_id not in after.written_off
        case _:
            return True


def taken_after_all(before: Prepaid, event: Wanted, after: Completed) -> Iterator[Do]:
    """A share that was written off, and is taken all the same once its parcel is lost, goes back."""
    if not isinstance(event, payment.PaymentCaptured) or not isinstance(before, Completed):
        return
    shipment_id = event.shipment_id
    if shipment_id in before.written_off and after.goods.parcels[shipment_id].stage == "lost":
        yield Send(refund_of_lost(after.goods, shipment_id))


def in_full(do: Do, after: Fulfilling) -> Do:
    """A card that is asked anew holds what has left and is not paid as well: its share can be tried again."""
    match do:
        case Send(command=payment.RequestPayment() as ask):
            return Send(replace(ask, amount=to_hold(after)))
        case _:
            return do


def to_hold(after: Fulfilling) -> Money:
    """What has still to be captured: of the pieces that have not left, and of the shipments that have."""
    goods = after.goods
    return total([goods.value, *(goods.due(each) for each in goods.to_pay(after.settled))])


def rest(todo: Sequence[Do], after: Fulfilling) -> Iterator[Do]:
    """What may still be held as all is settled is let go: a share was written off, or paid under an earlier attempt."""
    completes = any(isinstance(each, Send) and isinstance(each.command, order.CompleteOrder) for each in todo)
    void = Send(payment.VoidAuthorization(order_id=after.goods.order_id, attempt=after.attempt))
    if completes and (after.written_off or after.attempt > 1) and void not in todo:
        yield void
