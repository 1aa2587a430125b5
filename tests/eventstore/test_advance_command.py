"""`manage.py advance`: what a worker does when the bell rings, without Celery or Redis."""

from collections.abc import Callable, Sequence
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from eventstore import bell, log, readers, steering, subscriptions
from eventstore.log import Recorded
from eventstore.models import Checkpoint
from eventstore.readers import Reader, reader_named
from orders.domain.stock_item import StockReceived
from tests.eventstore.pieces import append_pieces
from tests.eventstore.together import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

type Take = Callable[[Sequence[Recorded[Any]]], None]


def ignore(_events: Sequence[Recorded[Any]]) -> None:
    """Take events, and do nothing."""


def refuse(_events: Sequence[Recorded[Any]]) -> None:
    """Take no event."""
    raise ValueError("It cannot be.")


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let nobody follow the log but readers of these names, each with what it does."""

    def only(**takes: Take) -> None:
        known = {name: Reader(name, wants=[StockReceived], take=take) for name, take in takes.items()}
        for module in readers, steering, bell:
            monkeypatch.setattr(module, "readers", lambda: known)
        monkeypatch.setattr("eventstore.rest.readers", lambda: known)

    return only


def advance(*names: str) -> list[str]:
    """The lines that `manage.py advance` prints."""
    out = StringIO()
    call_command("advance", *names, stdout=out)
    return out.getvalue().splitlines()


def test_all_readers_go_to_the_end_of_the_log(follow: Callable[..., None]) -> None:
    follow(counts=ignore, lists=ignore)
    append_pieces("stock_item-A", 1, 2, 3)
    assert advance() == ["counts  at 3, 3 further", "lists   at 3, 3 further"]
    append_pieces("stock_item-A", 4)
    assert advance() == ["counts  at 4, 1 further", "lists   at 4, 1 further"]
    assert advance() == ["counts  at 4, nothing new", "lists   at 4, nothing new"]


def test_only_the_named_readers_go_on(follow: Callable[..., None]) -> None:
    follow(counts=ignore, lists=ignore)
    append_pieces("stock_item-A", 1)
    assert advance("lists", "lists") == ["lists  at 1, 1 further"]
    assert [standing.behind for standing in steering.standings()] == [1, 0]


def test_an_unknown_reader_gets_a_sentence_and_nobody_moves(follow: Callable[..., None]) -> None:
    follow(counts=ignore, lists=ignore)
    append_pieces("stock_item-A", 1)
    with pytest.raises(CommandError, match=r"^There is no reader 'nobody'\. There are: counts, lists\.$") as error:
        advance("counts", "nobody")
    assert error.value.returncode == 1
    assert [standing.behind for standing in steering.standings()] == [1, 1]


def test_what_one_reader_appends_another_one_reads_too(follow: Callable[..., None]) -> None:
    def answer(events: Sequence[Recorded[Any]]) -> None:
        if events[0].stream == "stock_item-A":
            append_pieces("stock_item-B", 1)

    follow(answers=answer, last=ignore)
    append_pieces("stock_item-A", 1)
    assert advance("last", "answers") == ["answers  at 2, 2 further", "last     at 2, 2 further"]


def test_who_is_paused_held_by_another_or_has_parked_events_is_told_so(follow: Callable[..., None]) -> None:
    follow(held=ignore, paused=ignore, stumbles=refuse)
    append_pieces("stock_item-A", 1, 2)
    steering.pause("paused")
    subscriptions.advance("held")
    append_pieces("stock_item-A", 3)
    with transaction.atomic():
        subscriptions.fence(reader_named("held"))
        lines = elsewhere(advance).result(timeout=30)
    assert lines == [
        "held      at 2, nothing new, 1 behind, as somebody else is moving it",
        "paused    at 0, paused, 3 behind",
        "stumbles  at 3, 3 further, 3 parked",
    ]


def test_a_reader_that_waits_to_be_built_anew_is_told_so(follow: Callable[..., None]) -> None:
    follow(counts=ignore)
    append_pieces("stock_item-A", 1)
    Checkpoint.objects.create(reader="counts", version=7)
    assert advance() == ["counts  at 0, nothing new, 1 behind until it is built anew, as what is there is of version 7"]


def test_follow_goes_on_until_ctrl_c(follow: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    follow(counts=ignore, lists=ignore)
    append_pieces("stock_item-A", 1)
    pauses = iter((partial(append_pieces, "stock_item-A", 2), log.number))

    def pause() -> None:
        deed = next(pauses, None)
        if deed is None:
            raise KeyboardInterrupt
        deed()

    monkeypatch.setattr("eventstore.management.commands.advance.pause", pause)
    assert advance("lists", "--follow") == ["lists  at 1, 1 further", "lists  at 2, 1 further"]
