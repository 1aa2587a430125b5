"""Reading: in batches of any size, as of a time, and whatever the clocks say."""

import gc
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

import pytest
from django.db import connection
from psycopg.pq import PipelineStatus
from uuid_utils.compat import uuid7

from eventstore import appending, log
from eventstore.encoding import checked
from eventstore.errors import Invalid
from eventstore.log import Metadata, append, read_log, read_stream
from eventstore.reading import BATCH, current_version
from tests.eventstore.pieces import append_pieces, pieces, received, rows
from tests.eventstore.statements import counted

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("number", [BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 1])
def test_a_long_stream_is_read_in_batches(number: int) -> None:
    append_pieces("stock_item-A", *range(1, number + 1))
    forwards = [recorded.version for recorded in read_stream("stock_item-A")]
    backwards = [recorded.version for recorded in read_stream("stock_item-A", backwards=True)]
    assert forwards == backwards[::-1] == list(range(1, number + 1))
    assert [recorded.position for recorded in read_log()] == forwards


def test_nothing_is_read_that_nobody_asks_for() -> None:
    append_pieces("stock_item-A", *range(3 * BATCH))
    log.number()
    for reading, most in ((read_stream("stock_item-A"), 1), (read_log(), 2)):
        with counted() as statements:
            list(islice(reading, 10))
        assert len(statements) <= most


@pytest.mark.parametrize("reading", [read_log, partial(read_stream, "stock_item-A")], ids=["the log", "a stream"])
def test_more_events_take_no_more_memory(reading: Callable[[], Iterator[object]]) -> None:
    def peak() -> int:
        gc.collect()  # what others have left would count as ours, or would not, as it happens
        tracemalloc.start()
        deque(reading(), maxlen=0)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    append_pieces("stock_item-A", *range(2 * BATCH))
    peak()
    short = peak()
    append_pieces("stock_item-A", *range(14 * BATCH))
    assert peak() < 2 * short  # of what it would be eight times


def test_there_is_nothing_where_nothing_was_recorded() -> None:
    assert list(read_stream("stock_item-A")) == list(read_log()) == list(read_log(after=7)) == []
    assert log.event_by_id(uuid7()) is None
    assert log.correlated(uuid7()) == []
    assert log.position_of([]) == log.position_of([uuid7()]) == log.current_version("stock_item-A") == 0


def test_a_category_is_what_stands_before_the_hyphen() -> None:
    for stream in ("order-1", "order_page-1", "reorder-1", "order-2-b"):
        append_pieces(stream, 1)
    assert [recorded.stream for recorded in read_log(category="order")] == ["order-1", "order-2-b"]


def test_all_that_one_cause_led_to_is_read_in_the_order_in_which_it_was_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cause, other = Metadata("clara", uuid7()), Metadata("otto", uuid7())
    backwards = (UUID(int=number) for number in range(100, 0, -1))
    monkeypatch.setattr(appending, "uuid7", lambda: next(backwards))
    appended = []
    for stream in ("stock_item-B", "stock_item-A", "stock_item-B"):
        appended += append([pieces(stream, 1, 2)], cause)
        append([pieces("stock_item-C", 1)], other)
    assert [recorded.id for recorded in log.correlated(cause.correlation)] == appended


@pytest.mark.parametrize(
    ("as_of", "versions"),
    [(-1, []), (0, [1]), (3, [1, 2, 3]), (5, [1, 2, 3]), (10, [1, 2, 3, 4]), (11, [1, 2, 3, 4, 5])],
)
def test_a_stream_as_of_a_time_has_no_gap_where_a_clock_jumped_back(as_of: int, versions: list[int]) -> None:
    for version, second in enumerate((0, 4, 3, 10, 11), start=1):
        rows(
            "INSERT INTO eventstore_event (id, stream, version, name, schema, data, recorded_at, correlation, actor)"
            " VALUES (%s, 'stock_item-A', %s, 'StockReceived', 1, %s, %s, %s, 'tests')",
            *(uuid7(), version, checked(received()), NOON + timedelta(seconds=second), uuid7()),
        )
    seen = [recorded.version for recorded in read_stream("stock_item-A", as_of=NOON + timedelta(seconds=as_of))]
    assert seen == versions


def test_whoever_reads_the_log_has_the_connection_to_himself() -> None:
    append_pieces("stock_item-A", *range(3 * BATCH))
    found = {(connection.connection.pgconn.pipeline_status, current_version(fact.stream)) for fact in read_log()}
    assert found == {(PipelineStatus.OFF, 3 * BATCH)}


def test_an_event_that_cannot_be_read_leaves_the_connection_as_it_was() -> None:
    append_pieces("stock_item-A", *range(3 * BATCH))
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows("UPDATE eventstore_event SET data = '[]' WHERE version = %s", BATCH + 7)
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    with pytest.raises(Invalid, match="cannot be read"):
        list(read_log())
    assert current_version("stock_item-A") == 3 * BATCH
