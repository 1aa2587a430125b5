"""An order at this moment, or after any event of it, from the log itself: its parcels, its returns, its money."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import accumulate, count
from math import inf
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from eventstore import log
from eventstore.dispatch import Loaded
from eventstore.log import Recorded
from eventstore.streams import Category
from orders.domain.order import OrderPlaced, Parcel
from orders.domain.payment import CaptureWrittenOff
from orders.domain.payment.states import Refund
from orders.domain.reasons import PAID_OTHERWISE
from orders.domain.returns import Closed, Delivery, Rejected, ReturnInspected, ReturnRequested
from orders.domain.shipment import ShipmentDelivered, ShipmentDispatched
from orders.processes.goods import Goods, Pieces, goods_of, nth_parcel, told
from orders.streams import ORDER, PAYMENT, RETURN, SHIPMENT
from projections.engine import Projection, ReadModel
from projections.returns_desk import Return
from projections.shipments import Shipment

type Fact = Recorded[Any]

CATEGORIES = {category.name: category for category in (ORDER, PAYMENT, SHIPMENT, RETURN)}
NAMES = [stored.name for category in CATEGORIES.values() for stored in category.events]
AHEAD = 6  # parcels, and returns, that are looked for beyond those that the read models know


class OrderNow:
    """An order and all that belongs to it, folded from these facts in turn, by the functions that every task uses."""

    def __init__(self, order_id: UUID, facts: Sequence[Fact]) -> None:
        self.order_id = order_id
        self.facts = facts

    @cached_property
    def loaded(self) -> dict[str, Loaded]:
        """Every aggregate of the order, by its stream."""
        found: dict[str, Loaded] = {}
        for fact in self.facts:
            category = CATEGORIES.get(fact.stream.partition("-")[0])
            if category:
                before = found.get(fact.stream) or Loaded(category.decider.initial, 0)
                found[fact.stream] = Loaded(category.decider.evolve(before.state, fact.event), fact.version)
        return found

    def of(self, category: Category, key: UUID) -> Loaded:
        """One of these aggregates, also where nothing has happened to it yet."""
        return self.loaded.get(f"{category.name}-{key}") or Loaded(category.decider.initial, 0)

    def rows[Row: ReadModel, Key: Hashable](self, projection: Projection[Row, Key]) -> dict[Key, Row]:
        """The rows of a read model that are made of these facts, by the function that folds them in a worker."""
        wanted = [fact for fact in self.facts if type(fact.event) in projection.wants]
        folded = projection.fold({}, projection.about(wanted))
        return {key: row for key, row in folded.items() if row is not None}

    @property
    def order(self) -> Loaded:
        """The order itself."""
        return self.of(ORDER, self.order_id)

    @property
    def payment(self) -> Loaded:
        """Its payment."""
        return self.of(PAYMENT, self.order_id)

    @cached_property
    def placed(self) -> OrderPlaced | None:
        """The order as it was placed; None where there is none."""
        return next((fact.event for fact in self.facts if isinstance(fact.event, OrderPlaced)), None)

    @cached_property
    def course(self) -> list[Goods]:
        """Its pieces, and their parcels, at first and after each of the facts. There has to be an order."""
        assert self.placed
        begin = goods_of(self.placed, to_the_piece=True)
        return list(accumulate(self.facts, lambda goods, fact: told(goods, fact.event), initial=begin))

    @property
    def goods(self) -> Goods:
        """Its pieces as they are now."""
        return self.course[-1]

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """Its parcels, as an order's tasks ask for them."""
        return self.goods.seen()

    @cached_property
    def deliveries(self) -> tuple[Delivery, ...]:
        """What was delivered, not paid back, and neither came back nor is asked to: what came first goes back first."""
        back = self.returned
        found = []
        for came in self.came:
            less = min(came.quantity, back.get(came.sku, 0))
            back[came.sku] = back.get(came.sku, 0) - less
            if came.quantity > less:
                found.append(replace(came, quantity=came.quantity - less))
        return tuple(found)

    @property
    def came(self) -> Iterator[Delivery]:
        """What was delivered and not paid back, at what was charged for it: of a product, a present comes last."""
        for fact in self.facts:
            if not isinstance(fact.event, ShipmentDelivered) or fact.event.shipment_id in self.paid_back:
                continue
            shipment_id, at = fact.event.shipment_id, fact.event.delivered_at
            for sku, quantity in self.goods.parcels[shipment_id].pieces.items():
                line, charged = self.goods.lines[sku], self.charged[shipment_id].get(sku, 0)
                for price, pieces in ((line.price, charged), (line.price * 0, quantity - charged)):
                    yield Delivery(sku=sku, name=line.name, price=price, quantity=pieces, delivered_at=at)

    @cached_property
    def charged(self) -> dict[UUID, Pieces]:
        """The pieces of each parcel that the customer was to pay as it left; none where its share was given up."""
        charged = {
            fact.event.shipment_id: goods.charged(fact.event.shipment_id)
            for fact, goods in zip(self.facts, self.course[1:], strict=True)
            if isinstance(fact.event, ShipmentDispatched)
        }
        return charged | {key: {} for key in self.given_up}

    @property
    def given_up(self) -> set[UUID]:
        """The parcels whose share no card has paid: it was written off, not as paid in another way, nor taken since."""
        written_off = (fact.event for fact in self.facts if isinstance(fact.event, CaptureWrittenOff))
        captures = self.payment.state.ledger.captures
        return {
            event.shipment_id
            for event in written_off
            if event.reason != PAID_OTHERWISE and captures[event.shipment_id].standing == "written_off"
        }

    @property
    def paid_back(self) -> set[UUID]:
        """The parcels that were paid back as they were believed lost: such a refund has the id of the shipment."""
        refunds = self.payment.state.ledger.refunds
        return {key for key, refund in refunds.items() if gives_back(refund)} & self.goods.parcels.keys()

    @property
    def returned(self) -> dict[str, int]:
        """How many pieces of each product came back, or are asked to; of a closed return, what was found in it."""
        pieces: dict[str, int] = {}
        for fact in self.facts:
            match fact.event:
                case ReturnRequested(return_id=return_id, lines=lines):
                    if not isinstance(self.of(RETURN, return_id).state, Rejected | Closed):
                        for line in lines:
                            pieces[line.sku] = pieces.get(line.sku, 0) + line.quantity
                case ReturnInspected(return_id=return_id, sku=sku, sellable=sellable, damaged=damaged):
                    if isinstance(self.of(RETURN, return_id).state, Closed):
                        pieces[sku] = pieces.get(sku, 0) + sellable + damaged
                case _:
                    pass
        return pieces

    @property
    def delivered(self) -> list[str]:
        """The products of which some was ever delivered, as they stand in the order."""
        parcels = self.goods.parcels.values()
        came = {sku for parcel in parcels if parcel.stage == "delivered" for sku in parcel.pieces}
        return [sku for sku in self.goods.lines if sku in came]

    @property
    def return_ids(self) -> list[UUID]:
        """The returns of the order by their numbers, and the next one: whoever asks at once asks for the same one."""
        found = []
        for number in count(1):
            found.append(nth_return(self.order_id, number))
            if not self.of(RETURN, found[-1]).version:
                return found
        raise AssertionError("unreachable")

    @property
    def next_return(self) -> UUID:
        """The id of the next return."""
        return self.return_ids[-1]


def gives_back(refund: Refund) -> bool:
    """Whether any of a refund has gone back, whichever way it went, or is to."""
    match refund.standing:
        case "nothing_left":
            return False
        case "written_off":
            return refund.settled.cents > 0
        case _:
            return True


def nth_return(order_id: UUID, number: int) -> UUID:
    """The id of an order's return, as they are counted."""
    return uuid5(order_id, f"return {number}")


def order_now(
    order_id: UUID, shipments: Collection[UUID] | None = None, returns: Collection[UUID] | None = None
) -> OrderNow:
    """An order as it is at this moment.

    Those of its shipments and returns that the read models do not know yet are found by their numbers.
    """
    if shipments is None:
        shipments = Shipment.objects.filter(order_id=order_id).values_list("shipment_id", flat=True)
    if returns is None:
        returns = Return.objects.filter(order_id=order_id).values_list("return_id", flat=True)
    for ahead in count(AHEAD, AHEAD):
        parcels = [nth_parcel(order_id, number) for number in range(1, len(shipments) + ahead + 1)]
        back = [nth_return(order_id, number) for number in range(1, len(returns) + ahead + 1)]
        now = OrderNow(order_id, in_time(facts_of(order_id, {*shipments, *parcels}, {*returns, *back})))
        if not (now.of(SHIPMENT, parcels[-1]).version or now.of(RETURN, back[-1]).version):
            return now
    raise AssertionError("unreachable")


def in_time(facts: Iterable[Fact]) -> list[Fact]:
    """The facts of several streams in the order of the log; those that have no place in it yet, by when they happened.

    A clock that jumps back puts no event of a stream ahead of an earlier one.
    """
    latest: dict[str, datetime] = {}

    def place(fact: Fact) -> tuple[float, datetime]:
        latest[fact.stream] = max(latest.get(fact.stream, fact.recorded_at), fact.recorded_at)
        return fact.position or inf, latest[fact.stream]

    return sorted(facts, key=place)


def facts_of(order_id: UUID, shipments: Iterable[UUID], returns: Iterable[UUID]) -> Iterable[Fact]:
    """What has happened to an order, its payment, these shipments and these returns, stream by stream."""
    streams = [f"{category.name}-{order_id}" for category in (ORDER, PAYMENT)]
    streams += [f"{SHIPMENT.name}-{key}" for key in sorted(shipments)]
    streams += [f"{RETURN.name}-{key}" for key in sorted(returns)]
    return log.read_streams(streams, names=NAMES)
