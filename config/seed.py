"""A shop to begin with: a catalogue with stock, and a sign-in for each role; once, however often it runs."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.domain import roles
from accounts.models import User
from accounts.screens.joining import join
from eventstore.dispatch import Actor, dispatch
from orders.domain.money import Money
from orders.domain.product import ListProduct
from orders.domain.stock_item import ReceiveStock

PASSWORD = "walk-the-long-way"  # noqa: S105  # of sign-ins that exist in the demo only, and are printed by it
MADE_UP = "People are made up for a demo only, and this is none."
SHOPKEEPER = Actor("demo", frozenset({roles.ADMIN, roles.WAREHOUSE, roles.CUSTOMER_SERVICE}))
PEOPLE = {
    roles.CUSTOMER: "Clara Vogel",
    roles.WAREHOUSE: "Wim Janssen",
    roles.CUSTOMER_SERVICE: "Sofia Lindqvist",
    roles.FINANCE: "Felix Moreau",
    roles.OPERATIONS: "Olga Novak",
    roles.ADMIN: "Ada Brandt",
}


class SignIn(NamedTuple):
    """Somebody who can sign in to the demo."""

    role: str
    email: str
    password: str


def seed() -> list[SignIn]:
    """List the catalogue, receive its stock, and create the sign-ins, as far as they are not there yet."""
    for product in tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text())["product"]:
        stock_product(product)
    return [sign_in(role, name) for role, name in PEOPLE.items()]


def stock_product(product: dict[str, Any]) -> None:
    """One product of the catalogue, and the pieces of it that are there."""
    sku = product["sku"]
    listed = ListProduct(
        sku=sku,
        name=product["name"],
        description=product["description"],
        picture=f"products/{product['picture']}",
        price=Money(cents=product["price_cents"]),
    )
    dispatch(listed, actor=SHOPKEEPER, command_id=once(f"list {sku}"))
    if product["stock"]:
        received = ReceiveStock(sku=sku, quantity=product["stock"])
        dispatch(received, actor=SHOPKEEPER, command_id=once(f"receive {sku}"))


def sign_in(role: str, name: str) -> SignIn:
    """The demo's sign-in for a role; a customer is registered with the shop, too."""
    email = f"{role.replace('_', '-')}@example.com"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, [role], name=name)
    if role == roles.CUSTOMER:
        join(user)
    return SignIn(role, email, PASSWORD)


def once(deed: str) -> UUID:
    """The id of a command that is sent once in the life of a shop."""
    return uuid5(NAMESPACE_URL, f"seed:{deed}")
