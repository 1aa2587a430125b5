"""What is true of products and customers at this moment, from the log itself, as a read model may lag."""

from collections.abc import Iterable
from uuid import UUID

from accounts.domain.customer import Customer, Erased, Suspended
from accounts.streams import CUSTOMER
from eventstore.dispatch import load
from eventstore.messages import Refused
from orders.domain.order import Offer, ask_standing
from orders.domain.product import Listed, Product, Unlisted, Withdrawn
from orders.streams import PRODUCT


def offers(skus: Iterable[str]) -> tuple[Offer, ...]:
    """What the catalogue says of these products now; nothing of those that it never knew."""
    found = (offer(sku) for sku in skus)
    return tuple(each for each in found if each is not None)


def offer(sku: str) -> Offer | None:
    """What the catalogue says of a product now."""
    product: Product = load(PRODUCT, f"{PRODUCT.name}-{sku}").state
    match product:
        case Listed(name=name, price=price):
            return Offer(sku=sku, name=name, price=price)
        case Withdrawn(name=name):
            return Offer(sku=sku, name=name, price=None)
        case Unlisted():
            return None


def customer(customer_id: UUID) -> Customer:
    """What a customer is now: whether they may place orders."""
    state: Customer = load(CUSTOMER, f"{CUSTOMER.name}-{customer_id}").state
    return state


def is_erased(customer_id: UUID) -> bool:
    """Whether a customer was erased: nothing more is asked for in their name."""
    return isinstance(customer(customer_id), Erased)


def standing_in_the_way(customer_id: UUID) -> Refused | None:
    """Why a customer can place no orders now; None where they can."""
    state = customer(customer_id)
    try:
        ask_standing(suspended=isinstance(state, Suspended), erased=isinstance(state, Erased))
    except Refused as refused:
        return refused
    return None
