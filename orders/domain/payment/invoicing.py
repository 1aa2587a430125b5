"""Invoicing: who buys on account gets an invoice for each shipment, and pays it by bank transfer."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.roles import FINANCE, PROCESS
from eventstore.messages import Command, Event, Refused
from orders.domain.moment import Moment
from orders.domain.money import Money
from orders.domain.payment.amount import ask_amount
from orders.domain.payment.provider import BankTransfer, LatePaymentReceived
from orders.domain.payment.states import (
    NOTHING,
    Authorized,
    Declined,
    Expired,
    Invoice,
    Ledger,
    OnAccount,
    Payment,
    Refund,
    Requested,
    Unanswered,
    Unrequested,
    Voided,
)


class IssueInvoice(Command):
    sent_by = frozenset({PROCESS})

    order_id: UUID
    shipment_id: UUID
    amount: Money
    due_at: Moment


class RecordInvoicePayment(Command):
    sent_by = frozenset({FINANCE})

    order_id: UUID
    shipment_id: UUID
    amount: Money
    transfer: str


class InvoiceIssued(Event):
    order_id: UUID
    shipment_id: UUID
    amount: Money
    due_at: Moment


class InvoicePartlyPaid(Event):
    order_id: UUID
    shipment_id: UUID
    amount: Money
    left: Money
    transfer: str


class InvoicePaid(Event):
    order_id: UUID
    shipment_id: UUID
    amount: Money
    transfer: str


class InvoiceCredited(Event):
    order_id: UUID
    shipment_id: UUID
    refund_id: UUID
    amount: Money
    left: Money
    reason: str


type Message = IssueInvoice | RecordInvoicePayment
type Happening = InvoiceIssued | InvoicePartlyPaid | InvoicePaid | InvoiceCredited


def decide(command: Message, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """What comes of a command."""
    match command:
        case IssueInvoice():
            return issue(command, payment)
        case RecordInvoicePayment():
            return record_payment(command, payment)


def issue(command: IssueInvoice, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """A shipment that has left is invoiced: once, however often it is asked for."""
    ask_amount(command.amount)
    match payment:
        case Requested() | Unanswered() | Declined() | Authorized() | Expired() | Voided():
            raise Refused("This order is paid by card.")
        case Unrequested() | OnAccount():
            if command.shipment_id in payment.ledger.invoices:
                return []
            return [
                InvoiceIssued(
                    order_id=command.order_id,
                    shipment_id=command.shipment_id,
                    amount=command.amount,
                    due_at=command.due_at,
                )
            ]


def record_payment(command: RecordInvoicePayment, payment: Payment) -> list[Happening | LatePaymentReceived]:
    """A bank transfer has come in. What is more than was owed goes back."""
    ask_amount(command.amount)
    if not command.transfer.strip():
        raise Refused("Enter the bank's reference of the transfer.")
    invoice = invoiced(payment, command.shipment_id)
    recorded = invoice.transfers.get(command.transfer, command.amount)
    if recorded != command.amount:
        raise Refused(
            "The transfer {transfer} is recorded already, with {amount}.", transfer=command.transfer, amount=recorded
        )
    if command.transfer in invoice.transfers:
        return []
    paid = min(command.amount, invoice.left, key=lambda amount: amount.cents)
    left, more = invoice.left - paid, command.amount - paid
    order_id, shipment_id, transfer = command.order_id, command.shipment_id, command.transfer
    happened: list[Happening | LatePaymentReceived] = []
    if paid.cents and left.cents:
        happened.append(
            InvoicePartlyPaid(order_id=order_id, shipment_id=shipment_id, amount=paid, left=left, transfer=transfer)
        )
    elif paid.cents:
        happened.append(InvoicePaid(order_id=order_id, shipment_id=shipment_id, amount=paid, transfer=transfer))
    if more.cents:
        request = BankTransfer(shipment_id=shipment_id, transfer=transfer)
        happened.append(LatePaymentReceived(order_id=order_id, request=request, amount=more, reference=transfer))
    return happened


def invoiced(payment: Payment, shipment_id: UUID) -> Invoice:
    """The invoice for a shipment; Refused where there is none."""
    try:
        return payment.ledger.invoices[shipment_id]
    except KeyError:
        raise Refused("There is no invoice for this shipment.") from None


def credit(order_id: UUID, refund_id: UUID, amount: Money, reason: str, ledger: Ledger) -> list[InvoiceCredited]:
    """So much less is owed, the oldest invoice first, as an amount goes back to a customer who has not paid yet.

    What was written off comes last: nobody gets money back for goods that they have not paid. The refund of a parcel
    that got lost has the id of its shipment, whose own invoice comes first: nobody is reminded of what never came.
    """
    credited = []
    for shipment_id, invoice in sorted(ledger.unpaid(), key=lambda each: each[0] != refund_id):
        less = min(amount, invoice.left, key=lambda money: money.cents)
        if less.cents:
            credited.append(
                InvoiceCredited(
                    order_id=order_id,
                    shipment_id=shipment_id,
                    refund_id=refund_id,
                    amount=less,
                    left=invoice.left - less,
                    reason=reason,
                )
            )
        amount -= less
    return credited


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    ledger = payment.ledger
    match event:
        case InvoiceIssued(shipment_id=shipment_id):
            fresh = Invoice(due_at=event.due_at, left=event.amount)
            return OnAccount(ledger=replace(ledger, invoices=ledger.invoices | {shipment_id: fresh}))
        case InvoicePartlyPaid(shipment_id=shipment_id):
            invoice = ledger.invoices[shipment_id]
            paid = invoice.paid + event.amount
            ledger = ledger.with_transfer(shipment_id, event.transfer, event.amount, left=event.left, paid=paid)
        case InvoicePaid(shipment_id=shipment_id):
            invoice = ledger.invoices[shipment_id]
            settled = {"left": NOTHING, "paid": invoice.paid + event.amount, "standing": "settled"}
            ledger = ledger.with_transfer(shipment_id, event.transfer, event.amount, **settled)
        case InvoiceCredited(shipment_id=shipment_id):
            invoice = ledger.invoices[shipment_id]
            standing = invoice.standing if event.left.cents else "settled"
            ledger = ledger.with_invoice(shipment_id, left=event.left, standing=standing)
            credited = Refund(amount=NOTHING, standing="credited", reason=event.reason)
            ledger = replace(ledger, refunds=ledger.refunds | {event.refund_id: credited})
    return replace(payment, ledger=ledger)
