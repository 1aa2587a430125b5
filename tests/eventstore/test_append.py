"""Append: the version that was expected, all or nothing, once for each command."""

from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.db import DatabaseError, transaction
from uuid_utils.compat import uuid7

from eventstore import appending, log
from eventstore.errors import Conflict
from eventstore.log import ANY, NEW, New, ReceiptExists, append, read_stream
from tests.eventstore.pieces import METADATA, append_pieces, by, count, pieces, received
from tests.eventstore.statements import counted
from tests.eventstore.together import at_once, elsewhere, until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def quantities(stream: str) -> list[int]:
    """What was appended to a stream of pieces."""
    return [recorded.event.quantity for recorded in read_stream(stream)]  # type: ignore[attr-defined]  # StockReceived


@pytest.mark.parametrize(("there", "expected"), [(0, NEW), (0, ANY), (1, 1), (3, 3), (3, ANY)])
def test_the_version_that_the_stream_has_can_be_expected(there: int, expected: int | None) -> None:
    for quantity in range(there):
        append_pieces("stock_item-A", quantity)

    ids = append_pieces("stock_item-A", 100, 101, expected=expected)

    last = list(read_stream("stock_item-A", after=there))
    assert [(recorded.id, recorded.version) for recorded in last] == [(ids[0], there + 1), (ids[1], there + 2)]


@pytest.mark.parametrize(("there", "expected"), [(0, 1), (1, NEW), (3, NEW), (3, 1), (3, 2), (3, 4), (3, 2**31 - 2)])
def test_another_version_is_a_conflict_that_carries_what_was_appended_meanwhile(there: int, expected: int) -> None:
    for quantity in range(1, there + 1):
        append_pieces("stock_item-A", quantity)

    with pytest.raises(Conflict) as conflict:
        append_pieces("stock_item-A", 100, expected=expected)

    assert (conflict.value.stream, conflict.value.expected) == ("stock_item-A", expected)
    assert [recorded.version for recorded in conflict.value.meanwhile] == list(range(expected + 1, there + 1))
    assert [recorded.event for recorded in conflict.value.meanwhile] == [*map(received, range(expected + 1, there + 1))]
    assert "stock_item-A" in str(conflict.value)
    assert quantities("stock_item-A") == list(range(1, there + 1))


@pytest.mark.parametrize("late", [0, 1, 2])
def test_several_streams_are_appended_to_all_or_nothing(late: int) -> None:
    append_pieces("stock_item-1", 1)
    expected = [NEW, 1, ANY]
    expected[late] = 7
    news = [pieces(f"stock_item-{place}", 5, 6, expected=version) for place, version in enumerate(expected)]

    with pytest.raises(Conflict) as conflict:
        append(news, METADATA)

    assert conflict.value.stream == f"stock_item-{late}"
    assert [quantities(f"stock_item-{place}") for place in range(3)] == [[], [1], []]
    assert count("eventstore_unnumbered") == 1


def test_several_streams_are_appended_to_in_the_order_they_are_named() -> None:
    ids = append([pieces("stock_item-B", 1, 2), pieces("stock_item-A", 3)], METADATA)

    log.number()

    assert [(recorded.id, recorded.stream, recorded.position) for recorded in log.read_log()] == [
        (ids[0], "stock_item-B", 1),
        (ids[1], "stock_item-B", 2),
        (ids[2], "stock_item-A", 3),
    ]


def test_what_is_recorded_with_an_event_is_read_with_it() -> None:
    metadata = log.Metadata("clara", correlation=uuid7(), causation=uuid7())
    _, receipt = by(uuid7())

    append([pieces("stock_item-A", 1)], metadata, receipt)

    (recorded,) = read_stream("stock_item-A")
    assert (recorded.actor, recorded.correlation) == (metadata.actor, metadata.correlation)
    assert (recorded.causation, recorded.command) == (metadata.causation, receipt.command)
    assert (recorded.name, recorded.schema) == ("StockReceived", 1)


def test_an_append_is_one_statement() -> None:
    append_pieces("stock_item-A", 1)
    with counted() as statements:
        append([pieces("stock_item-A", 2, expected=1), pieces("stock_item-B", 3)], *by(uuid7()))
    assert len(statements) == 1


def test_a_whole_import_is_appended_in_one_batch() -> None:
    append_pieces("stock_item-A", *range(10_000))
    assert quantities("stock_item-A") == list(range(10_000))


# Two at once


def test_whoever_waited_for_a_lost_race_is_told_what_won_it() -> None:
    with transaction.atomic():
        append_pieces("stock_item-A", 1, expected=NEW)
        loser = elsewhere(partial(append_pieces, "stock_item-A", 2, expected=NEW))
        until_blocked()

    with pytest.raises(Conflict) as conflict:
        loser.result(timeout=10)
    assert [recorded.event for recorded in conflict.value.meanwhile] == [received(1)]
    assert quantities("stock_item-A") == [1]


def test_whoever_waited_for_a_race_that_nobody_won_goes_on() -> None:
    with suppress(KeyError), transaction.atomic():
        append_pieces("stock_item-A", 1, expected=NEW)
        other = elsewhere(partial(append_pieces, "stock_item-A", 2, expected=NEW))
        until_blocked()
        raise KeyError

    other.result(timeout=10)
    assert quantities("stock_item-A") == [2]


def test_whoever_expects_any_version_loses_no_race() -> None:
    with transaction.atomic():
        append_pieces("stock_item-A", 1)
        other = elsewhere(partial(append_pieces, "stock_item-A", 2))
        until_blocked()

    other.result(timeout=10)
    assert quantities("stock_item-A") == [1, 2]


def test_a_lost_race_names_the_stream_that_was_late() -> None:
    with transaction.atomic():
        append_pieces("stock_item-B", 1)
        both = [pieces("stock_item-A", 2), pieces("stock_item-B", 2, expected=NEW)]
        loser = elsewhere(lambda: append(both, METADATA))
        until_blocked()

    with pytest.raises(Conflict) as conflict:
        loser.result(timeout=10)
    assert (conflict.value.stream, conflict.value.expected) == ("stock_item-B", NEW)
    assert quantities("stock_item-A") == []


def test_streams_named_in_another_order_are_no_deadlock() -> None:
    there = [pieces(f"stock_item-{name}", 1) for name in "AMZ"]
    with suppress(KeyError), transaction.atomic():
        append_pieces("stock_item-M", 9)
        others = [elsewhere(partial(append, news, METADATA)) for news in (there, there[::-1])]
        until_blocked(2)
        raise KeyError

    for other in others:
        other.result(timeout=10)
    assert [quantities(f"stock_item-{name}") for name in "AMZ"] == [[1, 1]] * 3


def test_of_many_who_create_a_stream_at_once_one_succeeds() -> None:
    def create(which: int) -> bool:
        try:
            return bool(append_pieces("stock_item-A", which, expected=NEW))
        except Conflict as conflict:
            return not conflict.meanwhile

    assert sorted(at_once(8, create)) == [False] * 7 + [True]
    assert len(quantities("stock_item-A")) == 1


# Once for each command


def test_a_command_is_received_once() -> None:
    metadata, receipt = by(uuid7())
    ids = append([pieces("stock_item-A", 1)], metadata, receipt)

    with pytest.raises(ReceiptExists):
        append([pieces("stock_item-B", 1)], metadata, receipt)

    assert log.receipt_of(receipt.command) == msgspec.structs.replace(receipt, events=tuple(ids))
    assert quantities("stock_item-B") == []


def test_of_many_who_send_a_command_at_once_one_succeeds() -> None:
    command = uuid7()

    def send(which: int) -> bool:
        with suppress(ReceiptExists):
            return bool(append([pieces(f"stock_item-{which}", 1)], *by(command)))
        return False

    assert sorted(at_once(8, send)) == [False] * 7 + [True]
    assert count("eventstore_event") == count("eventstore_receipt") == 1


def test_a_receipt_without_events_is_kept_once() -> None:
    refused = log.Receipt(uuid7(), "ReceiveStock", b"digest", "wim", refusal={"sentence": "No.", "values": {"left": 3}})
    assert log.keep(refused)
    assert not log.keep(by(refused.command)[1])
    assert log.receipt_of(refused.command) == refused
    assert log.receipt_of(uuid7()) is None


# Inside a transaction of somebody else's


def lost_race() -> None:
    """Appended too late."""
    append_pieces("stock_item-A", 2, expected=NEW)


def sent_twice(command: UUID) -> None:
    """Received before."""
    append([pieces("stock_item-B", 2)], *by(command))


def test_a_transaction_survives_what_it_could_not_append() -> None:
    command = uuid7()
    append([pieces("stock_item-A", 1)], *by(command))

    with transaction.atomic():
        append_pieces("stock_item-C", 1)
        for deed, error in ((lost_race, Conflict), (partial(sent_twice, command), ReceiptExists)):
            with pytest.raises(error):
                deed()
        append_pieces("stock_item-C", 2, expected=1)

    assert [quantities(f"stock_item-{name}") for name in "ABC"] == [[1], [], [1, 2]]


def test_a_transaction_that_is_rolled_back_has_appended_nothing() -> None:
    command = uuid7()
    with suppress(KeyError), transaction.atomic():
        append([pieces("stock_item-A", 1)], *by(command))
        raise KeyError

    assert [count(f"eventstore_{table}") for table in ("event", "unnumbered", "receipt", "log")] == [0] * 4
    append([pieces("stock_item-A", 2, expected=NEW)], *by(command))


def test_other_faults_of_the_database_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    same: Any = uuid7()
    monkeypatch.setattr(appending, "uuid7", lambda: same)
    append_pieces("stock_item-A", 1)
    with pytest.raises(DatabaseError) as error:
        append([New("stock_item-B", [received()])], METADATA)
    assert not isinstance(error.value, Conflict)
    assert error.value.__cause__ is not error.value
