"""Fulfilment, on account (third version): the third reminder as well leaves a customer time to pay."""

from datetime import datetime, timedelta

from accounts.domain.customer import SuspendCustomer
from eventstore.process import DeadlineReached, Do, Send, StopWaiting, Wait
from orders.domain import payment
from orders.processes import on_account_patient
from orders.processes.on_account import REMINDERS, UNPAID, Fulfilling, OnAccount, Wanted, evolve, initial

__all__ = ["evolve", "initial", "react"]

GRACE = timedelta(days=3)  # in which a transfer arrives that was made as the last reminder came


def react(before: OnAccount, event: Wanted, after: OnAccount, at: datetime) -> list[Do]:
    """As before, and who has been reminded for the last time is suspended only if nothing comes in for some days."""
    match after, event:
        case Fulfilling(), payment.InvoiceReminded(reminder=reminder) if reminder == len(REMINDERS):
            return [Wait(f"suspend {event.shipment_id}", at + GRACE)]
        case Fulfilling(), DeadlineReached(name=name) if name.startswith("suspend "):
            return [Send(SuspendCustomer(customer_id=after.customer_id, reason=UNPAID))]
        case Fulfilling(), payment.InvoicePaid() | payment.InvoiceWrittenOff() | payment.InvoiceCredited():
            stop = [StopWaiting(f"suspend {event.shipment_id}")] if event.shipment_id in after.settled else []
            return [*on_account_patient.react(before, event, after, at), *stop]
        case _:
            return on_account_patient.react(before, event, after, at)
