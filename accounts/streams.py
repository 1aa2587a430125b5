"""The streams of customers and their e-mail addresses, and the names under which their events are stored for ever."""

from typing import Any

from django.utils.crypto import salted_hmac

from accounts.domain import customer, email_claim
from accounts.domain.partner import owners
from eventstore.schema import Stored
from eventstore.streams import Category


def owner(command: customer.Message, found: customer.Customer) -> frozenset[str]:
    """A customer belongs to themself, and to the partner who answers for them."""
    match found:
        case customer.Active() | customer.Suspended():
            return owners(command.customer_id, found.partner_id)
        case customer.Unknown():
            partner_id = command.partner_id if isinstance(command, customer.RegisterCustomer) else None
            return owners(command.customer_id, partner_id)
        case customer.Erased():
            return owners(command.customer_id, None)


def no_partner(fields: dict[str, Any]) -> dict[str, Any]:
    """In its first schema nobody answered for a customer but they themself."""
    return fields | {"partner_id": None}


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
        customer.ReportRefusedEmail,
    ),
    events=(
        Stored("CustomerRegistered", customer.CustomerRegistered, schema=2, upcasters={1: no_partner}),
        Stored("ContactDetailsChanged", customer.ContactDetailsChanged),
        Stored("DeliveryAddressAdded", customer.DeliveryAddressAdded),
        Stored("DeliveryAddressRemoved", customer.DeliveryAddressRemoved),
        Stored("CustomerSuspended", customer.CustomerSuspended),
        Stored("CustomerReinstated", customer.CustomerReinstated),
        Stored("CustomerErased", customer.CustomerErased),
        Stored("EmailRefused", customer.EmailRefused),
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


def claim_of(email: str) -> str:
    """What stands for an address in the name of its claim: a fingerprint, from which nobody can guess it."""
    return salted_hmac("accounts.email_claim", email.strip().casefold(), algorithm="sha256").hexdigest()
