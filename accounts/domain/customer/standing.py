"""Standing: whether a customer may order, and whether we know of them at all."""

from uuid import UUID

from msgspec.structs import asdict

from accounts.domain.customer.registering import ERASED, UNKNOWN
from accounts.domain.customer.states import Active, Customer, Erased, Suspended, Unknown
from accounts.domain.reason import ask_reason
from accounts.domain.roles import CUSTOMER_SERVICE, PROCESS
from eventstore.messages import OWNER, Command, Event, Refused


class SuspendCustomer(Command):
    sent_by = frozenset({CUSTOMER_SERVICE, PROCESS})

    customer_id: UUID
    reason: str


class ReinstateCustomer(Command):
    sent_by = frozenset({CUSTOMER_SERVICE})

    customer_id: UUID
    reason: str


class EraseCustomer(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})
    looked_up = frozenset({"open_orders"})

    customer_id: UUID
    open_orders: int | None  # None where that cannot be said at the moment


class CustomerSuspended(Event):
    customer_id: UUID
    reason: str


class CustomerReinstated(Event):
    customer_id: UUID
    reason: str


class CustomerErased(Event):
    customer_id: UUID


type Message = SuspendCustomer | ReinstateCustomer | EraseCustomer
type Happening = CustomerSuspended | CustomerReinstated | CustomerErased


def decide(command: Message, customer: Customer) -> list[Happening]:
    """What comes of a command."""
    match command:
        case SuspendCustomer():
            return suspend(command, customer)
        case ReinstateCustomer():
            return reinstate(command, customer)
        case EraseCustomer():
            return erase(command, customer)


def suspend(command: SuspendCustomer, customer: Customer) -> list[Happening]:
    """A customer places no orders for now."""
    match customer:
        case Unknown():
            raise Refused(UNKNOWN)
        case Active():
            ask_reason(command.reason)
            return [CustomerSuspended(customer_id=command.customer_id, reason=command.reason)]
        case Suspended():
            return []
        case Erased():
            raise Refused(ERASED)


def reinstate(command: ReinstateCustomer, customer: Customer) -> list[Happening]:
    """A suspended customer may order again."""
    match customer:
        case Unknown():
            raise Refused(UNKNOWN)
        case Active():
            return []
        case Suspended():
            ask_reason(command.reason)
            return [CustomerReinstated(customer_id=command.customer_id, reason=command.reason)]
        case Erased():
            raise Refused(ERASED)


def erase(command: EraseCustomer, customer: Customer) -> list[Happening]:
    """Somebody wants us to know nothing of them any more; that cannot be undone."""
    match customer:
        case Unknown():
            raise Refused(UNKNOWN)
        case Active() | Suspended():
            if command.open_orders is None:
                raise Refused("What was ordered last is not known everywhere yet. Try again in a minute.")
            if command.open_orders:
                raise Refused(
                    "Orders that are still open: {open}. The data can be erased once all of them are completed.",
                    open=command.open_orders,
                )
            return [CustomerErased(customer_id=command.customer_id)]
        case Erased():
            return []


def evolve(customer: Customer, event: Happening) -> Customer:
    """The customer after an event."""
    match event:
        case CustomerSuspended():
            return Suspended(**asdict(customer)) if isinstance(customer, Active) else customer
        case CustomerReinstated():
            return Active(**asdict(customer)) if isinstance(customer, Suspended) else customer
        case CustomerErased():
            return Erased()
