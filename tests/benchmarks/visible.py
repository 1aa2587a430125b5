"""How long it takes from a command to its row: commands at a steady pace, and Celery with Redis behind them."""

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from uuid import UUID

from django.db import connection, connections
from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.dispatch import dispatch
from eventstore.models import Checkpoint
from eventstore.subscriptions import advance
from orders.domain.money import Money
from orders.domain.product import ChangePrice, ListProduct
from projections.products import PROJECTION
from tests.benchmarks.ours import CLERK, LISTED
from tests.celery_room import celery

SKUS = 50
LOOK = 0.001  # seconds between two looks at how far the rows are
WORKER = ("worker", "--concurrency=2", "--loglevel=WARNING")

# When, and up to which position of the log the rows showed everything.
type Looks = list[tuple[float, int]]


@contextmanager
def shop_at_work() -> Iterator[None]:
    """A catalogue, and a worker that has got into its stride."""
    for number in range(SKUS):
        listing = ListProduct(sku=f"TEA-{number}", name="Tea", description="", picture="", price=LISTED.price)
        dispatch(listing, actor=CLERK, command_id=uuid7())
    advance(PROJECTION.name)
    # What the worker says belongs to no table.
    with redirect_stdout(StringIO()), celery(*WORKER):
        delays(rate=20, seconds=2)
        yield


def delays(*, rate: float, seconds: float) -> list[float]:
    """So many commands a second: for each the seconds from when it is sent until its row can be seen."""
    with looking() as looks:
        sent = list(commands(rate, seconds))
        until_shown(sent[-1][1])
    times, positions = zip(*looks, strict=True)
    return [times[bisect_left(positions, position)] - begun for begun, position in sent]


def commands(rate: float, seconds: float) -> Iterator[tuple[float, int]]:
    """Change prices at a steady pace; when each command was sent, and the position of what came of it."""
    sent: list[tuple[float, Sequence[UUID]]] = []
    begun = time.monotonic()
    for number in range(round(rate * seconds)):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        command = ChangePrice(sku=f"TEA-{number % SKUS}", price=Money(cents=int(begun) + number))
        now = time.monotonic()
        sent.append((now, dispatch(command, actor=CLERK, command_id=uuid7()).events))
    yield from ((when, log.position_of(events)) for when, events in sent)


def until_shown(position: int) -> None:
    """Return once the rows show everything up to a position."""
    until = time.monotonic() + 60
    while shown() < position:
        assert time.monotonic() < until, "The rows do not follow."
        time.sleep(LOOK)


def shown() -> int:
    """Up to which position the rows show everything. It is committed with them."""
    return Checkpoint.objects.values_list("position", flat=True).get(reader=PROJECTION.name)


@contextmanager
def looking() -> Iterator[Looks]:
    """Somebody looks again and again inside the block; afterwards the list says what they saw."""
    looks: Looks = []
    connections.close_all()  # no connection may be shared with a child
    context = get_context("fork")
    over, (receiver, sender) = context.Event(), context.Pipe(duplex=False)
    process = context.Process(target=_look, args=(sender, over))
    process.start()
    receiver.recv()
    yield looks
    over.set()
    looks += receiver.recv()
    process.join()


def _look(sender: Connection, over: Event) -> None:
    looks: Looks = [(time.monotonic(), 0)]
    sender.send(None)
    while not over.is_set():
        time.sleep(LOOK)
        if (position := shown()) > looks[-1][1]:
            looks.append((time.monotonic(), position))
    sender.send(looks)
    connection.close()
