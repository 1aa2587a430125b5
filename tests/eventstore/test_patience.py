"""Patience: a reader that hangs is ended, what it hung on is parked, everything else goes on, and the worker lives."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from eventstore import steering, tasks
from eventstore.models import Checkpoint, Parked
from eventstore.readers import readers
from tests.celery_room import celery
from tests.eventstore.diary import NAME, POISON, Diary, Facts, kept, nothing
from tests.eventstore.hanging_subscriptions import HANGS
from tests.eventstore.pieces import append_pieces, rows
from tests.eventstore.test_bell import WORKER, until
from tests.eventstore.together import elsewhere, until_blocked

pytestmark = pytest.mark.django_db(transaction=True)

TOO_LONG = "It took too long."


@pytest.fixture
def diary() -> Iterator[Diary]:
    """A reader that has little time."""
    with kept(100) as made:
        readers()[NAME].seconds = 0.3
        yield made


def waiting() -> None:
    """Python code that does not come back."""
    threading.Event().wait(600)


def counting() -> None:
    """Python code that never lets go."""
    while True:
        pass


def sleeping() -> None:
    """A statement that does not come back."""
    rows("SELECT pg_sleep(600)")


def dozing() -> None:
    """Statements of which each comes back in time."""
    for _ in range(600):
        rows("SELECT pg_sleep(0.25)")


def on_the_poison(hang: Callable[[], None]) -> Callable[[Facts], None]:
    """Hang where there is something poisonous."""

    def before(facts: Facts) -> None:
        if any(fact.event.quantity == POISON for fact in facts):
            hang()

    return before


HANGING = pytest.mark.parametrize("hang", [waiting, counting, sleeping, dozing])


@HANGING
def test_who_hangs_is_ended_and_what_it_hung_on_is_parked(diary: Diary, hang: Callable[[], None]) -> None:
    diary.before = on_the_poison(hang)
    append_pieces("stock_item-A", 1)
    append_pieces("stock_item-B", POISON, 2)
    append_pieces("stock_item-A", 3)

    assert diary.advance() == 4
    assert diary.entries == [("stock_item-A", 1), ("stock_item-A", 2)]
    assert diary.parked == [("stock_item-B", TOO_LONG), ("stock_item-B", "")]

    append_pieces("stock_item-C", 4)
    assert diary.advance() == 1
    assert diary.entries[-1] == ("stock_item-C", 1)


@HANGING
def test_a_retry_that_hangs_is_ended_too(diary: Diary, hang: Callable[[], None]) -> None:
    append_pieces("stock_item-A", POISON, 2)
    diary.advance()
    diary.before = on_the_poison(hang)
    assert steering.retry(NAME, "stock_item-A") == 0
    assert diary.parked == [("stock_item-A", TOO_LONG), ("stock_item-A", "")]
    assert Parked.objects.get(error=TOO_LONG).attempts == 2


def test_where_no_alarm_can_be_set_the_database_still_ends_what_hangs(diary: Diary) -> None:
    diary.before = on_the_poison(sleeping)
    append_pieces("stock_item-A", POISON)
    append_pieces("stock_item-B", 1)
    assert elsewhere(diary.advance).result(timeout=30) == 2
    assert diary.parked == [("stock_item-A", TOO_LONG)]


def locking(_: Facts) -> None:
    """What somebody else has locked."""
    rows("LOCK TABLE diary")


def test_who_waits_for_somebodys_lock_comes_again_later(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    diary.before = locking
    with transaction.atomic():
        rows("LOCK TABLE diary")
        advancing = elsewhere(diary.advance)
        until_blocked()
        with pytest.raises(OperationalError, match="lock timeout"):
            advancing.result(timeout=30)
    assert diary.parked == []
    diary.before = nothing
    assert diary.advance() == 1
    assert diary.entries == [("stock_item-A", 1)]


def test_the_next_statement_has_all_the_time_it_wants(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    diary.advance()
    assert rows("SHOW statement_timeout") == rows("SHOW lock_timeout") == [("0",)]
    connection.close()


def test_a_worker_lives_through_a_reader_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.eventstore.hanging")
    append_pieces("stock_item-A", 1)
    append_pieces("stock_item-B", POISON)
    append_pieces("stock_item-A", 2)
    with celery(*WORKER) as worker:
        until(partial(at, 3), meanwhile=tasks.tick.delay)
        append_pieces("stock_item-A", 3)
        until(partial(at, 4), meanwhile=tasks.tick.delay)
        assert worker.poll() is None
    assert list(Parked.objects.values_list("reader", "stream", "error")) == [(HANGS.name, "stock_item-B", TOO_LONG)]


def at(position: int) -> bool:
    """Whether the reader that hangs has come as far, and one that does not, too."""
    return Checkpoint.objects.filter(reader__in=[HANGS.name, "products"], position=position).count() == 2
