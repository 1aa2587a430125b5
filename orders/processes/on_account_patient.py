"""Fulfilment, on account (second version): only who has not paid by the third reminder places no more orders."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from accounts.domain.customer import SuspendCustomer
from eventstore.process import DeadlineReached, Do, Send, Wait
from orders.domain import payment
from orders.processes import on_account
from orders.processes.on_account import REMINDERS, UNPAID, Fulfilling, OnAccount, Wanted, evolve, initial

__all__ = ["evolve", "initial", "react"]


def react(before: OnAccount, event: Wanted, after: OnAccount, at: datetime) -> list[Do]:
    """As before, apart from the reminders of an invoice that nobody pays."""
    match after, event:
        case Fulfilling(), DeadlineReached(name=name, due_at=due_at) if name.startswith("remind "):
            return list(reminding(name, max(due_at, at), after))
        case Fulfilling(), payment.InvoiceReminded(reminder=reminder) if reminder == len(REMINDERS):
            return [Send(SuspendCustomer(customer_id=after.customer_id, reason=UNPAID))]
        case _:
            return on_account.react(before, event, after, at)


def reminding(name: str, now: datetime, after: Fulfilling) -> Iterator[Do]:
    """The customer is reminded, unless they have paid; the next reminder leaves them time, however late this one is."""
    _, number, of = name.split()
    reminder, shipment_id = int(number), UUID(of)
    yield Send(payment.RemindOfInvoice(order_id=after.goods.order_id, shipment_id=shipment_id, reminder=reminder))
    if reminder < len(REMINDERS):
        next_at = now + REMINDERS[reminder] - REMINDERS[reminder - 1]
        yield Wait(f"remind {reminder + 1} {shipment_id}", next_at)
