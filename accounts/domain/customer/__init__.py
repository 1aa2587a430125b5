"""Customer: somebody who orders from us, how we reach them, and where their parcels go."""

from collections.abc import Sequence

from accounts.domain.customer import reaching, registering, standing
from accounts.domain.customer.reaching import EmailRefused, ReportRefusedEmail
from accounts.domain.customer.registering import (
    ERASED,
    AddDeliveryAddress,
    ChangeContactDetails,
    ContactDetailsChanged,
    CustomerRegistered,
    DeliveryAddressAdded,
    DeliveryAddressRemoved,
    RegisterCustomer,
    RemoveDeliveryAddress,
)
from accounts.domain.customer.standing import (
    CustomerErased,
    CustomerReinstated,
    CustomerSuspended,
    EraseCustomer,
    ReinstateCustomer,
    SuspendCustomer,
)
from accounts.domain.customer.states import Active, Customer, Erased, Suspended, Unknown

__all__ = [
    "ERASED",
    "Active",
    "AddDeliveryAddress",
    "ChangeContactDetails",
    "ContactDetailsChanged",
    "Customer",
    "CustomerErased",
    "CustomerRegistered",
    "CustomerReinstated",
    "CustomerSuspended",
    "DeliveryAddressAdded",
    "DeliveryAddressRemoved",
    "EmailRefused",
    "EraseCustomer",
    "Erased",
    "Happening",
    "Message",
    "RegisterCustomer",
    "ReinstateCustomer",
    "RemoveDeliveryAddress",
    "ReportRefusedEmail",
    "SuspendCustomer",
    "Suspended",
    "Unknown",
    "decide",
    "evolve",
    "initial",
]

type Message = registering.Message | standing.Message | reaching.Message
type Happening = registering.Happening | standing.Happening | reaching.Happening

initial: Customer = Unknown()


def decide(command: Message, customer: Customer) -> Sequence[Happening]:
    """What comes of a command."""
    match command:
        case RegisterCustomer() | ChangeContactDetails() | AddDeliveryAddress() | RemoveDeliveryAddress():
            return registering.decide(command, customer)
        case SuspendCustomer() | ReinstateCustomer() | EraseCustomer():
            return standing.decide(command, customer)
        case ReportRefusedEmail():
            return reaching.decide(command, customer)


def evolve(customer: Customer, event: Happening) -> Customer:
    """The customer after an event."""
    match event:
        case CustomerRegistered() | ContactDetailsChanged() | DeliveryAddressAdded() | DeliveryAddressRemoved():
            return registering.evolve(customer, event)
        case CustomerSuspended() | CustomerReinstated() | CustomerErased():
            return standing.evolve(customer, event)
        case EmailRefused():
            return reaching.evolve(customer, event)
