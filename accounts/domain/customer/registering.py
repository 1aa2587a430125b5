"""Registering: somebody becomes a customer, and tells us how we reach them and where their parcels go."""

from typing import Annotated
from uuid import UUID

from msgspec.structs import replace

from accounts.domain.address import Address, ask_address
from accounts.domain.customer.states import Active, Customer, Erased, Suspended, Unknown
from accounts.domain.roles import CUSTOMER_SERVICE
from eventstore.messages import OWNER, Command, Event, Personal, Refused

MOST_ADDRESSES = 20
LONGEST_NAME = 200
LONGEST_EMAIL = 254  # what a mail server takes
LONGEST_TELEPHONE = 40
UNKNOWN = "There is no such customer."
ERASED = "The data of this customer were erased."


class RegisterCustomer(Command):
    """`partner_id` is that of the partner who answers for the customer, where one does."""

    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})

    customer_id: UUID
    name: str
    email: str
    partner_id: UUID | None = None


class ChangeContactDetails(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})

    customer_id: UUID
    name: str
    email: str
    telephone: str


class AddDeliveryAddress(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})

    customer_id: UUID
    address_id: UUID
    address: Address


class RemoveDeliveryAddress(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})

    customer_id: UUID
    address_id: UUID


class CustomerRegistered(Event):
    customer_id: UUID
    name: Annotated[str | None, Personal(of="customer_id")]
    email: Annotated[str | None, Personal(of="customer_id")]
    partner_id: UUID | None = None


class ContactDetailsChanged(Event):
    customer_id: UUID
    name: Annotated[str | None, Personal(of="customer_id")]
    email: Annotated[str | None, Personal(of="customer_id")]
    telephone: Annotated[str | None, Personal(of="customer_id")]


class DeliveryAddressAdded(Event):
    customer_id: UUID
    address_id: UUID
    address: Annotated[Address | None, Personal(of="customer_id")]


class DeliveryAddressRemoved(Event):
    customer_id: UUID
    address_id: UUID


type Message = RegisterCustomer | ChangeContactDetails | AddDeliveryAddress | RemoveDeliveryAddress
type Happening = CustomerRegistered | ContactDetailsChanged | DeliveryAddressAdded | DeliveryAddressRemoved


def decide(command: Message, customer: Customer) -> list[Happening]:
    """What comes of a command."""
    match command:
        case RegisterCustomer():
            return register(command, customer)
        case ChangeContactDetails():
            return change_contact_details(command, customer)
        case AddDeliveryAddress():
            return add_address(command, customer)
        case RemoveDeliveryAddress():
            return remove_address(command, customer)


def register(command: RegisterCustomer, customer: Customer) -> list[Happening]:
    """Somebody becomes a customer."""
    match customer:
        case Unknown():
            ask_reachable(command.name, command.email)
            return [
                CustomerRegistered(
                    customer_id=command.customer_id,
                    name=command.name,
                    email=command.email,
                    partner_id=command.partner_id,
                )
            ]
        case Active() | Suspended():
            raise Refused("This customer is registered already.")
        case Erased():
            raise Refused(ERASED)


def change_contact_details(command: ChangeContactDetails, customer: Customer) -> list[Happening]:
    """We reach a customer in another way from now on."""
    known(customer)
    ask_reachable(command.name, command.email)
    ask_telephone(command.telephone)
    return [
        ContactDetailsChanged(
            customer_id=command.customer_id, name=command.name, email=command.email, telephone=command.telephone
        )
    ]


def add_address(command: AddDeliveryAddress, customer: Customer) -> list[Happening]:
    """A customer keeps an address with us, to choose it when they order."""
    addresses = known(customer).addresses
    if command.address_id in addresses:
        return []
    ask_address(command.address)
    if len(addresses) >= MOST_ADDRESSES:
        raise Refused("We keep at most {most} addresses for you. Remove one first.", most=MOST_ADDRESSES)
    return [
        DeliveryAddressAdded(customer_id=command.customer_id, address_id=command.address_id, address=command.address)
    ]


def remove_address(command: RemoveDeliveryAddress, customer: Customer) -> list[Happening]:
    """A customer no longer keeps an address with us; orders that go there still do."""
    if command.address_id not in known(customer).addresses:
        return []
    return [DeliveryAddressRemoved(customer_id=command.customer_id, address_id=command.address_id)]


def known(customer: Customer) -> Active | Suspended:
    """Somebody who is a customer; Refused where nobody is."""
    match customer:
        case Unknown():
            raise Refused(UNKNOWN)
        case Active() | Suspended():
            return customer
        case Erased():
            raise Refused(ERASED)


def ask_reachable(name: str, email: str) -> None:
    """Refused, unless a letter and an e-mail could reach somebody."""
    if not name.strip():
        raise Refused("Enter a name.")
    if len(name) > LONGEST_NAME:
        raise Refused("Use at most {longest} characters for the name.", longest=LONGEST_NAME)
    mailbox, _, host = email.rpartition("@")
    if not mailbox or not host or len(email) > LONGEST_EMAIL or any(map(str.isspace, email)):
        raise Refused("Enter an e-mail address, such as name@example.com.")


def ask_telephone(telephone: str) -> None:
    """Refused, unless it can be dialled, or is empty."""
    dialled = telephone.translate(str.maketrans("", "", " +-/()"))
    if telephone and not (dialled.isdecimal() and 4 <= len(dialled) <= 15 and len(telephone) <= LONGEST_TELEPHONE):
        raise Refused("Enter a telephone number, such as +49 341 123456, or none.")


def evolve(customer: Customer, event: Happening) -> Customer:
    """The customer after an event."""
    match event:
        case CustomerRegistered():
            return Active(partner_id=event.partner_id)
        case ContactDetailsChanged():
            return customer
        case DeliveryAddressAdded(address_id=address_id):
            return with_addresses(customer, add=frozenset({address_id}))
        case DeliveryAddressRemoved(address_id=address_id):
            return with_addresses(customer, remove=frozenset({address_id}))


def with_addresses(
    customer: Customer, *, add: frozenset[UUID] = frozenset(), remove: frozenset[UUID] = frozenset()
) -> Customer:
    """The customer with an address more, or less."""
    match customer:
        case Active() | Suspended():
            return replace(customer, addresses=(customer.addresses | add) - remove)
        case Unknown() | Erased():
            return customer
