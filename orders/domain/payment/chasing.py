"""Chasing: an invoice that is not paid in time is overdue, its customer is reminded, and one day it is written off."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import FINANCE, PROCESS
from eventstore.messages import Command, Event, Refused
from orders.domain.moment import Moment
from orders.domain.money import Money
from orders.domain.payment.invoicing import invoiced
from orders.domain.payment.states import Payment


class MarkInvoiceOverdue(Command):
    sent_by = frozenset({PROCESS})
    looked_up = frozenset({"at"})

    order_id: UUID
    shipment_id: UUID
    at: Moment


class RemindOfInvoice(Command):
    """`reminder` counts them: the first, the second, the third."""

    sent_by = frozenset({PROCESS})

    order_id: UUID
    shipment_id: UUID
    reminder: int


class WriteOffInvoice(Command):
    sent_by = frozenset({FINANCE})

    order_id: UUID
    shipment_id: UUID
    reason: str


class InvoiceOverdue(Event):
    order_id: UUID
    shipment_id: UUID
    left: Money


class InvoiceReminded(Event):
    order_id: UUID
    shipment_id: UUID
    reminder: int
    left: Money


class InvoiceWrittenOff(Event):
    order_id: UUID
    shipment_id: UUID
    amount: Money
    reason: str


type Message = MarkInvoiceOverdue | RemindOfInvoice | WriteOffInvoice
type Happening = InvoiceOverdue | InvoiceReminded | InvoiceWrittenOff


def decide(command: Message, payment: Payment) -> list[Happening]:
    """What comes of a command."""
    match command:
        case MarkInvoiceOverdue():
            return mark_overdue(command, payment)
        case RemindOfInvoice():
            return remind(command, payment)
        case WriteOffInvoice():
            return write_off(command, payment)


def mark_overdue(command: MarkInvoiceOverdue, payment: Payment) -> list[Happening]:
    """The day on which an invoice was due has passed."""
    invoice = invoiced(payment, command.shipment_id)
    match invoice.standing:
        case "overdue" | "settled" | "written_off":
            return []
        case "open":
            if command.at < invoice.due_at:
                raise Refused("This invoice is due on {day}.", day=invoice.due_at.date())
            return [InvoiceOverdue(order_id=command.order_id, shipment_id=command.shipment_id, left=invoice.left)]


def remind(command: RemindOfInvoice, payment: Payment) -> list[Happening]:
    """A customer is reminded of what they owe: once each time."""
    invoice = invoiced(payment, command.shipment_id)
    match invoice.standing:
        case "settled" | "written_off":
            return []
        case "open":
            raise Refused("This invoice is due on {day}.", day=invoice.due_at.date())
        case "overdue":
            if command.reminder <= invoice.reminders:
                return []
            return [
                InvoiceReminded(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    reminder=command.reminder,
                    left=invoice.left,
                )
            ]


def write_off(command: WriteOffInvoice, payment: Payment) -> list[Happening]:
    """Nobody expects any more that an invoice is paid."""
    ask_reason(command.reason)
    invoice = invoiced(payment, command.shipment_id)
    match invoice.standing:
        case "settled":
            raise Refused("Nothing is owed on this invoice any more.")
        case "written_off":
            return []
        case "open" | "overdue":
            return [
                InvoiceWrittenOff(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    amount=invoice.left,
                    reason=command.reason,
                )
            ]


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    ledger, shipment_id = payment.ledger, event.shipment_id
    match event:
        case InvoiceOverdue():
            ledger = ledger.with_invoice(shipment_id, standing="overdue")
        case InvoiceReminded():
            ledger = ledger.with_invoice(shipment_id, reminders=event.reminder)
        case InvoiceWrittenOff():
            ledger = ledger.with_invoice(shipment_id, standing="written_off")
    return replace(payment, ledger=ledger)
