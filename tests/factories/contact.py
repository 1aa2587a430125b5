"""How customers are reached, where their parcels go, and whether they are known: commands and events."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, Sequence, SubFactory
from uuid_utils.compat import uuid7

from accounts.domain import customer
from tests.factories.order import Address


class ChangeContactDetails(Factory[customer.ChangeContactDetails]):
    class Meta:
        model = customer.ChangeContactDetails

    customer_id = LazyFunction(uuid7)
    name = "Clara Vogel"
    email = Sequence("clara.vogel.{}@example.com".format)
    telephone = "+49 341 123456"


class AddDeliveryAddress(Factory[customer.AddDeliveryAddress]):
    class Meta:
        model = customer.AddDeliveryAddress

    customer_id = LazyFunction(uuid7)
    address_id = LazyFunction(uuid7)
    address = SubFactory(Address)


class RemoveDeliveryAddress(Factory[customer.RemoveDeliveryAddress]):
    class Meta:
        model = customer.RemoveDeliveryAddress

    customer_id = LazyFunction(uuid7)
    address_id = LazyFunction(uuid7)


class EraseCustomer(Factory[customer.EraseCustomer]):
    class Meta:
        model = customer.EraseCustomer

    customer_id = LazyFunction(uuid7)
    open_orders = 0


class ContactDetailsChanged(Factory[customer.ContactDetailsChanged]):
    class Meta:
        model = customer.ContactDetailsChanged

    customer_id = LazyFunction(uuid7)
    name = "Clara Vogel"
    email = Sequence("clara.vogel.{}@example.com".format)
    telephone = "+49 341 123456"


class DeliveryAddressAdded(Factory[customer.DeliveryAddressAdded]):
    class Meta:
        model = customer.DeliveryAddressAdded

    customer_id = LazyFunction(uuid7)
    address_id = LazyFunction(uuid7)
    address = SubFactory(Address)


class DeliveryAddressRemoved(Factory[customer.DeliveryAddressRemoved]):
    class Meta:
        model = customer.DeliveryAddressRemoved

    customer_id = LazyFunction(uuid7)
    address_id = LazyFunction(uuid7)


class CustomerErased(Factory[customer.CustomerErased]):
    class Meta:
        model = customer.CustomerErased

    customer_id = LazyFunction(uuid7)
