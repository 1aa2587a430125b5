"""Order: what a customer asked for, at the prices of that moment, where it goes, and how it is paid."""

from collections.abc import Iterable
from typing import Annotated, Literal
from uuid import UUID

from msgspec.structs import astuple

from accounts.domain.roles import CUSTOMER_SERVICE
from eventstore.messages import OWNER, Command, Event, Message, Personal, Refused, State
from orders.domain.money import Money, total

MOST_LINES = 200
MOST_PIECES = 999
PRICE_CHANGED = "{name} now costs {now} instead of {shown}."

type PaymentTerms = Literal["prepaid", "on_account"]


class Address(Message):
    """Where a parcel goes."""

    recipient: str
    street: str
    postcode: str
    city: str
    country: str


class Line(Message):
    """What the customer asks for: so many pieces, at the price of one that was shown to them."""

    sku: str
    quantity: int
    shown: Money


class Offer(Message):
    """What the catalogue says of a product at this moment: its price, or None once it is withdrawn."""

    sku: str
    name: str
    price: Money | None


class OrderedLine(Message):
    """What was ordered: so many pieces at the price of one."""

    sku: str
    name: str
    quantity: int
    price: Money


class PlaceOrder(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE})
    looked_up = frozenset({"offers", "suspended"})

    order_id: UUID
    customer_id: UUID
    lines: tuple[Line, ...]
    delivery_address: Address
    payment_terms: PaymentTerms
    offers: tuple[Offer, ...]
    suspended: bool


class OrderPlaced(Event):
    order_id: UUID
    customer_id: UUID
    lines: tuple[OrderedLine, ...]
    total: Money
    delivery_address: Annotated[Address | None, Personal(of="customer_id")]
    payment_terms: PaymentTerms


class Unplaced(State):
    """Nobody has placed this order."""


class Placed(State):
    """An order that waits to be confirmed."""

    customer_id: UUID


type Order = Unplaced | Placed

initial: Order = Unplaced()


def decide(command: PlaceOrder, order: Order) -> list[OrderPlaced]:
    """What comes of a command."""
    match command:
        case PlaceOrder():
            return place(command, order)


def place(command: PlaceOrder, order: Order) -> list[OrderPlaced]:
    """A customer orders."""
    match order:
        case Placed():
            raise Refused("This order has been placed already.")
        case Unplaced():
            if command.suspended:
                raise Refused("You cannot place orders at the moment. Please get in touch with customer service.")
            ask_address(command.delivery_address)
            ask_lines(command)
            ask_offers(command)
            return [placed(command)]


def ask_address(address: Address) -> None:
    """Refused, unless a parcel can be sent there."""
    if not all(map(str.strip, astuple(address))):
        raise Refused("A delivery address needs a name, a street, a postcode, a town and a country.")


def ask_lines(command: PlaceOrder) -> None:
    """Refused, unless the lines can be those of an order."""
    if not command.lines:
        raise Refused("Your basket is empty.")
    if len(command.lines) > MOST_LINES:
        raise Refused("An order has at most {most} lines.", most=MOST_LINES)
    if len({line.sku for line in command.lines}) != len(command.lines):
        raise Refused("A product stands in the order twice.")
    for line in command.lines:
        if not 1 <= line.quantity <= MOST_PIECES:
            raise Refused("Enter a quantity between 1 and {most}.", most=MOST_PIECES)


def ask_offers(command: PlaceOrder) -> None:
    """Refused, unless everything can be had at the price that was shown."""
    offers = {offer.sku: offer for offer in command.offers}
    for line in command.lines:
        offer = offers.get(line.sku)
        if offer is None:
            raise Refused("There is no product with the number {sku}.", sku=line.sku)
        if offer.price is None:
            raise Refused("{name} is no longer in our catalogue. Remove it to go on.", name=offer.name)
    for line, now in changed_prices(command.lines, command.offers):
        raise Refused(PRICE_CHANGED, name=offers[line.sku].name, now=now, shown=line.shown)


def changed_prices(lines: Iterable[Line], offers: Iterable[Offer]) -> list[tuple[Line, Money]]:
    """The lines whose price is another one now than the customer was shown, each with the price of now."""
    today = {offer.sku: offer.price for offer in offers}
    return [(line, now) for line in lines if (now := today.get(line.sku)) and now != line.shown]


def placed(command: PlaceOrder) -> OrderPlaced:
    """The order as it was placed."""
    names = {offer.sku: offer.name for offer in command.offers}
    lines = tuple(
        OrderedLine(sku=line.sku, name=names[line.sku], quantity=line.quantity, price=line.shown)
        for line in command.lines
    )
    return OrderPlaced(
        order_id=command.order_id,
        customer_id=command.customer_id,
        lines=lines,
        total=total(line.price * line.quantity for line in lines),
        delivery_address=command.delivery_address,
        payment_terms=command.payment_terms,
    )


def owner(command: PlaceOrder, order: Order) -> UUID:
    """To whom the order belongs."""
    match order:
        case Unplaced():
            return command.customer_id
        case Placed():
            return order.customer_id


def evolve(order: Order, event: OrderPlaced) -> Order:
    """The order after an event."""
    match event:
        case OrderPlaced():
            return Placed(customer_id=event.customer_id)


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference(order_id: UUID) -> str:
    """The order's number as people say it, such as 7K2MQ-4XW9D: 50 random bits of the id, in letters told apart."""
    bits = order_id.int
    letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(45, -1, -5))
    return f"{letters[:5]}-{letters[5:]}"
