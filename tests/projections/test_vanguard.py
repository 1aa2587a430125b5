"""A rebuild whose later parts are folded by other processes at once: the same rows, whatever becomes of those."""

import logging
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from eventstore import log
from eventstore.patience import at_most
from projections import order_page, products
from projections.engine import AnyProjection, notes, projections, rebuild, room, vanguard
from projections.engine.rebuild import Cancelled, cancel, fill
from projections.engine.switch import switch
from projections.engine.vanguard import Vanguard
from tests import factories
from tests.eventstore.mortal import Worker
from tests.eventstore.pieces import METADATA, rows
from tests.eventstore.together import elsewhere
from tests.projections import rooms
from tests.projections.rooms import content, nobody, other, parked
from tests.projections.test_background import until

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = order_page.PROJECTION
BEGIN_ONCE = sorted(name for name, projection in projections().items() if projection.begins_once)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rebuild, "CHUNK", 20)
    monkeypatch.setattr(vanguard, "CHUNK", 20)
    monkeypatch.setattr(vanguard, "WORTH", 50)
    yield
    assert not active_children()


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rooms of those vanguards whose work was of use."""
    done: list[str] = []
    add = notes.add

    def watched(model: Any, place: str, ahead: str) -> None:
        add(model, place, ahead)
        done.append(ahead)

    monkeypatch.setattr(notes, "add", watched)
    return done


def rebuilt(projection: AnyProjection) -> tuple[int, str]:
    """What the table holds that is built anew in three parts."""
    fill(projection, room.NEXT, nobody, processes=3)
    switch(projection)
    return content(projection)


def left() -> list[Any]:
    """The rooms of parts that are there."""
    return rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^projections_[a-z]+_[0-9a-f]+$'")


@pytest.mark.parametrize("name", BEGIN_ONCE)
def test_what_is_built_in_parts_is_what_was_there(
    events: int, name: str, added: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    projection = projections()[name]
    before, searchable = content(projection), rooms.indexes(projection)

    assert rebuilt(projection) == before

    assert len(added) == 2
    assert rooms.indexes(projection) == searchable
    assert rooms.checkpoints(projection)[name] == (events, projection.version, False)
    assert not left()
    assert not caplog.records


def test_what_happens_meanwhile_comes_last(events: int, added: list[str]) -> None:
    happened = [factories.OrderPlaced.build()]

    def meanwhile(*_: int) -> None:
        if happened:
            event = happened.pop()
            log.append([log.New(f"order-{event.order_id}", [event])], METADATA)

    fill(ORDERS, room.NEXT, meanwhile, processes=3)
    switch(ORDERS)
    built = content(ORDERS)
    rooms.rebuild(ORDERS)
    assert content(ORDERS) == built
    assert len(added) == 2


def test_progress_counts_what_all_of_them_have_done(events: int) -> None:
    told: list[tuple[int, int]] = []
    fill(ORDERS, room.NEXT, lambda *done: told.append(done), processes=3)
    assert told[-1] == (events, events)
    assert all(0 < done <= of == events for done, of in told)


@pytest.mark.parametrize("name", ["products", "payment_ledger", "work_queue", "customer_page", "revenue_per_day"])
def test_rows_that_do_not_begin_once_are_right_although_somebody_said_so(events: int, name: str) -> None:
    projection = projections()[name]
    before = content(projection)
    assert rebuilt(other(projection, begins_once=True)) == before
    assert not left()


def test_one_of_whose_rows_is_there_already_has_worked_for_nothing(
    events: int, added: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    rebuilt(other(products.PROJECTION, begins_once=True))
    assert not added
    assert "in the ordinary way: a row that it begins is there already" in caplog.text


def test_one_who_finds_little_that_begins_gives_up(
    events: int, monkeypatch: pytest.MonkeyPatch, added: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = content(ORDERS)
    monkeypatch.setattr(vanguard, "MOST", 3)
    assert rebuilt(ORDERS) == before
    assert not added
    assert "in the ordinary way: it has not come to its end" in caplog.text


@pytest.mark.parametrize("after", [0, 1])
def test_one_who_is_killed_is_missed_by_nobody(
    events: int, monkeypatch: pytest.MonkeyPatch, added: list[str], caplog: pytest.LogCaptureFixture, after: int
) -> None:
    before, chunks = content(ORDERS), [None] * after

    def die_in_time(these: Vanguard, facts: Any) -> None:
        if not chunks:
            os.kill(os.getpid(), signal.SIGKILL)
        chunks.pop()
        take(these, facts)

    take = Vanguard.take
    monkeypatch.setattr(Vanguard, "take", die_in_time)

    assert rebuilt(ORDERS) == before
    assert not added
    assert not left()
    assert caplog.text.count("it has not come to its end") == 2


def test_one_who_hangs_is_ended_in_time(events: int, monkeypatch: pytest.MonkeyPatch, added: list[str]) -> None:
    before, us = content(ORDERS), os.getpid()

    def project(row: Any, fact: Any, key: Any) -> Any:
        while os.getpid() != us:
            time.sleep(0.01)
        return order_page.project(row, fact, key)

    monkeypatch.setattr(vanguard, "at_most", lambda _: at_most(0.2))
    assert rebuilt(other(ORDERS, project=project)) == before
    assert not added


@pytest.mark.parametrize("which", ["ASC", "DESC"], ids=["in the first part", "in a later part"])
def test_what_cannot_be_taken_is_parked_as_it_always_is(events: int, which: str) -> None:
    [(position, stream)] = rows(
        "SELECT l.position, e.stream FROM eventstore_log l JOIN eventstore_event e ON e.id = l.event"
        f" WHERE e.name = 'OrderConfirmed' ORDER BY l.position {which} LIMIT 1"
    )

    def project(row: Any, fact: Any, key: Any) -> Any:
        if fact.position == position:
            raise ValueError("This one cannot be.")
        return order_page.project(row, fact, key)

    worse = other(ORDERS, project=project)
    log.append([log.New(stream, [factories.OrderCompleted.build(order_id=UUID(stream[6:]))])], METADATA)
    logging.disable(logging.CRITICAL)
    try:
        rooms.rebuild(worse)
        alone, behind = content(worse), parked(worse)["order_page"]
        assert set(behind) == {stream}
        assert len(behind) > 1
        assert rebuilt(worse) == alone
        assert parked(worse)["order_page"] == behind
    finally:
        logging.disable(logging.NOTSET)


def test_a_rebuild_that_waits_for_one_can_be_cancelled(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(ORDERS)

    def sleep(_: Vanguard, __: int) -> None:
        time.sleep(60)

    monkeypatch.setattr(Vanguard, "fold", sleep)
    monkeypatch.setattr(rebuild, "BREATH", 0.01)
    reached: list[int] = []

    def call_off() -> bool:
        time.sleep(0.3)
        return cancel(ORDERS)

    def once(position: int, _: int) -> None:
        if not reached:
            reached.append(position)
            calling.append(elsewhere(call_off))

    calling: list[Any] = []
    with pytest.raises(Cancelled):
        fill(ORDERS, room.NEXT, once, processes=3)
    assert calling[0].result(timeout=20)
    assert content(ORDERS) == before
    assert rooms.tables(ORDERS) == {room.LIVE}
    assert not left()


def test_those_of_a_rebuild_that_is_killed_end_and_what_they_left_is_swept(
    events: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before, at_work = content(ORDERS), tmp_path / "at-work"

    def take_time(these: Vanguard, facts: Any) -> None:
        time.sleep(0.1)
        with at_work.open("a") as file:
            file.write(f"{os.getppid()}\n")
        take(these, facts)

    take = Vanguard.take
    connection.close()
    if not (pid := os.fork()):
        try:
            monkeypatch.setattr(Vanguard, "take", take_time)
            fill(ORDERS, room.NEXT, lambda *_: os.kill(os.getpid(), signal.SIGKILL), processes=3)
        finally:
            os._exit(1)
    assert Worker(pid).wait() == -signal.SIGKILL
    assert left()
    gone = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until(20, "only this session", lambda: rows(gone) == [(0,)])
    orphaned = [parent for parent in at_work.read_text().splitlines() if parent != str(pid)]
    assert len(orphaned) <= 2  # each may have been in the middle of something

    fill(ORDERS, room.NEXT, nobody, processes=3)
    switch(ORDERS)

    assert content(ORDERS) == before
    assert not left()
