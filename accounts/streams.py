"""The streams of customers and their e-mail addresses, and the names under which their events are stored for ever."""

from accounts.domain import customer, email_claim
from eventstore.schema import Stored
from eventstore.streams import Category


def owner(command: customer.Message, _: customer.Customer) -> object:
    """A customer belongs to themself."""
    return command.customer_id


CUSTOMER = Category(
    "customer",
    customer,
    key="customer_id",
    commands=(
        customer.RegisterCustomer,
        customer.ChangeContactDetails,
        customer.AddDeliveryAddress,
        customer.RemoveDeliveryAddress,
        customer.SuspendCustomer,
        customer.ReinstateCustomer,
        customer.EraseCustomer,
    ),
    events=(
        Stored("CustomerRegistered", customer.CustomerRegistered),
        Stored("ContactDetailsChanged", customer.ContactDetailsChanged),
        Stored("DeliveryAddressAdded", customer.DeliveryAddressAdded),
        Stored("DeliveryAddressRemoved", customer.DeliveryAddressRemoved),
        Stored("CustomerSuspended", customer.CustomerSuspended),
        Stored("CustomerReinstated", customer.CustomerReinstated),
        Stored("CustomerErased", customer.CustomerErased),
    ),
    owner=owner,
)
EMAIL_CLAIM = Category(
    "email_claim",
    email_claim,
    key="address",
    commands=(email_claim.ClaimEmail, email_claim.ReleaseEmail),
    events=(
        Stored("EmailClaimed", email_claim.EmailClaimed),
        Stored("EmailReleased", email_claim.EmailReleased),
    ),
    owner=email_claim.owner,
)

CATEGORIES = (CUSTOMER, EMAIL_CLAIM)
