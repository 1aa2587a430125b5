"""Fulfilment, on account: reserve every line, confirm, ship, invoice parcels as they leave, complete once paid."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from accounts.domain.customer import SuspendCustomer
from eventstore.messages import State
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

TERM = timedelta(days=14)
REMINDERS = (timedelta(days=7), timedelta(days=14), timedelta(days=28))  # after the invoice was due
UNPAID = "An invoice is unpaid although we have reminded of it three times."


class Unbegun(State):
    """Nothing has happened."""


class Reserving(State):
    """Waits for the stock to say of every line what it has."""

    goods: Goods
    customer_id: UUID


class Fulfilling(State):
    """Ships the parcels of the order, and waits for each one's invoice to be paid.

    `settled` are the shipments of which nothing is owed any more, `split` whether parcels go before all is there, and
    `stopping` whether the customer has asked to cancel.
    """

    goods: Goods
    customer_id: UUID
    settled: frozenset[UUID] = frozenset()
    split: bool = False
    stopping: bool = False

    @property
    def finished(self) -> bool:
        """Whether all has left, and all of that is paid."""
        return not self.stopping and self.goods.sent_all and not self.goods.to_pay(self.settled)


class Completed(State):
    """All has left and is paid. A parcel that gets lost from now on is paid back."""

    goods: Goods


class Ended(State):
    """The order was rejected or cancelled: what there is to undo is the cancellation's."""


type OnAccount = Unbegun | Reserving | Fulfilling | Completed | Ended
type Wanted = (
    OfFulfilment
    | payment.InvoiceOverdue
    | payment.InvoiceReminded
    | payment.InvoicePaid
    | payment.InvoiceCredited
    | payment.InvoiceWrittenOff
)

initial: OnAccount = Unbegun()


def evolve(state: OnAccount, event: Wanted) -> OnAccount:
    """Where the order stands after an event."""
    if isinstance(event, order.OrderRejected | order.OrderCancelled):
        return Ended()
    match state:
        case Unbegun():
            if not isinstance(event, order.OrderPlaced):
                return state
            return Reserving(goods=goods_of(event), customer_id=event.customer_id)
        case Reserving():
            goods = told(state.goods, event)
            if not goods.answered:
                return replace(state, goods=goods)
            return planned(Fulfilling(goods=goods, customer_id=state.customer_id))
        case Fulfilling():
            if isinstance(event, order.OrderCompleted):
                return Completed(goods=state.goods)
            return planned(paid(replace(state, goods=told(state.goods, event)), event))
        case Completed():
            return Completed(goods=told(state.goods, event))
        case Ended():
            return state


def planned(state: Fulfilling) -> Fulfilling:
    """With a parcel of what can go, unless the customer would rather have none."""
    return state if state.stopping else replace(state, goods=with_plan(state.goods, split=state.split))


def paid(state: Fulfilling, event: Wanted) -> Fulfilling:
    """After what the customer and the bank have to say."""
    match event:
        case order.CancellationRequested():
            return replace(state, stopping=True)
        case order.CancellationRefused():
            return replace(state, stopping=False)
        case order.BackorderAnswered(answer=answer):
            return replace(state, split=answer == "take_what_is_there")
        case payment.InvoicePaid() | payment.InvoiceWrittenOff():
            return replace(state, settled=state.settled | {event.shipment_id})
        case payment.InvoiceCredited(left=left):
            return state if left.cents else replace(state, settled=state.settled | {event.shipment_id})
        case _:
            return state


def react(before: OnAccount, event: Wanted, after: OnAccount, at: datetime) -> list[Do]:
    """What is to be done next."""
    match after:
        case Unbegun():
            return []
        case Reserving(goods=goods):
            if isinstance(event, CompensationAsked):
                return [Send(order.RejectOrder(order_id=goods.order_id, reason=event.reason))]
            return [Send(each) for each in reservations(goods)] if isinstance(before, Unbegun) else []
        case Fulfilling():
            return [*fulfilling(before, event, after), *invoicing(event, after, at)]
        case Completed(goods=goods):
            if isinstance(event, shipment.ShipmentLost):
                return [Send(refund_of_lost(goods, event.shipment_id))]
            return [Accept()] if isinstance(event, CommandRefused) else []
        case Ended():
            return [Accept()] if isinstance(event, CommandRefused) else []


def fulfilling(before: OnAccount, event: Wanted, after: Fulfilling) -> Iterator[Do]:
    """What is to be done while parcels come and go."""
    goods = after.goods
    if isinstance(before, Reserving):
        yield Send(order.ConfirmOrder(order_id=goods.order_id))
    if isinstance(before, Reserving | Fulfilling):
        yield from map(Send, shipping(before.goods, event, goods))
    if isinstance(event, CompensationAsked):
        yield Send(order.CancelOrder(order_id=goods.order_id, reason=event.reason, parcels=goods.seen()))
    if after.finished and not (isinstance(before, Fulfilling) and before.finished):
        yield Send(order.CompleteOrder(order_id=goods.order_id, parcels=goods.seen(), unpaid=goods.price({})))


def invoicing(event: Wanted, after: Fulfilling, at: datetime) -> Iterator[Do]:
    """What is to be done about the invoices of parcels that have left."""
    goods = after.goods
    match event:
        case shipment.ShipmentDispatched(shipment_id=shipment_id) if goods.due(shipment_id).cents:
            due_at = at + TERM
            yield Send(
                payment.IssueInvoice(
                    order_id=goods.order_id,
                    shipment_id=shipment_id,
                    amount=goods.due(shipment_id),
                    due_at=due_at,
                )
            )
            yield Wait(f"due {shipment_id}", due_at)
        case shipment.ShipmentLost(shipment_id=shipment_id):
            yield Send(refund_of_lost(goods, shipment_id))
        case payment.InvoiceOverdue(shipment_id=shipment_id):
            yield Wait(f"remind 1 {shipment_id}", at + REMINDERS[0])
        case payment.InvoicePaid() | payment.InvoiceWrittenOff() | payment.InvoiceCredited():
            if event.shipment_id in after.settled:
                yield from (StopWaiting(name) for name in reminders_of(event.shipment_id))
        case DeadlineReached(name=name, due_at=due_at):
            yield from dunning(name, due_at, after)
        case _:
            pass


def dunning(name: str, due_at: datetime, after: Fulfilling) -> Iterator[Do]:
    """An invoice is overdue: the customer is reminded three times, and then places no more orders for now."""
    what, *number, of = name.split()
    order_id, shipment_id = after.goods.order_id, UUID(of)
    if what == "due":
        yield Send(payment.MarkInvoiceOverdue(order_id=order_id, shipment_id=shipment_id, at=due_at))
        return
    reminder = int(number[0])
    yield Send(payment.RemindOfInvoice(order_id=order_id, shipment_id=shipment_id, reminder=reminder))
    if reminder < len(REMINDERS):
        next_at = due_at + REMINDERS[reminder] - REMINDERS[reminder - 1]
        yield Wait(f"remind {reminder + 1} {shipment_id}", next_at)
    else:
        yield Send(SuspendCustomer(customer_id=after.customer_id, reason=UNPAID))


def reminders_of(shipment_id: UUID) -> list[str]:
    """All that is waited for on account of an invoice."""
    return [f"due {shipment_id}", *(f"remind {n} {shipment_id}" for n in range(1, len(REMINDERS) + 1))]
