"""The catalogue for partners: what can be ordered, at which price, and how much of it is there."""

from typing import Annotated

from django.utils.translation import gettext as _
from msgspec import Meta

from eventstore.messages import Message
from orders.systems.partners import language
from orders.systems.partners.asking import Asked, Given, Operation
from orders.systems.partners.problems import Problem
from orders.systems.partners.translation import amount
from projections import products

MOST = 100


class Page(Message):
    """Which products: those whose number comes after this one, so many of them."""

    after: Annotated[str, Meta(max_length=40, pattern="^[A-Za-z0-9_-]*$")] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = MOST


def list_products(asked: Asked) -> Given:
    """A page of products."""
    page: Page = asked.query
    rows = list(products.Product.objects.filter(listed=True, sku__gt=page.after).order_by("sku")[: page.limit])
    more = f"/api/v1/products/?after={rows[-1].sku}&limit={page.limit}" if len(rows) == page.limit else None
    return Given(language.Products(products=tuple(map(shown, rows)), next=more))


def show_product(asked: Asked) -> Given:
    """One product."""
    ask_text(asked.path["sku"])
    row = products.Product.objects.filter(listed=True, sku=asked.path["sku"]).first()
    if row is None:
        raise Problem("not_there")
    return Given(shown(row))


def ask_text(text: str) -> None:
    """A problem, where a text holds what no text of ours can."""
    if "\0" in text:
        raise Problem("malformed", _("A text in the address holds a NUL character."))


def shown(row: products.Product) -> language.Product:
    """A product as partners see it."""
    return language.Product(
        sku=row.sku, name=row.name, description=row.description, price=amount(row.price), available=row.available
    )


LIST_PRODUCTS = Operation(
    name="listProducts",
    method="GET",
    summary="The products that can be ordered now, by their number.",
    scope="products:read",
    query=Page,
    answers={200: language.Products},
    do=list_products,
)
SHOW_PRODUCT = Operation(
    name="showProduct",
    method="GET",
    summary="A product, its price and how many pieces of it are there.",
    scope="products:read",
    answers={200: language.Product},
    problems=("not_there",),
    do=show_product,
)
