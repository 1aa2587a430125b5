"""Anything that can be asked of an aggregate, sensible or not, over so few ids and amounts that it often hits home."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, reduce
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from eventstore.messages import Command, Event, Refused
from eventstore.streams import Category
from orders.domain.money import Money
from orders.domain.order import Line, Offer
from orders.domain.order.lines import Parcel
from orders.domain.returns.states import Delivery
from tests import factories

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SKUS = ("MUG-035", "KET-120")
TEXTS = ("late", "sofia", "felix", "clara@example.com", "004971", "", " ", "x" * 600)
TRIES = 12

PLAIN: dict[Any, Callable[[random.Random], Any]] = {
    int: lambda chance: chance.choice((1, 1, 2, 2, 3, 0, -1, 500)),
    str: lambda chance: chance.choice(TEXTS),
    bool: lambda chance: chance.random() < 0.1,
    datetime: lambda chance: NOON + timedelta(days=chance.randint(-20, 60)),
    Money: lambda chance: Money(
        cents=chance.choice((1000, 1000, 2000, 3000, 6000, 9000, 0, -1)),
        currency=chance.choice(("EUR",) * 30 + ("GBP",)),
    ),
    UUID: lambda chance: UUID(int=chance.randint(1, 3)),
    NoneType: lambda _: None,
}


ID = UUID(int=0)
SHIPMENT = UUID(int=1)
LINES = tuple(Line(sku=sku, quantity=3, shown=Money(cents=1000)) for sku in SKUS)
OFFERS = tuple(Offer(sku=sku, name=sku, price=Money(cents=1000)) for sku in SKUS)

# What has to be asked first, so that the rest can be asked at all.
WAYS: dict[str, tuple[Command, ...]] = {
    "order": (
        factories.PlaceOrder.build(order_id=ID, lines=LINES, offers=OFFERS),
        factories.ConfirmOrder.build(order_id=ID),
    ),
    "payment": (
        factories.RequestPayment.build(order_id=ID, amount=Money(cents=9000)),
        factories.RecordAuthorization.build(order_id=ID, amount=Money(cents=9000)),
        factories.CapturePayment.build(order_id=ID, shipment_id=SHIPMENT, amount=Money(cents=3000)),
        factories.RecordCapture.build(order_id=ID, shipment_id=SHIPMENT, amount=Money(cents=3000)),
    ),
    "shipment": (
        factories.PlanShipment.build(shipment_id=ID, pieces={"MUG-035": 2}),
        factories.StartPicking.build(shipment_id=ID),
        factories.RecordPick.build(shipment_id=ID, quantity=2),
        factories.PackShipment.build(shipment_id=ID),
        factories.RecordLabel.build(shipment_id=ID, tracking_number="late"),
        factories.DispatchShipment.build(shipment_id=ID),
    ),
}


class Life:
    """An aggregate of which more and more is asked: rather what it does than what it refuses, so as to come far."""

    def __init__(self, category: Category, seed: int, *, length: int = 25) -> None:
        self.category = category
        self.chance = random.Random(seed)
        self.state = category.decider.initial
        self.history: list[Event] = []
        way = WAYS.get(category.name, ())
        for command in way[: self.chance.randint(0, len(way))]:
            self.ask(command)
        for _ in range(length):
            self.step()

    def step(self) -> list[Event]:
        """Ask for this and that until something comes of it; what has happened."""
        before = len(self.history)
        any(self.ask(self.command(self.category.commands)) for _ in range(TRIES))
        return self.history[before:]

    def ask(self, command: Command) -> bool:
        """Ask for something; whether anything came of it."""
        happened = self.decided(command, self.state)
        self.history += happened
        self.state = reduce(self.category.decider.evolve, happened, self.state)
        return bool(happened)

    def command(self, some: Sequence[type[Command]]) -> Command:
        """Any command to this one aggregate."""
        kind = self.chance.choice(some)
        key = "MUG-035" if fields_of(kind)[self.category.key] is str else ID
        return msgspec.structs.replace(self.message(kind), **{self.category.key: key})

    def decided(self, command: Command, state: Any) -> list[Event]:
        """What comes of a command; nothing where it is refused. Whatever else is raised is a fault."""
        try:
            return list(self.category.decider.decide(command, state))
        except Refused:
            return []

    def message[M: msgspec.Struct](self, kind: type[M]) -> M:
        """Any message of a type."""
        return kind(**{name: self.value(hint, name) for name, hint in fields_of(kind).items()})

    def value(self, hint: Any, name: str = "") -> Any:
        """Any value of a type."""
        if name == "sku":
            return self.chance.choice((*SKUS, *SKUS, "a/b"))
        if hint in PLAIN:
            return PLAIN[hint](self.chance)
        if isinstance(hint, TypeAliasType):
            return self.value(hint.__value__)
        if hint is Parcel:  # looked up in the log, where nobody says that less than nothing is in one
            parcel = self.message(Parcel)
            return msgspec.structs.replace(parcel, pieces={sku: abs(pieces) for sku, pieces in parcel.pieces.items()})
        if hint is Delivery:  # looked up as well: the shop sells in one currency
            delivery = self.message(Delivery)
            return msgspec.structs.replace(delivery, price=Money(cents=delivery.price.cents))
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self.message(hint)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.value(arguments[0])
        if origin is Literal:
            return self.chance.choice(arguments)
        if origin in (Union, UnionType):
            return self.value(self.chance.choice(arguments))
        if origin is tuple:
            return tuple(self.value(arguments[0]) for _ in range(self.chance.choice((0, 1, 1, 2))))
        if origin is dict:
            some = self.chance.sample(SKUS, self.chance.choice((0, 1, 1, 2)))
            return {sku: self.value(arguments[1]) for sku in some}
        raise TypeError(f"Nobody has said what {hint} can be.")


@cache
def fields_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields of a message with their types."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name in kind.__struct_fields__}
