"""Readers of the log: each event takes effect once and in order, whoever else runs; what is bad parks its stream."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from eventstore import log, subscriptions
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, Parked
from eventstore.steering import standings
from eventstore.streams import reading, stored_under
from projections import products
from projections.engine import room
from projections.engine.rebuild import Hindered, fill, forget
from projections.products import Product
from tests import factories
from tests.eventstore.diary import NAME, POISON, Diary, Facts, kept, nothing
from tests.eventstore.pieces import METADATA, append_pieces, make_newer, make_unreadable, rows
from tests.eventstore.together import at_once, elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[2, 1000], ids=["small batches", "one batch"])
def diary(request: pytest.FixtureRequest) -> Iterator[Diary]:
    """A reader that follows the log."""
    with kept(request.param) as made:
        yield made


# Once and in order


def test_a_reader_takes_what_it_wants_in_the_order_of_the_log(diary: Diary) -> None:
    append_pieces("stock_item-B", 1, 2)
    log.append([log.New("product-B", [factories.ProductListed.build()])], METADATA)
    append_pieces("stock_item-A", 3)
    append_pieces("stock_item-B", 4)

    assert diary.advance() == diary.position == 5
    assert diary.entries == [("stock_item-B", 1), ("stock_item-B", 2), ("stock_item-A", 1), ("stock_item-B", 3)]


def test_a_reader_takes_nothing_twice(diary: Diary) -> None:
    assert diary.advance() == 0
    append_pieces("stock_item-A", 1, 2, 3)
    assert [diary.advance(), diary.advance()] == [3, 0]
    append_pieces("stock_item-A", 4)
    assert diary.advance() == 1
    assert diary.entries == [("stock_item-A", version) for version in (1, 2, 3, 4)]


def test_many_who_advance_one_reader_at_once_take_each_event_once(diary: Diary) -> None:
    def work(which: int) -> None:
        for deed in range(15):
            append_pieces(f"stock_item-{which}-{deed % 3}", 1, 1)
            diary.advance()

    at_once(6, work)

    assert diary.position == 6 * 15 * 2
    assert diary.entries == [(recorded.stream, recorded.version) for recorded in log.read_log()]
    assert max(Counter(diary.entries).values()) == 1


def test_whoever_finds_a_reader_busy_goes_away_at_once(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    diary.advance()
    append_pieces("stock_item-A", 2)
    with transaction.atomic():
        Checkpoint.objects.select_for_update().get(reader=NAME)
        began = time.monotonic()
        assert elsewhere(diary.advance).result(timeout=10) == 0
        assert time.monotonic() - began < 1
    assert diary.advance() == 1


@pytest.mark.parametrize("new", [True, False], ids=["a new reader", "one that has begun"])
def test_whoever_is_busy_looks_after_what_others_were_turned_away_with(diary: Diary, new: bool) -> None:
    if not new:
        diary.advance()
    turned_away: list[int] = []

    def come_too_late() -> None:
        if not turned_away:
            append_pieces("stock_item-B", 1)
            turned_away.append(diary.advance())

    diary.before = lambda _: elsewhere(come_too_late).result()
    append_pieces("stock_item-A", 1)
    assert diary.advance() == 2
    assert turned_away == [0]
    assert diary.entries == [("stock_item-A", 1), ("stock_item-B", 1)]


def test_the_first_ever_to_advance_a_reader_may_be_many() -> None:
    with kept(10) as diary:
        append_pieces("stock_item-A", *range(1, 9))
        moved = at_once(6, lambda _: diary.advance())
        assert sum(moved) == len(diary.entries) == 8


def test_a_reader_that_nobody_knows_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid, match=r"^There is no reader 'nobody'\. There are: .*order_page.*products"):
        subscriptions.advance("nobody")


# What is bad


def test_what_cannot_be_taken_parks_its_own_stream_in_order(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    append_pieces("stock_item-B", 1, 2)
    append_pieces("stock_item-A", POISON, 3)
    append_pieces("stock_item-B", 3)
    append_pieces("stock_item-A", 4)

    assert diary.advance() == diary.position == 7
    assert diary.entries == [("stock_item-A", 1), *(("stock_item-B", version) for version in (1, 2, 3))]
    assert diary.parked == [("stock_item-A", "ValueError: 13 pieces are bad luck"), *[("stock_item-A", "")] * 2]

    append_pieces("stock_item-A", 5)
    append_pieces("stock_item-B", 4)
    assert diary.advance() == 2
    assert diary.entries[-1] == ("stock_item-B", 4)
    assert diary.parked[-1] == ("stock_item-A", "")
    assert len(diary.parked) == 4


def test_every_bad_stream_is_parked_by_itself(diary: Diary) -> None:
    for quantity in (1, POISON, 2):
        for name in "ABC":
            append_pieces(f"stock_item-{name}", quantity)
    append_pieces("stock_item-D", 1, 2)
    diary.advance()
    assert sorted(diary.parked) == sorted(
        (f"stock_item-{name}", error) for name in "ABC" for error in ("ValueError: 13 pieces are bad luck", "")
    )
    assert sorted(diary.entries) == [(f"stock_item-{name}", 1) for name in "ABCD"] + [("stock_item-D", 2)]


def test_what_cannot_be_read_parks_its_own_stream(diary: Diary) -> None:
    append_pieces("stock_item-A", 1)
    (bad,) = append_pieces("stock_item-B", 1)
    append_pieces("stock_item-A", 2)
    make_unreadable(bad)

    assert diary.advance() == 3
    assert diary.entries == [("stock_item-A", 1), ("stock_item-A", 2)]
    ((stream, error),) = diary.parked
    assert stream == "stock_item-B"
    assert "cannot be read" in error


# What is newer


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Have code that knows one schema of StockReceived more."""
    stored = stored_under("StockReceived")

    def now() -> None:
        monkeypatch.setattr(stored, "upcasters", {**stored.upcasters, stored.schema: dict})
        monkeypatch.setattr(stored, "schema", stored.schema + 1)

    yield now
    monkeypatch.undo()
    reading.cache_clear()


def append_newer(stream: str) -> None:
    """Newer code appends an event, in a schema of its own."""
    (event,) = append_pieces(stream, 1)
    make_newer(event)


@pytest.mark.parametrize("quantity", [1, POISON], ids=["in a batch", "one by one"])
def test_what_only_newer_code_can_read_is_left_to_it_and_parks_nothing(
    diary: Diary, deploy: Callable[[], None], caplog: pytest.LogCaptureFixture, quantity: int
) -> None:
    append_pieces("stock_item-A", 1, 1)
    assert diary.advance() == 2
    append_pieces("stock_item-B", quantity)
    append_newer("stock_item-A")
    append_pieces("stock_item-C", 1)
    assert diary.advance() == 0
    assert (diary.position, len(diary.entries), diary.parked) == (2, 2, [])
    (line,) = [each.message for each in caplog.records if each.levelname == "WARNING"]
    assert re.fullmatch(
        r"diary stays where it is: Event \S+ \(StockReceived, schema 2\) cannot be read:"
        r" StockReceived is known up to schema 1; this is schema 2\.",
        line,
    )
    assert next(each for each in standings() if each.reader == NAME).behind == 3

    deploy()
    assert diary.advance() == 3
    assert diary.entries[-2:] == [("stock_item-A", 3), ("stock_item-C", 1)]
    assert len(diary.parked) == (quantity == POISON)


def test_a_terminal_comes_to_rest_before_what_is_newer_and_says_why(diary: Diary) -> None:
    append_newer("stock_item-A")
    out = StringIO()
    call_command("advance", NAME, stdout=out)
    assert out.getvalue() == "diary  at 0, nothing new, 1 behind, as what comes next is known to newer code only\n"


def test_no_table_is_built_by_code_that_does_not_know_all_of_it() -> None:
    append_newer("stock_item-A")
    with pytest.raises(Hindered, match=r"^The log holds what only newer code knows, so products is not rebuilt here"):
        fill(products.PROJECTION, room.NEXT, lambda *_: None)
    forget(products.PROJECTION, room.NEXT)


# What passes


def away(facts: Facts) -> None:
    """The database cannot be reached."""
    raise OperationalError("the database is away")


def cut_off(facts: Facts) -> None:
    """Somebody ends our connection in the middle."""
    rows("SELECT pg_terminate_backend(pg_backend_pid())")


def deadlocked(facts: Facts) -> None:
    """The database chooses us as the victim."""
    rows("DO $$ BEGIN RAISE SQLSTATE '40P01' USING MESSAGE = 'deadlock detected'; END $$")


@pytest.mark.parametrize("trouble", [away, cut_off, deadlocked])
@pytest.mark.parametrize("quantity", [1, POISON], ids=["in a batch", "one by one"])
def test_a_database_in_trouble_parks_nothing(diary: Diary, trouble: Callable[[Facts], None], quantity: int) -> None:
    append_pieces("stock_item-A", 2)
    diary.advance()
    append_pieces("stock_item-B", quantity)
    append_pieces("stock_item-A", 3)
    diary.before = trouble
    with pytest.raises(OperationalError):
        diary.advance()
    assert (diary.position, diary.entries, diary.parked) == (1, [("stock_item-A", 1)], [])

    diary.before = nothing
    assert diary.advance() == 2
    assert ("stock_item-A", 2) in diary.entries
    assert len(diary.parked) == (quantity == POISON)
    connection.close()


def test_one_who_dies_in_the_middle_is_followed_by_another(diary: Diary) -> None:
    append_pieces("stock_item-A", 1, 2, 3)
    diary.before = cut_off
    with pytest.raises(OperationalError):
        elsewhere(diary.advance).result(timeout=10)
    diary.before = nothing
    assert diary.advance() == 3
    assert diary.entries == [("stock_item-A", version) for version in (1, 2, 3)]


# A read model


def test_a_read_model_that_counts_counts_each_event_once() -> None:
    (reader,) = products.PROJECTION.readers()

    def work(which: int) -> None:
        for _ in range(10):
            event = factories.StockReceived.build(sku=f"SKU-{which % 2}", quantity=10**which)
            log.append([log.New(f"stock_item-{which}", [event])], METADATA)
            subscriptions.advance(reader.name)

    at_once(4, work)
    assert dict(Product.objects.values_list("sku", "available")) == {"SKU-0": 1010, "SKU-1": 10100}


def test_a_number_that_no_row_can_hold_parks_its_stream() -> None:
    (reader,) = products.PROJECTION.readers()
    for sku, quantity in (("MUG", 1), ("CUP", 2**32 + 5)):
        event = factories.StockReceived.build(sku=sku, quantity=quantity)
        log.append([log.New(f"stock_item-{sku}", [event])], METADATA)

    assert subscriptions.advance(reader.name) == 2

    assert dict(Product.objects.values_list("sku", "available")) == {"MUG": 1}
    assert list(Parked.objects.values_list("stream", flat=True)) == ["stock_item-CUP"]


def test_what_is_too_large_for_the_database_parks_its_stream_and_no_other(diary: Diary) -> None:
    rows("CREATE UNLOGGED TABLE diary_words (word text PRIMARY KEY)")

    def write_a_long_word(facts: Facts) -> None:
        if any(fact.stream == "stock_item-LONG" for fact in facts):
            rows(
                "INSERT INTO diary_words SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300) n RETURNING 1"
            )

    diary.before = write_a_long_word
    try:
        append_pieces("stock_item-LONG", 1)
        append_pieces("stock_item-X", 2)
        diary.advance()
    finally:
        rows("DROP TABLE diary_words")
    assert diary.entries == [("stock_item-X", 1)]
    [(stream, error)] = diary.parked
    assert stream == "stock_item-LONG"
    assert "index row" in error
