"""Steering: readers are paused and resumed, and what they have parked is retried in order, or skipped with a reason."""

from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

import pytest
from django.conf import settings
from redis import Redis

from eventstore import log, steering, subscriptions
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, Parked
from tests import factories
from tests.eventstore.diary import NAME, POISON, Diary, Facts, kept
from tests.eventstore.pieces import METADATA, append_pieces, rows
from tests.eventstore.together import elsewhere, until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def diary() -> Iterator[Diary]:
    """A reader that follows the log."""
    with kept(2) as made:
        yield made


def standing() -> steering.Standing:
    """How far the diary is."""
    (found,) = [each for each in steering.standings() if each.reader == NAME]
    return found


def rewrite(assignment: str) -> None:
    """Somebody who owns the database changes what is stored."""
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows(f"UPDATE eventstore_event SET {assignment}")
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")


# Pause and resume


def test_who_is_paused_stays_where_it_is_until_it_is_resumed(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    diary.advance()
    steering.pause(NAME)
    append_pieces("stock_item-A", 2)
    assert diary.advance() == 0
    assert (standing().paused, standing().position, standing().behind) == (True, 1, 1)

    steering.resume(NAME)
    assert Redis.from_url(settings.CELERY_BROKER_URL).exists(f"bell:{NAME}")
    assert diary.advance() == 1
    assert diary.entries == [("stock_item-A", 1), ("stock_item-A", 2)]
    assert not standing().paused


def test_who_has_not_begun_can_be_paused(diary: Diary) -> None:
    steering.pause(NAME)
    append_pieces("stock_item-A", 1)
    assert (diary.advance(), diary.position) == (0, 0)


def test_whoever_pauses_waits_for_the_batch_that_is_under_way(diary: Diary) -> None:
    append_pieces("stock_item-A", 1, 2, 3, 4)
    pausing: list[Future[None]] = []

    def pause(_: Facts) -> None:
        if not pausing:
            pausing.append(elsewhere(partial(steering.pause, NAME)))
            until_blocked()

    diary.before = pause
    diary.advance()
    pausing[0].result(timeout=10)
    assert standing().paused
    assert len(diary.entries) == diary.position in (2, 4)


# Lag


def test_the_lag_is_counted_in_events_and_in_seconds(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    diary.advance()
    assert (standing().behind, standing().seconds) == (0, 0.0)
    append_pieces("stock_item-A", 2, 3)
    rewrite("recorded_at = now() - version * interval '45 seconds'")
    assert standing().behind == 2
    assert 90 <= standing().seconds < 100


def test_what_a_reader_does_not_want_is_no_lag_in_seconds(diary: Diary) -> None:
    log.append([log.New("product-A", [factories.ProductListed.build()])], METADATA)
    assert (standing().behind, standing().seconds) == (1, 0.0)


def test_a_clock_that_jumped_makes_no_negative_lag(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    rewrite("recorded_at = now() + interval '1 hour'")
    assert (standing().behind, standing().seconds) == (1, 0.0)
    assert diary.advance() == 1


# What is parked


def bad_luck(diary: Diary) -> None:
    """Stream A is parked, and B goes on."""
    append_pieces("stock_item-A", POISON, 2, POISON, 4)
    append_pieces("stock_item-B", 1)
    diary.advance()
    assert diary.entries == [("stock_item-B", 1)]
    assert standing().parked == 4


def test_what_is_parked_is_taken_in_order_once_the_code_is_mended(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad_luck(diary)
    monkeypatch.setattr("tests.eventstore.diary.POISON", -1)
    assert steering.retry(NAME, "stock_item-A") == 4
    append_pieces("stock_item-A", 5)
    diary.advance()
    assert diary.entries[1:] == [("stock_item-A", version) for version in (1, 2, 3, 4, 5)]
    assert standing().parked == 0


def test_other_code_than_that_which_serves_a_reader_retries_nothing(diary: Diary) -> None:
    bad_luck(diary)
    Checkpoint.objects.filter(reader=NAME).update(version=2)
    with pytest.raises(Invalid, match="is served by version 2 of the code, and this is version 1"):
        steering.retry(NAME, "stock_item-A")


def test_a_retry_stops_at_the_first_that_still_cannot_be_taken(diary: Diary) -> None:
    bad_luck(diary)
    assert steering.retry(NAME, "stock_item-A") == 0
    assert list(Parked.objects.order_by("position").values_list("attempts", flat=True)) == [2, 0, 0, 0]

    steering.skip(NAME, "stock_item-A", by="olga", because="They were never delivered")
    assert steering.retry(NAME, "stock_item-A") == 1
    assert diary.entries == [("stock_item-B", 1), ("stock_item-A", 2)]
    assert list(Parked.objects.order_by("position").values_list("attempts", flat=True)) == [2, 1, 0]


def test_what_is_skipped_is_left_out_for_good_and_it_is_known_why(diary: Diary) -> None:
    bad_luck(diary)
    assert steering.skip(NAME, "stock_item-A", by="olga", because="They were never delivered") == 1
    assert diary.entries == [("stock_item-B", 1)], "the stream waits until somebody retries the rest of it"
    assert standing().parked == 3
    skipped = Parked.objects.exclude(skipped_at=None).get()
    assert (skipped.position, skipped.skipped_by, skipped.skipped_because) == (1, "olga", "They were never delivered")


def test_only_its_own_reader_and_stream_wait(diary: Diary) -> None:
    bad_luck(diary)
    append_pieces("stock_item-C", POISON)
    append_pieces("stock_item-B", 2)
    diary.advance()
    subscriptions.advance("products")
    assert set(Parked.objects.values_list("reader", "stream")) == {(NAME, "stock_item-A"), (NAME, "stock_item-C")}
    assert diary.entries == [("stock_item-B", 1), ("stock_item-B", 2)]


@pytest.mark.parametrize("because", ["", "  \n"])
def test_nothing_is_skipped_without_a_reason(diary: Diary, because: str) -> None:
    bad_luck(diary)
    with pytest.raises(Invalid, match=r"^Say why the event is skipped\.$"):
        steering.skip(NAME, "stock_item-A", by="olga", because=because)
    assert standing().parked == 4


def test_who_skips_the_same_twice_never_skips_the_one_behind_it(diary: Diary) -> None:
    bad_luck(diary)
    assert steering.skip(NAME, "stock_item-A", by="olga", because="so", at=1) == 1
    with pytest.raises(Invalid, match=r"^diary has parked another event of stock_item-A first, at position \d+\.$"):
        steering.skip(NAME, "stock_item-A", by="olga", because="so", at=1)
    assert standing().parked == 3


def test_who_steers_what_is_not_there_is_told_so(diary: Diary) -> None:
    with pytest.raises(Invalid, match=r"^diary has parked nothing of stock_item-A\.$"):
        steering.skip(NAME, "stock_item-A", by="olga", because="so")
    assert steering.retry(NAME, "stock_item-A") == 0
    for steer in (steering.pause, steering.resume):
        with pytest.raises(Invalid, match=r"^There is no reader 'nobody'\."):
            steer("nobody")
