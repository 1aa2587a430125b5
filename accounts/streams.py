"""The customer's streams, and the names under which their events are stored for ever."""

from accounts.domain import customer
from eventstore.schema import Stored
from eventstore.streams import Category


def owner(command: customer.Message, _: customer.Customer) -> object:
    """A customer belongs to themself."""
    return command.customer_id


CUSTOMER = Category(
    "customer",
    customer,
    key="customer_id",
    commands=(customer.RegisterCustomer, customer.SuspendCustomer, customer.ReinstateCustomer),
    events=(
        Stored("CustomerRegistered", customer.CustomerRegistered),
        Stored("CustomerSuspended", customer.CustomerSuspended),
        Stored("CustomerReinstated", customer.CustomerReinstated),
    ),
    owner=owner,
)

CATEGORIES = (CUSTOMER,)
