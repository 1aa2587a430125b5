"""Customer: somebody who orders from us, by name and e-mail address."""

from typing import Annotated
from uuid import UUID

from accounts.domain.roles import CUSTOMER_SERVICE
from eventstore.messages import OWNER, Command, Event, Personal, Refused, State


class RegisterCustomer(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})

    customer_id: UUID
    name: str
    email: str


class SuspendCustomer(Command):
    sent_by = frozenset({CUSTOMER_SERVICE})

    customer_id: UUID
    reason: str


class ReinstateCustomer(Command):
    sent_by = frozenset({CUSTOMER_SERVICE})

    customer_id: UUID
    reason: str


class CustomerRegistered(Event):
    customer_id: UUID
    name: Annotated[str | None, Personal(of="customer_id")]
    email: Annotated[str | None, Personal(of="customer_id")]


class CustomerSuspended(Event):
    customer_id: UUID
    reason: str


class CustomerReinstated(Event):
    customer_id: UUID
    reason: str


class Unknown(State):
    """Nobody has registered under this id."""


class Active(State):
    """A customer who may order."""


class Suspended(State):
    """A customer who places no orders until they are reinstated."""


type Message = RegisterCustomer | SuspendCustomer | ReinstateCustomer
type Happening = CustomerRegistered | CustomerSuspended | CustomerReinstated
type Customer = Unknown | Active | Suspended

initial: Customer = Unknown()


def decide(command: Message, customer: Customer) -> list[Happening]:
    """What comes of a command."""
    match command:
        case RegisterCustomer():
            return register(command, customer)
        case SuspendCustomer():
            return suspend(command, customer)
        case ReinstateCustomer():
            return reinstate(command, customer)


def register(command: RegisterCustomer, customer: Customer) -> list[Happening]:
    """Somebody becomes a customer."""
    match customer:
        case Unknown():
            if not command.name.strip():
                raise Refused("Enter a name.")
            if "@" not in command.email:
                raise Refused("Enter an e-mail address, such as name@example.com.")
            return [CustomerRegistered(customer_id=command.customer_id, name=command.name, email=command.email)]
        case Active() | Suspended():
            raise Refused("This customer is registered already.")


def suspend(command: SuspendCustomer, customer: Customer) -> list[Happening]:
    """A customer places no orders for now."""
    match customer:
        case Unknown():
            raise Refused("There is no such customer.")
        case Active():
            return [CustomerSuspended(customer_id=command.customer_id, reason=command.reason)]
        case Suspended():
            return []


def reinstate(command: ReinstateCustomer, customer: Customer) -> list[Happening]:
    """A suspended customer may order again."""
    match customer:
        case Unknown():
            raise Refused("There is no such customer.")
        case Active():
            return []
        case Suspended():
            return [CustomerReinstated(customer_id=command.customer_id, reason=command.reason)]


def evolve(customer: Customer, event: Happening) -> Customer:
    """The customer after an event."""
    match event:
        case CustomerRegistered() | CustomerReinstated():
            return Active()
        case CustomerSuspended():
            return Suspended()
