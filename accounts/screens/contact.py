"""How we reach a customer, from the log itself, as a read model may lag."""

from typing import NamedTuple
from uuid import UUID

from accounts.domain.address import Address
from accounts.domain.customer import (
    ContactDetailsChanged,
    CustomerRegistered,
    DeliveryAddressAdded,
    DeliveryAddressRemoved,
)
from accounts.streams import CUSTOMER
from eventstore import log


class Contact(NamedTuple):
    """Name, e-mail address, telephone, and the delivery addresses that are kept, by their ids."""

    name: str = ""
    email: str = ""
    telephone: str = ""
    addresses: dict[UUID, Address] = {}


def contact_of(customer_id: UUID) -> Contact:
    """How we reach a customer now; all of it empty where we do not know, or they were erased."""
    contact = Contact()
    for fact in log.read_stream(f"{CUSTOMER.name}-{customer_id}"):
        match fact.event:
            case CustomerRegistered(name=name, email=email):
                contact = contact._replace(name=name or "", email=email or "")
            case ContactDetailsChanged(name=name, email=email, telephone=telephone):
                contact = contact._replace(name=name or "", email=email or "", telephone=telephone or "")
            case DeliveryAddressAdded(address_id=address_id, address=address) if address:
                contact = contact._replace(addresses=contact.addresses | {address_id: address})
            case DeliveryAddressRemoved(address_id=address_id):
                left = {key: kept for key, kept in contact.addresses.items() if key != address_id}
                contact = contact._replace(addresses=left)
            case _:
                pass
    return contact
