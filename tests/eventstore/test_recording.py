"""Many events in one statement: each behind what its stream holds, with a cause of its own, in the order given."""

import pytest
from uuid_utils.compat import uuid7

from eventstore import log
from tests.eventstore.pieces import append_pieces, received
from tests.eventstore.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_comes_behind_what_its_stream_holds_and_the_log_has_them_in_the_order_given() -> None:
    append_pieces("stock_item-B", 1, 2)
    causes = [uuid7() for _ in range(4)]
    streams = ("stock_item-B", "stock_item-A", "stock_item-B", "stock_item-A")
    log.record(
        [log.Caused(stream, received(10 + n), causes[n], causes[n - 1]) for n, stream in enumerate(streams)], "tests"
    )
    found = list(log.read_log())[2:]
    assert [(each.stream, each.version) for each in found] == [
        ("stock_item-B", 3),
        ("stock_item-A", 1),
        ("stock_item-B", 4),
        ("stock_item-A", 2),
    ]
    assert [each.event for each in found] == [received(10 + n) for n in range(4)]
    assert [each.correlation for each in found] == causes
    assert [each.causation for each in found] == [causes[n - 1] for n in range(4)]
    assert {(each.actor, each.command) for each in found} == {("tests", None)}


def test_nothing_is_nothing() -> None:
    log.record([], "tests")
    assert log.number() == 0


def test_several_who_record_in_the_same_streams_at_once_do_so_one_after_the_other() -> None:
    streams = [f"stock_item-{n}" for n in range(5)]

    def record(which: int) -> None:
        for place in range(10):
            mine = streams if which % 2 else streams[::-1]
            log.record([log.Caused(stream, received(1 + place), uuid7(), None) for stream in mine], "tests")

    at_once(4, record)
    assert [log.current_version(stream) for stream in streams] == [40] * 5
    assert log.number() == 200
