"""Behind a pooler by transaction, where no statement finds the session of the one before, all is as it should be."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from eventstore import log, subscriptions
from eventstore.dispatch import dispatch
from orders.domain.stock_item import ReceiveStock
from tests.eventstore.diary import NAME, Diary, kept
from tests.eventstore.people import WIM
from tests.eventstore.pieces import append_pieces, rows
from tests.eventstore.pooler import Pooler, pooling
from tests.eventstore.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS, SERVERS, ROUNDS = 4, 3, 12


@pytest.fixture
def pooler() -> Iterator[Pooler]:
    """A pooler with fewer connections than there are clients."""
    with pooling(SERVERS) as made:
        yield made


@pytest.fixture
def diary() -> Iterator[Diary]:
    """A reader that follows the log."""
    with kept(5) as made:
        yield made


def behind(pooler: Pooler) -> None:
    """This thread's connection goes through the pooler from now on, as `?prepare_threshold=` has it."""
    options = connection.settings_dict["OPTIONS"] | {"prepare_threshold": None}
    through = {"HOST": "127.0.0.1", "PORT": pooler.port, "OPTIONS": options}
    connection.close()
    connection.settings_dict = connection.settings_dict | through


def test_appends_dispatches_and_readers_need_no_session_of_their_own(pooler: Pooler, diary: Diary) -> None:
    def work(which: int) -> None:
        behind(pooler)
        for number in range(ROUNDS):
            append_pieces(f"stock_item-{which}", number, number, expected=3 * number)
            with transaction.atomic():
                dispatch(ReceiveStock(sku=f"{which}", quantity=1), actor=WIM, command_id=uuid7())
                append_pieces(f"stock_item-all-{number}", 1)
            log.number()
            subscriptions.advance(NAME)

    at_once(CLIENTS, work)
    subscriptions.advance(NAME)

    events = [(recorded.position, recorded.stream, recorded.version) for recorded in log.read_log()]
    assert [position for position, _, _ in events] == list(range(1, CLIENTS * ROUNDS * 4 + 1))
    assert diary.entries == [(stream, version) for _, stream, version in events]
    assert rows("SELECT count(*) FROM eventstore_receipt") == [(CLIENTS * ROUNDS,)]
    assert all(len(servers) > 1 for servers in pooler.used.values()), "nobody stays on one connection"


def test_the_pooler_keeps_no_session(pooler: Pooler) -> None:
    """The control: what somebody keeps in a session is not there for the next statement."""

    def work(_: int) -> list[object]:
        behind(pooler)
        rows("SET application_name = 'mine'")
        return [rows("SHOW application_name")[0][0] for _ in range(SERVERS)]

    (seen,) = at_once(1, work)
    assert set(seen) == {"mine", ""}
