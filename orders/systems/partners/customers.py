"""Customers of partners: a partner registers them with us, and answers for them."""

from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from accounts.domain import customer
from accounts.streams import CUSTOMER
from eventstore.dispatch import load
from orders.systems.partners import language
from orders.systems.partners.asking import Asked, Given, Operation
from orders.systems.partners.problems import Problem


def register_customer(asked: Asked) -> Given:
    """A customer, from now on."""
    said: language.Customer = asked.body
    customer_id = uuid5(asked.command_id, "customer")
    asked.send(
        customer.RegisterCustomer(
            customer_id=customer_id, name=said.name, email=said.email, partner_id=asked.partner.id
        )
    )
    return Given(
        language.KnownCustomer(customer_id=customer_id, standing="active"),
        201,
        {"Location": f"/api/v1/customers/{customer_id}/"},
    )


def show_customer(asked: Asked) -> Given:
    """A customer."""
    customer_id: UUID = asked.path["customer_id"]
    found = held(asked, customer_id)
    suspended = isinstance(found, customer.Suspended)
    return Given(language.KnownCustomer(customer_id=customer_id, standing="suspended" if suspended else "active"))


def held(asked: Asked, customer_id: UUID) -> customer.Active | customer.Suspended:
    """A customer for whom the partner answers; to everybody else it is as if they were not there."""
    state: customer.Customer = load(CUSTOMER, f"{CUSTOMER.name}-{customer_id}").state
    match state:
        case customer.Active() | customer.Suspended() if state.partner_id == asked.partner.id:
            return state
        case _:
            raise Problem("not_there", _("There is no such customer, or you do not answer for them."))


REGISTER_CUSTOMER = Operation(
    name="registerCustomer",
    method="POST",
    summary="Register a customer of yours with us, so that you can place orders for them.",
    scope="customers:write",
    body=language.Customer,
    answers={201: language.KnownCustomer},
    do=register_customer,
)
SHOW_CUSTOMER = Operation(
    name="showCustomer",
    method="GET",
    summary="Whether a customer of yours may place orders. What you have told us of them is not told back.",
    scope="customers:write",
    answers={200: language.KnownCustomer},
    problems=("not_there",),
    do=show_customer,
)
