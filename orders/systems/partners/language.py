"""What partners say to us and hear from us over HTTP: version 1, a language that no change of ours changes.

The docstrings and descriptions stand in the document that partners read.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from eventstore.messages import Message
from orders.domain.reasons import NotWanted

type Country = Literal["DE", "AT", "BE", "DK", "FR", "LU", "NL"]
type Moment = Annotated[datetime, Meta(tz=True)]
type Terms = Literal["prepaid", "on_account"]
type Sku = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[A-Za-z0-9_-]+$", examples=["MUG-035"])]
type Card = Annotated[
    str,
    Meta(
        pattern="^(cus_[A-Za-z0-9_]{1,100}:)?pm_[A-Za-z0-9_]{1,100}$",
        examples=["pm_1NO6mA2eZvKYlo2C"],
        description="The payment provider's name for a card: `pm_…`, or `cus_…:pm_…` where it is kept with a customer.",
    ),
]
type Position = Annotated[int, Meta(ge=0, le=2**63 - 1, description="A place in the order in which things happened.")]
type Key = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="Chosen by you, new for each thing that you want done. Sent again, it gets the first answer again.",
    ),
]
type OrderStatus = Literal[
    "placed",
    "confirmed",
    "waiting",
    "packing",
    "partly_sent",
    "sent",
    "delivered",
    "completed",
    "held",
    "cancelling",
    "cancelled",
    "rejected",
]
type ParcelStatus = Literal["planned", "picking", "packed", "labelled", "dispatched", "delivered", "lost", "cancelled"]


class Amount(Message):
    """An amount of money in the minor units of its currency (ISO 4217): 4200 EUR is €42.00."""

    cents: Annotated[int, Meta(ge=0, le=10**12, examples=[1250])]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"


class Address(Message):
    """Where a parcel goes."""

    recipient: Annotated[str, Meta(min_length=1, max_length=100, examples=["Clara Vogel"])]
    street: Annotated[str, Meta(min_length=1, max_length=100, examples=["Lindenallee 7"])]
    postcode: Annotated[str, Meta(min_length=1, max_length=12, examples=["04103"])]
    city: Annotated[str, Meta(min_length=1, max_length=100, examples=["Leipzig"])]
    country: Country


class Customer(Message):
    """A customer of yours, for whom you answer."""

    name: Annotated[str, Meta(examples=["Clara Vogel"])]
    email: Annotated[str, Meta(examples=["clara.vogel@example.com"])]


class KnownCustomer(Message):
    """A customer of yours as we know them."""

    customer_id: UUID
    standing: Literal["active", "suspended"]


class WantedLine(Message):
    """So many pieces of a product, from 1 to 999, each at the price that you were told."""

    sku: Sku
    quantity: Annotated[int, Meta(examples=[2])]
    price: Amount


class NewOrder(Message):
    """An order for a customer of yours. `if_short` says what becomes of pieces that turn out not to be there.

    `card` is charged for what is `prepaid`, which wants one.
    """

    customer_id: UUID
    lines: Annotated[tuple[WantedLine, ...], Meta(max_length=1000)]
    delivery_address: Address
    payment_terms: Terms
    if_short: Literal["wait", "cancel"] = "wait"
    card: Card | None = None


class OrderTaken(Message):
    """Your order is placed. Its page shows it from `position` on."""

    order_id: UUID
    reference: Annotated[str, Meta(description="The number of the order as people say it.", examples=["7K2MQ-4XW9D"])]
    position: Position


class OrderedLine(Message):
    """A line of an order, and how many pieces of it were cancelled, sent and returned, and how many it waits for."""

    sku: str
    name: str
    quantity: int
    price: Amount
    cancelled: int
    waiting: int
    sent: int
    returned: int


class Parcel(Message):
    """A parcel of an order."""

    shipment_id: UUID
    status: ParcelStatus
    pieces: Annotated[dict[str, int], Meta(description="How many pieces of each product are in it.")]
    carrier: str = ""
    tracking_number: str = ""
    delivered_at: Moment | None = None


class Order(Message):
    """An order as it stands. While it is `updating`, it does not show everything yet that you asked to see."""

    order_id: UUID
    reference: str
    customer_id: UUID
    status: OrderStatus
    placed_at: Moment
    payment_terms: Terms
    lines: tuple[OrderedLine, ...]
    total: Amount
    parcels: tuple[Parcel, ...]
    updating: bool


class OrderOnItsWay(Message):
    """The order is placed, and not to be shown yet. Ask again in a second."""

    order_id: UUID
    reference: str
    updating: Literal[True] = True


class Orders(Message):
    """Orders of yours, in the order in which they were placed; `next` is where more of them are."""

    orders: tuple[Order, ...]
    next: str | None


class Reason(Message):
    """Why the order is not wanted any more; in no words of anybody's, as they would be kept for ever."""

    reason: NotWanted


class Cancellation(Message):
    """What came of it: the order is `cancelled`, or a person here tries to stop the parcel first."""

    order_id: UUID
    outcome: Literal["cancelled", "requested"]
    position: Position


class Done(Message):
    """It is done; what shows it shows it from `position` on."""

    position: Position


class Product(Message):
    """A product that can be ordered, what a piece costs now, and how many are there."""

    sku: str
    name: str
    description: str
    price: Amount
    available: int


class Products(Message):
    """Products, by their number; `next` is where more of them are."""

    products: tuple[Product, ...]
    next: str | None
