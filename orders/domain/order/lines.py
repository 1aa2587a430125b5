"""Lines: what an order is of, and what other parts of the shop say of it at the moment somebody asks."""

from collections.abc import Iterable, Sequence
from typing import Literal

from eventstore.messages import Message, Refused
from orders.domain.money import Money

MOST_LINES = 200
MOST_PIECES = 999
NO_LONGER_SOLD = "{name} is no longer in our catalogue. Remove it to go on."
PRICE_CHANGED = "{name} now costs {now} instead of {shown}."

type Stage = Literal["planned", "picking", "packed", "dispatched", "delivered", "lost"]


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


class Parcel(Message):
    """What the warehouse says of a shipment of the order at this moment, unless it was cancelled."""

    stage: Stage
    pieces: dict[str, int]

    @property
    def begun(self) -> bool:
        """Whether somebody has begun to pick it."""
        return self.stage != "planned"

    @property
    def closed(self) -> bool:
        """Whether it is packed, so that its address stands on it."""
        return self.stage not in ("planned", "picking")

    @property
    def gone(self) -> bool:
        """Whether it has left."""
        return self.stage in ("dispatched", "delivered", "lost")


def sent(sku: str, parcels: Iterable[Parcel]) -> int:
    """How many pieces of a product have left."""
    return sum(parcel.pieces.get(sku, 0) for parcel in parcels if parcel.gone)


def begun(sku: str, parcels: Iterable[Parcel]) -> int:
    """How many pieces of a product are picked, or being picked, or have left."""
    return sum(parcel.pieces.get(sku, 0) for parcel in parcels if parcel.begun)


def ask_lines(lines: Sequence[Line]) -> None:
    """Refused, unless the lines can be those of an order."""
    if not lines:
        raise Refused("Your basket is empty.")
    if len(lines) > MOST_LINES:
        raise Refused("An order has at most {most} lines.", most=MOST_LINES)
    if len({line.sku for line in lines}) != len(lines):
        raise Refused("A product stands in the order twice.")
    for line in lines:
        if not 1 <= line.quantity <= MOST_PIECES:
            raise Refused("Enter a quantity between 1 and {most}.", most=MOST_PIECES)


def ask_offers(lines: Sequence[Line], found: Sequence[Offer]) -> None:
    """Refused, unless everything can be had at the price that was shown."""
    offers = {offer.sku: offer for offer in found}
    for line in lines:
        offer = offers.get(line.sku)
        if offer is None:
            raise Refused("There is no product with the number {sku}.", sku=line.sku)
        if offer.price is None:
            raise Refused(NO_LONGER_SOLD, name=offer.name)
    for line, now in changed_prices(lines, found):
        raise Refused(PRICE_CHANGED, name=offers[line.sku].name, now=now, shown=line.shown)


def changed_prices(lines: Iterable[Line], offers: Iterable[Offer]) -> list[tuple[Line, Money]]:
    """The lines whose price is another one now than the customer was shown, each with the price of now."""
    today = {offer.sku: offer.price for offer in offers}
    return [(line, now) for line in lines if (now := today.get(line.sku)) and now != line.shown]
