"""Product: something in the catalogue, with the price of today."""

from accounts.domain.roles import ADMIN, OPERATIONS
from eventstore.messages import Command, Event, Refused, State
from orders.domain.money import Money

CATALOGUE = frozenset({ADMIN, OPERATIONS})
CURRENCY = "EUR"
LONGEST_NUMBER = 40
LONGEST_NAME = 200


class ListProduct(Command):
    sent_by = CATALOGUE

    sku: str
    name: str
    description: str
    picture: str
    price: Money


class ChangePrice(Command):
    sent_by = CATALOGUE

    sku: str
    price: Money


class WithdrawProduct(Command):
    sent_by = CATALOGUE

    sku: str


class ProductListed(Event):
    sku: str
    name: str
    description: str
    picture: str
    price: Money


class PriceChanged(Event):
    sku: str
    price: Money


class ProductWithdrawn(Event):
    sku: str


class Unlisted(State):
    """Not in the catalogue, and never was."""


class Listed(State):
    """In the catalogue, to be ordered at `price`."""

    name: str
    price: Money


class Withdrawn(State):
    """No longer to be ordered; orders that have it keep it."""

    name: str


type Message = ListProduct | ChangePrice | WithdrawProduct
type Happening = ProductListed | PriceChanged | ProductWithdrawn
type Product = Unlisted | Listed | Withdrawn

initial: Product = Unlisted()


def decide(command: Message, product: Product) -> list[Happening]:
    """What comes of a command."""
    match command:
        case ListProduct():
            return list_product(command, product)
        case ChangePrice():
            return change_price(command, product)
        case WithdrawProduct():
            return withdraw(command, product)


def list_product(command: ListProduct, product: Product) -> list[Happening]:
    """A product comes into the catalogue."""
    match product:
        case Unlisted() | Withdrawn():
            ask_number(command.sku)
            if not command.name.strip() or len(command.name) > LONGEST_NAME:
                raise Refused("A product needs a name of up to {longest} characters.", longest=LONGEST_NAME)
            ask_price(command.price)
            return [
                ProductListed(
                    sku=command.sku,
                    name=command.name,
                    description=command.description,
                    picture=command.picture,
                    price=command.price,
                )
            ]
        case Listed():
            raise Refused("{name} is in the catalogue already.", name=product.name)


def change_price(command: ChangePrice, product: Product) -> list[Happening]:
    """A product costs something else from now on."""
    match product:
        case Unlisted():
            raise Refused("There is no such product.")
        case Withdrawn():
            raise Refused("{name} is withdrawn from the catalogue.", name=product.name)
        case Listed():
            ask_price(command.price)
            if command.price == product.price:
                return []
            return [PriceChanged(sku=command.sku, price=command.price)]


def withdraw(command: WithdrawProduct, product: Product) -> list[Happening]:
    """A product leaves the catalogue."""
    match product:
        case Unlisted():
            raise Refused("There is no such product.")
        case Withdrawn():
            return []
        case Listed():
            return [ProductWithdrawn(sku=command.sku)]


def ask_number(sku: str) -> None:
    """Refused, unless it can be the number of a product."""
    if not sku.isascii() or not sku.replace("-", "").isalnum() or len(sku) > LONGEST_NUMBER:
        raise Refused(
            "A product number consists of up to {longest} letters, digits and hyphens.", longest=LONGEST_NUMBER
        )


def ask_price(price: Money) -> None:
    """Refused, unless it can be the price of a product: an order adds them up, so they are all of one currency."""
    if price.currency != CURRENCY or not 0 < price.cents <= 10_000_000:
        raise Refused("A price is between €0.01 and €100,000.00.")


def evolve(product: Product, event: Happening) -> Product:
    """The product after an event."""
    match event:
        case ProductListed():
            return Listed(name=event.name, price=event.price)
        case PriceChanged():
            return product_at(product, event.price)
        case ProductWithdrawn():
            return Withdrawn(name=name_of(product))


def product_at(product: Product, price: Money) -> Product:
    """The same product at another price."""
    return Listed(name=name_of(product), price=price)


def name_of(product: Product) -> str:
    """What the product is called."""
    match product:
        case Unlisted():
            return ""
        case Listed() | Withdrawn():
            return product.name
