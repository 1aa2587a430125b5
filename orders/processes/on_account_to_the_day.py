"""Fulfilment, on account (fourth version): an invoice is due until the day is over that it names."""

from datetime import datetime

from msgspec.structs import replace

from eventstore.process import Do, Send, Wait
from orders.domain import payment, shipment
from orders.processes import on_account_lenient
from orders.processes.days import end_of_day
from orders.processes.on_account import OnAccount, Wanted, evolve, initial

__all__ = ["evolve", "initial", "react"]


def react(before: OnAccount, event: Wanted, after: OnAccount, at: datetime) -> list[Do]:
    """As before, but for the end of the term."""
    todo = on_account_lenient.react(before, event, after, at)
    return [to_the_day(each) for each in todo] if isinstance(event, shipment.ShipmentDispatched) else todo


def to_the_day(do: Do) -> Do:
    """An invoice, or what is waited for, is due at the end of its day."""
    match do:
        case Send(command=payment.IssueInvoice() as invoice):
            return Send(replace(invoice, due_at=end_of_day(invoice.due_at)))
        case Wait(name=name, until=until) if name.startswith("due "):
            return Wait(name, end_of_day(until))
        case _:
            return do
