"""Trade: random commands of a shop, all of which can be done, whatever else happens in it."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, get_args
from uuid import UUID

from eventstore import log
from eventstore.messages import Command, Event
from eventstore.streams import category_of
from orders.domain.money import Money
from orders.domain.order import Line, Offer, PaymentTerms, PlaceOrder
from orders.domain.product import ChangePrice, WithdrawProduct
from orders.domain.stock_item import ReceiveStock
from tests import factories
from tests.eventstore.pieces import METADATA
from tests.projections.stories import Teller, of_a_customer, of_stock, stories_for
from tests.shop import follow


class Trade:
    """One who lists products of their own, and sells them; `shared` products get stock from everybody."""

    def __init__(self, chance: random.Random, name: str = "T", *, products: int = 6, shared: int = 3) -> None:
        self.chance = chance
        self.skus = [f"{name}-{number}" for number in range(products)]
        self.shared = [f"ALL-{number}" for number in range(shared)]
        self.numbers = count(1)
        self.prices: dict[str, Money] = {}
        self.customers = [self.identity() for _ in range(3)]
        self.stories = [
            of_stock(f"{name}-STOCK"),
            *(of_a_customer(each, self.identity()) for each in self.customers),
        ]

    def command(self) -> Command:
        """What is asked for next."""
        deeds = [self.list_product, self.receive, *[self.go_on] * len(self.stories)]
        if self.prices:
            deeds += [self.receive, self.change_price, self.place_order, self.place_order, self.place_order]
        if len(self.prices) > 1:
            deeds.append(self.withdraw)
        return self.chance.choice(deeds)()

    def go_on(self) -> Command:
        """One of the stories goes on, as far as there is more of it."""
        story = self.chance.choice(self.stories)
        command = next(story, None)
        if command is None:
            self.stories.remove(story)
        return command or self.receive()

    def list_product(self) -> Command:
        """A product comes, or comes back; where all are there, one gets another price."""
        away = [sku for sku in self.skus if sku not in self.prices]
        if not away:
            return self.change_price()
        sku = self.chance.choice(away)
        self.prices[sku] = self.price()
        return factories.ListProduct.build(sku=sku, name=f"Product {sku}", price=self.prices[sku])

    def change_price(self) -> Command:
        """A product costs something else."""
        sku = self.chance.choice(sorted(self.prices))
        self.prices[sku] = self.price()
        return ChangePrice(sku=sku, price=self.prices[sku])

    def withdraw(self) -> Command:
        """A product goes."""
        sku = self.chance.choice(sorted(self.prices))
        del self.prices[sku]
        return WithdrawProduct(sku=sku)

    def receive(self) -> Command:
        """Goods arrive."""
        return ReceiveStock(sku=self.chance.choice(self.skus + self.shared), quantity=self.chance.randint(1, 50))

    def place_order(self) -> Command:
        """A customer orders, and a story begins."""
        order = self.order(self.chance.choice(("prepaid", "prepaid", "on_account")))
        self.stories.append(self.chance.choice(stories_for(order))(Teller(order, self.identity)))
        return order

    def order(self, terms: PaymentTerms) -> PlaceOrder:
        """What a customer orders."""
        skus = self.chance.sample(sorted(self.prices), self.chance.randint(1, min(3, len(self.prices))))
        order: PlaceOrder = factories.PlaceOrder.build(
            order_id=self.identity(),
            customer_id=self.chance.choice(self.customers),
            payment_terms=terms,
            lines=tuple(Line(sku=sku, quantity=self.chance.randint(1, 5), shown=self.prices[sku]) for sku in skus),
            offers=tuple(Offer(sku=sku, name=f"Product {sku}", price=self.prices[sku]) for sku in skus),
        )
        return order

    def everything(self) -> Iterator[Command]:
        """Every story to its end, and each once more to somewhere in its middle."""
        yield from (self.list_product(), self.list_product(), self.list_product(), self.change_price(), self.withdraw())
        for story in self.stories:
            yield from story
        for terms in get_args(PaymentTerms.__value__):
            for number in range(len(stories_for(self.order(terms)))):
                for whole in (True, False):
                    order = self.order(terms)
                    yield order
                    told = list(stories_for(order)[number](Teller(order, self.identity)))
                    yield from told if whole else told[: self.chance.randint(1, len(told))]
        taken = factories.TakeWork.build(work=f"shipment:{self.identity()}@1", by=self.identity())
        yield from (taken, factories.GiveBackWork.build(work=taken.work))

    def price(self) -> Money:
        """What something may cost."""
        return Money(cents=self.chance.randint(1, 99_999))

    def identity(self) -> UUID:
        """An id that is the same when the dice fall the same, and never the same twice, however they fall."""
        return UUID(int=self.chance.getrandbits(64) << 64 | next(self.numbers))


def events_of(commands: Iterable[Command]) -> Iterator[tuple[str, Sequence[Event]]]:
    """What comes of commands, by the deciders alone: each time a stream, and what is appended to it."""
    states: dict[str, Any] = {}
    for command in commands:
        category = category_of(type(command))
        stream = category.stream(command)
        state = states.get(stream, category.decider.initial)
        events = category.decider.decide(command, state)
        for event in events:
            state = category.decider.evolve(state, event)
        states[stream] = state
        if events:
            yield stream, events


def record(chance: random.Random, commands: int) -> int:
    """Fill the log with the outcome of so many commands; how many events there are."""
    trade = Trade(chance)
    return append(trade.command() for _ in range(commands))


def record_everything(chance: random.Random) -> int:
    """Fill the log with every story that there is; how many events there are."""
    return append(Trade(chance).everything())


def shown() -> int:
    """A shop in which every story was told, and which shows it; how many events there are."""
    number = record_everything(random.Random(4))
    follow()
    return number


def append(commands: Iterable[Command]) -> int:
    """Append what comes of these commands, as much at once as goes into one append; how many events there are."""
    total = 0
    news: dict[str, log.New] = {}
    for stream, events in events_of(commands):
        if stream in news:
            log.append(list(news.values()), METADATA)
            news.clear()
        news[stream] = log.New(stream, events)
        total += len(events)
    log.append(list(news.values()), METADATA)
    return total
