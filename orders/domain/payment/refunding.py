"""Refunding: money goes back to the customer, and never more than came in."""

from uuid import UUID

from msgspec.structs import replace

from accounts.domain.reason import ask_reason
from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE, PROCESS
from eventstore.messages import Command, Event, Refused
from orders.domain.money import Money, total
from orders.domain.payment.amount import ask_amount
from orders.domain.payment.invoicing import InvoiceCredited, credit
from orders.domain.payment.states import NOTHING, Ledger, Payment, Refund, RefundWay

# What one person may grant without a second one.
GOODWILL = Money(cents=5000)


class RefundPayment(Command):
    sent_by = frozenset({PROCESS})

    order_id: UUID
    refund_id: UUID
    amount: Money
    reason: str


class GrantGoodwillRefund(Command):
    sent_by = frozenset({CUSTOMER_SERVICE, FINANCE})
    looked_up = frozenset({"granted_by"})

    order_id: UUID
    refund_id: UUID
    amount: Money
    reason: str
    granted_by: str


class ApproveRefund(Command):
    sent_by = frozenset({FINANCE})
    looked_up = frozenset({"approved_by"})

    order_id: UUID
    refund_id: UUID
    approved_by: str


class RejectRefund(Command):
    sent_by = frozenset({FINANCE})

    order_id: UUID
    refund_id: UUID
    reason: str


class RefundProposed(Event):
    order_id: UUID
    refund_id: UUID
    amount: Money
    reason: str
    proposed_by: str


class RefundApproved(Event):
    order_id: UUID
    refund_id: UUID
    approved_by: str


class RefundRejected(Event):
    order_id: UUID
    refund_id: UUID
    reason: str


class RefundRequested(Event):
    """An amount is to be paid back: by the payment provider to a card, or by the finance clerk with a transfer."""

    order_id: UUID
    refund_id: UUID
    attempt: int
    amount: Money
    reason: str
    way: RefundWay = "card"


class NothingLeftToRefund(Event):
    """All that the customer has paid went back before, and all that they owed was credited."""

    order_id: UUID
    refund_id: UUID
    reason: str


type Message = RefundPayment | GrantGoodwillRefund | ApproveRefund | RejectRefund
type Happening = RefundProposed | RefundApproved | RefundRejected | RefundRequested | NothingLeftToRefund


def decide(command: Message, payment: Payment) -> list[Happening | InvoiceCredited]:
    """What comes of a command."""
    match command:
        case RefundPayment():
            return refund(command, payment)
        case GrantGoodwillRefund():
            return grant(command, payment)
        case ApproveRefund():
            return approve(command, payment)
        case RejectRefund():
            return reject(command, payment)


def refund(command: RefundPayment, payment: Payment) -> list[Happening | InvoiceCredited]:
    """What the customer has paid, or still owes, for something they do not get, goes back: once for each refund.

    Where something went back before, that is what is left of it: what is only proposed comes after. While money may
    still come in, nobody can say what will be left, and too much is refused.
    """
    ask_amount(command.amount)
    if command.refund_id in payment.ledger.refunds:
        return []
    ledger = payment.ledger.without_proposals()
    amount = as_far_as_left(command.amount, ledger)
    if not amount.cents:
        return [NothingLeftToRefund(order_id=command.order_id, refund_id=command.refund_id, reason=command.reason)]
    return give_back(command.order_id, command.refund_id, amount, command.reason, ledger)


def as_far_as_left(amount: Money, ledger: Ledger) -> Money:
    """So much of an amount as can still be given back; all of it, while nobody can say how much that is."""
    if ledger.to_come(amount):
        return amount
    return min(amount, ledger.without_proposals().left, key=lambda money: money.cents)


def grant(command: GrantGoodwillRefund, payment: Payment) -> list[Happening | InvoiceCredited]:
    """Somebody is sorry: up to a limit the money goes back at once, above it a second person is asked."""
    ask_amount(command.amount)
    ask_reason(command.reason)
    if command.refund_id in payment.ledger.refunds:
        return []
    ask_refundable(command.amount, payment.ledger)
    if command.amount.cents <= GOODWILL.cents:
        return give_back(command.order_id, command.refund_id, command.amount, command.reason, payment.ledger)
    return [
        RefundProposed(
            order_id=command.order_id,
            refund_id=command.refund_id,
            amount=command.amount,
            reason=command.reason,
            proposed_by=command.granted_by,
        )
    ]


def approve(command: ApproveRefund, payment: Payment) -> list[Happening | InvoiceCredited]:
    """A second person agrees to a refund."""
    proposed = refund_of(payment, command.refund_id)
    match proposed.standing:
        case "requested" | "unanswered" | "refunded" | "failed" | "credited" | "nothing_left" | "written_off":
            return []
        case "rejected":
            raise Refused("This refund was rejected.")
        case "proposed":
            if command.approved_by == proposed.proposed_by:
                raise Refused("You proposed this refund. Somebody else has to approve it.")
            approved = RefundApproved(
                order_id=command.order_id, refund_id=command.refund_id, approved_by=command.approved_by
            )
            others = {key: each for key, each in payment.ledger.refunds.items() if key != command.refund_id}
            ledger = replace(payment.ledger, refunds=others)
            return [
                approved,
                *give_back(command.order_id, command.refund_id, proposed.amount, proposed.reason, ledger),
            ]


def reject(command: RejectRefund, payment: Payment) -> list[Happening | InvoiceCredited]:
    """A second person does not agree to a refund."""
    ask_reason(command.reason)
    match refund_of(payment, command.refund_id).standing:
        case "requested" | "unanswered" | "refunded" | "failed" | "credited" | "nothing_left" | "written_off":
            raise Refused("This refund was approved already.")
        case "rejected":
            return []
        case "proposed":
            return [RefundRejected(order_id=command.order_id, refund_id=command.refund_id, reason=command.reason)]


def give_back(
    order_id: UUID, refund_id: UUID, amount: Money, reason: str, ledger: Ledger
) -> list[Happening | InvoiceCredited]:
    """What is still owed is owed no more, and the rest is paid back."""
    ask_refundable(amount, ledger)
    credited = credit(order_id, refund_id, amount, reason, ledger)
    rest = amount - total(each.amount for each in credited)
    if not rest.cents:
        return [*credited]
    asked = RefundRequested(
        order_id=order_id, refund_id=refund_id, attempt=1, amount=rest, reason=reason, way=ledger.way_back
    )
    return [*credited, asked]


def ask_refundable(amount: Money, ledger: Ledger) -> None:
    """Refused, unless the customer has paid, or owes, at least so much."""
    if amount.cents > ledger.left.cents:
        raise Refused("Only {left} can still be refunded.", left=ledger.left)


def refund_of(payment: Payment, refund_id: UUID) -> Refund:
    """A refund of the payment; Refused where there is none."""
    try:
        return payment.ledger.refunds[refund_id]
    except KeyError:
        raise Refused("There is no such refund.") from None


def evolve(payment: Payment, event: Happening) -> Payment:
    """The payment after an event."""
    ledger = payment.ledger
    match event:
        case RefundProposed(refund_id=refund_id):
            proposed = Refund(
                amount=event.amount, standing="proposed", reason=event.reason, proposed_by=event.proposed_by
            )
            ledger = replace(ledger, refunds=ledger.refunds | {refund_id: proposed})
        case RefundApproved():
            pass
        case RefundRejected(refund_id=refund_id):
            ledger = ledger.with_refund(refund_id, standing="rejected")
        case NothingLeftToRefund(refund_id=refund_id):
            nothing = Refund(amount=NOTHING, standing="nothing_left", reason=event.reason)
            ledger = replace(ledger, refunds=ledger.refunds | {refund_id: nothing})
        case RefundRequested(refund_id=refund_id):
            gone = ledger.refunds[refund_id].gone if refund_id in ledger.refunds else NOTHING
            asked = Refund(
                amount=event.amount, standing="requested", reason=event.reason, attempt=event.attempt, gone=gone
            )
            ledger = replace(ledger, refunds=ledger.refunds | {refund_id: asked})
    return replace(payment, ledger=ledger)
