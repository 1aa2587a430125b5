"""The peer of the read models: the runner of the `eventsourcing` package, and a projection of it into order rows.

It does the work of the projection beside it: the same ten events of each order into the same fields of a row, in
PostgreSQL, with its place in the log in the same transaction. One event at a time is how the package does it.
"""

# mypy: disable-error-code="untyped-decorator"
# (the package's decorators lose the types of what they decorate)

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from msgspec import to_builtins
from psycopg.sql import SQL, Composed
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from orders.domain.order import reference
from tests.benchmarks.orders import ADDRESS, LATER, LINES

TABLE = """
CREATE TABLE IF NOT EXISTS peer_order (
    order_id uuid PRIMARY KEY, reference text, customer_id uuid, status text, placed_at timestamptz, lines jsonb,
    cents bigint, delivery_address jsonb, version integer
)"""
AT_ONCE = 100  # orders that are saved in one append


class Order(Aggregate):
    """An order that is placed, and goes on."""

    def __init__(self, customer_id: UUID, lines: list[Any], cents: int, delivery_address: dict[str, Any]) -> None:
        self.customer_id = customer_id
        self.lines = lines
        self.cents = cents
        self.delivery_address = delivery_address
        self.status = "OrderPlaced"

    @event("WentOn")
    def go_on(self, status: str) -> None:
        """Something happens to it."""
        self.status = status


class Orders(Application[UUID]):
    """Where they are kept."""


class Rows(PostgresTrackingRecorder):
    """The table of order rows, and how far it is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sql_create_statements.append(Composed([SQL(TABLE)]))

    def place(self, row: Sequence[Any], tracking: Tracking) -> None:
        """A row more."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("INSERT INTO peer_order VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1)", row, prepare=True)

    def go_on(self, order_id: UUID, status: str, version: int, tracking: Tracking) -> None:
        """A row has changed."""
        changed = "UPDATE peer_order SET status = %s, version = %s WHERE order_id = %s"
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(changed, (status, version, order_id), prepare=True)


class OrderRows(Projection[Rows]):
    """Each event into its row."""

    @singledispatchmethod
    def process_event(self, happened: Any, tracking: Tracking) -> None:
        """There is no other event."""
        raise NotImplementedError(happened)

    @process_event.register
    def placed(self, happened: Order.Created, tracking: Tracking) -> None:
        """An order was placed."""
        order_id, said = happened.originator_id, happened.__dict__
        row = (
            order_id,
            reference(order_id),
            said["customer_id"],
            "OrderPlaced",
            happened.timestamp,
            Jsonb(said["lines"]),
            said["cents"],
            Jsonb(said["delivery_address"]),
        )
        self.view.place(row, tracking)

    @process_event.register
    def went_on(self, happened: Order.WentOn, tracking: Tracking) -> None:  # type: ignore[name-defined]  # made by `event`
        """Something has happened to an order."""
        self.view.go_on(happened.originator_id, happened.status, happened.originator_version, tracking)


def environment() -> dict[str, str]:
    """Where the package finds the database that Django uses."""
    where = connection.settings_dict
    names = {"DBNAME": "NAME", "HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD"}
    given = {f"POSTGRES_{theirs}": str(where[ours]) for theirs, ours in names.items()}
    return given | {"PERSISTENCE_MODULE": "eventsourcing.postgres"}


def lives(number: int) -> Iterator[Order]:
    """So many orders with all that happens to them."""
    for _ in range(number):
        order = Order(uuid7(), to_builtins(LINES), 5000, to_builtins(ADDRESS))
        for status in LATER:
            order.go_on(status)
        yield order


def store(events: int) -> int:
    """Fill the package's own log with so many events; the last position."""
    with Orders(environment()) as app:
        orders = lives(events // (len(LATER) + 1))
        saved = [app.save(*some) for some in batched(orders, AT_ONCE)]
        return saved[-1][-1].notification.id


def follow(last: int) -> None:
    """Have the runner bring the rows up to the last position."""
    runner = ProjectionRunner(application_class=Orders, projection_class=OrderRows, view_class=Rows, env=environment())
    with runner:
        runner.wait(last, timeout=120)


def forget() -> None:
    """Empty the rows, and begin with the first event again."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS peer_order, orderrows_tracking")
