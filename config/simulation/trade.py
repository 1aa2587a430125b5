"""Trade: days of it, at once or in real time. Whatever people ask for goes the way of every other command."""

import heapq
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from django.db.models import Min

from accounts.domain import roles
from accounts.domain.address import Address
from accounts.domain.customer import RegisterCustomer
from accounts.models import User
from accounts.streams import CUSTOMER
from config.seed import seed
from config.simulation import bank, cases
from config.simulation.books import Books
from config.simulation.people import plans
from config.simulation.plans import Make, Plan
from config.simulation.scene import Scene
from eventstore import bell, clock, log
from eventstore.dispatch import Actor, dispatch
from eventstore.errors import CommandReused, Conflict
from eventstore.messages import Command, Refused
from eventstore.models import DueDeadline
from orders.domain.order import Line, PaymentTerms, PlaceOrder

TERMS: tuple[PaymentTerms, ...] = ("prepaid", "prepaid", "on_account")
REFUSED = "refused: "
STEP = timedelta(minutes=15)
TAKEN = timedelta(hours=1)  # until somebody looks again whether what a person has taken was given back
STREETS = ("Lindenallee", "Ringweg", "Am Markt", "Schulstraße", "Gartenweg", "Bachgasse", "Kirchplatz")
TOWNS = (("04103", "Leipzig"), ("10115", "Berlin"), ("50667", "Köln"), ("80331", "München"), ("20095", "Hamburg"))
PIECES = (1, 1, 1, 2, 2, 3)
FIRST = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elif",
    "Finn",
    "Greta",
    "Hanna",
    "Ida",
    "Jonas",
    "Kim",
    "Lena",
    "Mia",
    "Noah",
)
LAST = ("Albrecht", "Becker", "Conrad", "Demir", "Engel", "Fischer", "Groß", "Huber", "Ivanova", "Jansen", "Krüger")


def dice(seed: int) -> random.Random:
    """Dice that fall for a seed as they always do; or otherwise, in a shop in which its people are at home already."""
    first = some_id(random.Random(seed))  # noqa: S311  # a game
    again = log.current_version(f"{CUSTOMER.name}-{first}") > 0
    return random.Random(f"{seed} {log.number()}" if again else seed)  # noqa: S311


def some_id(chance: random.Random) -> UUID:
    """An id that dice decide on."""
    return UUID(int=chance.getrandbits(128), version=4)


class Trade:
    """People who trade with the shop. `rest` has readers, deadlines and what processes owe worked off."""

    def __init__(self, *, seed: int, customers: int, rest: Callable[[], object]) -> None:
        self.chance = dice(seed)
        self.customers = customers
        self.rest = rest
        self.scene, self.books = Scene(), Books()
        self.position = 0
        self.counts: Counter[str] = Counter()
        self.agenda: list[tuple[datetime, int, str, Make]] = []
        self.number = count()
        self.people: list[tuple[UUID, str]] = []
        self.staff: dict[str, Actor] = {}

    def open(self) -> None:
        """See what there is, fill the shelves where nothing is, and register those who are going to order."""
        self.look(react=False)
        if not self.scene.offers:
            seed()
            self.look(react=False)
        for role in roles.STAFF:
            user = User.objects.filter(groups__name=role).first()
            self.staff[role] = Actor(str(user.id) if user else role, frozenset({role}))
        for _ in range(self.customers):
            customer_id = self.some_id()
            name = f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"
            email = f"{customer_id.hex[:12]}@example.com"
            self.send(RegisterCustomer(customer_id=customer_id, name=name, email=email), str(customer_id))
            self.people.append((customer_id, name))

    def days(self, time_to_go: timedelta, orders: int) -> Iterator[datetime]:
        """Days with so many orders in all, as fast as it goes; yields after each step on the way."""
        now = clock.now()
        until = now + time_to_go
        for _ in range(orders):
            self.plan(now, self.ordering(self.chance.random() * (until - now)))
        while now < until:
            step = min(max(STEP, self.due() - now), until - now)
            now = clock.forward(step)
            with bell.together():
                self.act(now)
                self.settle()
            yield now

    def due(self) -> datetime:
        """When something will happen that somebody has planned, or a process waits for."""
        planned = [self.agenda[0][0]] if self.agenda else []
        waited_for = DueDeadline.objects.aggregate(first=Min("due_at"))["first"]
        return min([*planned, *([waited_for] if waited_for else [])], default=datetime.max.replace(tzinfo=UTC))

    def live(self, orders_a_day: float) -> Iterator[datetime]:
        """Trade goes on in real time; yields after each moment of it."""
        while True:
            now = clock.now()
            if self.chance.random() < orders_a_day / 86_400:
                self.plan(now, self.ordering(timedelta(0)))
            self.act(now)
            self.look()
            yield now
            time.sleep(1)

    def act(self, until: datetime) -> None:
        """Do what was planned until then."""
        while self.agenda and self.agenda[0][0] <= until:
            at, _, who, make = heapq.heappop(self.agenda)
            match make(self.scene, at):
                case timedelta() as later:
                    self.plan(at, Plan(later, who, make))
                case Command() as command if who in roles.STAFF and self.scene.is_taken(command):
                    self.plan(at, Plan(TAKEN, who, make))
                case Command() as command:
                    self.send(command, who)
                case None:
                    self.counts["let be"] += 1

    def settle(self) -> None:
        """Have everything come to rest, and react to what has happened."""
        self.rest()
        self.look()

    def look(self, *, react: bool = True) -> None:
        """See what has happened since, and make plans."""
        for fact in log.read_log(self.position):
            self.scene.see(fact)
            self.books.record(fact.event)
            self.counts.update(cases.of(fact.event))
            self.counts["events"] += 1
            if fact.position is not None:
                self.position = fact.position
            if react:
                for plan in plans(fact, self.chance):
                    self.plan(fact.recorded_at, plan)

    def plan(self, now: datetime, plan: Plan) -> None:
        """Put something on the agenda."""
        heapq.heappush(self.agenda, (now + plan.wait, next(self.number), plan.who, plan.make))

    def send(self, command: Command, who: str) -> None:
        """Ask the shop for something, as this role, this customer, or the one whom the command names."""
        who = str(getattr(command, "customer_id", who)) if who == roles.CUSTOMER else who
        actor = self.staff.get(who) or Actor(who, frozenset({who if who in roles.SYSTEMS else roles.CUSTOMER}))
        self.counts["commands"] += 1
        try:
            dispatch(command, actor=actor, command_id=self.some_id())
        except Refused as refused:
            self.counts["refused"] += 1
            self.counts[f"{REFUSED}{type(command).__name__}: {refused.sentence}"] += 1
        except (Conflict, CommandReused):  # the latter where the same seed is played by two at once
            self.counts["came too late"] += 1

    def ordering(self, wait: timedelta) -> Plan:
        """Somebody orders something after a while."""
        (customer_id, name), chance = self.chance.choice(self.people), self.chance
        order_id = self.some_id()
        terms: PaymentTerms = chance.choice(TERMS)
        postcode, city = chance.choice(TOWNS)
        street = f"{chance.choice(STREETS)} {chance.randrange(1, 90)}"
        lines, wants = chance.choice([1, 1, 1, 2, 2, 3, 4, 6]), chance.random()
        card = bank.card_for(terms, chance)

        def make(scene: Scene, _now: datetime) -> Command | None:
            skus = chance.sample(sorted(scene.offers), min(lines, len(scene.offers)))
            return PlaceOrder(
                order_id=order_id,
                customer_id=customer_id,
                lines=tuple(Line(sku=sku, quantity=chance.choice(PIECES), shown=scene.price(sku)) for sku in skus),
                delivery_address=Address(recipient=name, street=street, postcode=postcode, city=city, country="DE"),
                payment_terms=terms,
                card=card,
                offers=tuple(scene.offers[sku] for sku in skus),
                suspended=customer_id in scene.suspended,
                if_short="cancel" if wants < 0.3 else "wait",
            )

        return Plan(wait, str(customer_id), make)

    def some_id(self) -> UUID:
        """An id that the seed decides on."""
        return some_id(self.chance)
