"""Reaching: an e-mail that we write to a customer may not be taken by the server of their address."""

from uuid import UUID

from accounts.domain.customer.registering import UNKNOWN
from accounts.domain.customer.states import Active, Customer, Erased, Suspended, Unknown
from accounts.domain.roles import MAIL
from eventstore.messages import Command, Event, Refused


class ReportRefusedEmail(Command):
    sent_by = frozenset({MAIL})

    customer_id: UUID
    order_id: UUID
    code: int


class EmailRefused(Event):
    """`code` is what the server says, such as 550 for a mailbox that is not there. The address is not repeated here."""

    customer_id: UUID
    order_id: UUID
    code: int


type Message = ReportRefusedEmail
type Happening = EmailRefused


def decide(command: ReportRefusedEmail, customer: Customer) -> list[Happening]:
    """A server does not take what we write to a customer."""
    match customer:
        case Unknown():
            raise Refused(UNKNOWN)
        case Active() | Suspended():
            return [EmailRefused(customer_id=command.customer_id, order_id=command.order_id, code=command.code)]
        case Erased():
            return []


def evolve(customer: Customer, event: EmailRefused) -> Customer:
    """The customer after an event."""
    return customer
