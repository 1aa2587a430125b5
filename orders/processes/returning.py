"""Return and refund: approved goods come back, are inspected, go to the shelf or are written off, and are refunded."""

from datetime import datetime, timedelta
from uuid import UUID

from eventstore.messages import State
from eventstore.process import CommandRefused, DeadlineReached, Do, Send, StopWaiting, Wait
from orders.domain import payment, returns, stock_item

PATIENCE = timedelta(days=21)
RETURNED = "Goods were returned."


class Unbegun(State):
    """Nothing has happened."""


class Requested(State):
    """Waits for customer service to approve the return, or to reject it."""

    skus: frozenset[str]


class Expected(State):
    """Approved: waits for the goods."""

    skus: frozenset[str]


class Arrived(State):
    """The goods are here: those of `skus` are still to be inspected."""

    skus: frozenset[str]


class Refunding(State):
    """All is inspected: waits for the money to be back with the customer."""


class Closed(State):
    """Nothing is left to do."""


type Returning = Unbegun | Requested | Expected | Arrived | Refunding | Closed
type Wanted = (
    returns.ReturnRequested
    | returns.ReturnApproved
    | returns.ReturnRejected
    | returns.ReturnArrived
    | returns.ReturnInspected
    | returns.ReturnClosed
    | payment.PaymentRefunded
    | payment.RefundWrittenOff
    | payment.InvoiceCredited
    | payment.NothingLeftToRefund
    | DeadlineReached
    | CommandRefused
)

initial: Returning = Unbegun()


def evolve(state: Returning, event: Wanted) -> Returning:
    """Where the return stands after an event."""
    match event:
        case returns.ReturnRequested(lines=lines):
            return Requested(skus=frozenset(line.sku for line in lines))
        case returns.ReturnApproved():
            return Expected(skus=state.skus) if isinstance(state, Requested) else state
        case returns.ReturnArrived():
            return Arrived(skus=state.skus) if isinstance(state, Expected) else state
        case returns.ReturnInspected(sku=sku):
            return Arrived(skus=state.skus - {sku}) if isinstance(state, Arrived) else state
        case returns.ReturnClosed(refund=refund):
            return Refunding() if refund.cents else Closed()
        case returns.ReturnRejected() | payment.PaymentRefunded() | payment.RefundWrittenOff():
            return Closed()
        case payment.InvoiceCredited() | payment.NothingLeftToRefund():
            return Closed() if isinstance(state, Refunding) else state
        case DeadlineReached() | CommandRefused():
            return state


def react(before: Returning, event: Wanted, after: Returning, at: datetime) -> list[Do]:
    """What is to be done next."""
    match event:
        case returns.ReturnApproved():
            return [Wait("arrival", at + PATIENCE)]
        case DeadlineReached(instance=instance):
            return [Send(returns.CloseReturn(return_id=UUID(instance.partition(":")[2])))]
        case returns.ReturnArrived():
            return [StopWaiting("arrival")]
        case returns.ReturnInspected(return_id=return_id):
            restock = stock_item.RestockReturn(
                sku=event.sku, return_id=return_id, sellable=event.sellable, damaged=event.damaged
            )
            done = isinstance(after, Arrived) and not after.skus
            return [Send(restock), *([Send(returns.CloseReturn(return_id=return_id))] if done else [])]
        case returns.ReturnClosed(return_id=return_id, order_id=order_id, refund=refund) if refund.cents:
            return [Send(payment.RefundPayment(order_id=order_id, refund_id=return_id, amount=refund, reason=RETURNED))]
        case _:
            return []
