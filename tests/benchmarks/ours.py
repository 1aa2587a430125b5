"""What is measured: appending, reading and dispatching, as the shop does it, on Django's connection."""

from collections import deque
from collections.abc import Iterator
from unittest.mock import patch

from django.db import connection
from uuid_utils.compat import uuid7

from accounts.domain.roles import OPERATIONS
from eventstore import bell, log
from eventstore.dispatch import Actor, dispatch
from eventstore.log import Metadata, New
from orders.domain.money import Money
from orders.domain.product import ChangePrice, ListProduct, ProductListed

LENGTH = 10  # events in a stream
BATCH = 1000
STORED = 100_000  # events in the log that is read

LISTED = ProductListed(
    sku="TEA-0042",
    name="Darjeeling, first flush",
    description="Light and flowery, from a small garden at 2,000 metres; picked in March, 100 g in a tin.",
    picture="tea.svg",
    price=Money(cents=1290),
)
CLERK = Actor("benchmark", frozenset({OPERATIONS}))


def append_one() -> Iterator[None]:
    """One event a commit, on streams that grow to their length."""
    while True:
        stream = f"product-{uuid7()}"
        for version in range(LENGTH):
            log.append([New(stream, [LISTED], version)], Metadata(CLERK.id, uuid7()))
            yield


def dispatch_one() -> Iterator[None]:
    """One command after the other, each of which loads, decides, and appends one event and its receipt."""
    while True:
        sku = str(uuid7())
        listing = ListProduct(sku=sku, name=LISTED.name, description=LISTED.description, picture="", price=LISTED.price)
        changes = (ChangePrice(sku=sku, price=Money(cents=cents)) for cents in range(1, LENGTH))
        for command in (listing, *changes):
            dispatch(command, actor=CLERK, command_id=uuid7())
            yield


def dispatch_in_silence() -> Iterator[None]:
    """The same, and nobody is woken for it."""
    with patch.object(bell, "ring", list):
        yield from dispatch_one()


def append_many() -> Iterator[None]:
    """One batch a commit."""
    while True:
        streams = [f"product-{uuid7()}" for _ in range(BATCH // LENGTH)]
        log.append([New(stream, [LISTED] * LENGTH, log.NEW) for stream in streams], Metadata(CLERK.id, uuid7()))
        yield


def read_all() -> Iterator[None]:
    """The whole log, decoded."""
    while True:
        deque(log.read_log(), maxlen=0)
        yield


def store() -> None:
    """Fill the log with what is going to be read."""
    batches = append_many()
    for _ in range(STORED // BATCH):
        next(batches)
    log.number()
    with connection.cursor() as cursor:
        for table in ("eventstore_event", "eventstore_log"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
