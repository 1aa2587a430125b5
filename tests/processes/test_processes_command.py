"""`manage.py processes` says how they are and takes what operators decide; `manage.py clock` says what time it is."""

import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from eventstore import clock, log
from eventstore.management.commands.clock import beside_the_database
from eventstore.models import OwedCommand, Parked
from tests.eventstore.pieces import make_newer
from tests.processes.errands import TimeGranted, Weather, first, second
from tests.processes.errands.at_work import (
    begin,
    deploy,
    failing,
    grant,
    happen,
    helped,
    history,
    pass_by,
    rest,
    stands,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

BY = ("--because", "mended", "--by", "olga@example.com")


def manage(*arguments: str) -> str:
    """What a command says."""
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def as_json(*arguments: str) -> list[dict[str, Any]]:
    """What it says to programs."""
    found: list[dict[str, Any]] = json.loads(manage("processes", "--json", *arguments))
    return found


def cells(text: str) -> list[list[str]]:
    """The cells of a table."""
    return [re.split(r" {2,}", line.strip()) for line in text.strip().splitlines()]


def test_a_line_for_each_process() -> None:
    begin("old", "ann", how="not")
    begin("done", "ann")
    rest()
    deploy({1: first, 2: second})
    begin("new", "ann", how="broken")
    rest()
    [head, errand] = cells(manage("processes"))
    assert head == ["process", "running", "for a person", "owed", "asked", "parked", "next deadline", "oldest since"]
    assert errand[:6] == ["errand", "1 of version 1, 1 of version 2, 1 of version 1 at rest", "1", "1", "0", "0"]
    [found] = as_json()
    assert found["at_rest"] == {"1": 1}, "which takes events still, and needs its policy"
    assert (found["running"], found["waiting"], found["owed"]) == ({"1": 1, "2": 1}, 1, 1)
    assert found["oldest"] < found["next_deadline"]


def test_a_process_that_newer_code_has_moved_stands_still_and_says_so() -> None:
    deploy({1: first, 2: second})
    begin("new", "ann", how="not")
    rest()
    assert "stands still" not in manage("processes")
    deploy({1: first})
    begin("later", "ann")
    left = "newer code (version 2) has moved it"
    assert f"errand stands still: {left}, and this code leaves it alone.\n" in manage("processes")
    assert [each["moved_by"] for each in as_json()] == [2]
    assert f"behind, as {left}, which this code leaves alone" in manage("advance", "process:errand")


def test_a_process_before_what_only_newer_code_knows_stands_still_and_says_so() -> None:
    make_newer(happen(TimeGranted(errand="tea", minutes=5)))
    rest()
    assert "errand stands still: what comes next is known to newer code only.\n" in manage("processes")
    assert not Parked.objects.exists()


def test_where_nothing_runs_nothing_waits() -> None:
    [_, errand] = cells(manage("processes"))
    assert errand == ["errand", "none", "0", "0", "0", "0", "–", "–"]
    assert manage("processes", "--failing") == "Everything that was to be sent could be sent.\n"


def test_what_could_not_be_sent_is_listed_with_what_was_said() -> None:
    begin("tea", "ann", how="not")
    begin("wet", "bob", how="broken")
    rest()
    [_, refused, broken] = cells(manage("processes", "--failing"))
    assert refused[:4] == ["errand:tea", "Help", str(failing().command_id), "1"]
    assert refused[5:] == ["waits for a person", "ann is away."]
    assert broken[:2] == ["errand:wet", "Help"]
    assert broken[-1] == "RuntimeError: It rains."
    assert [each["sentence"] for each in as_json("--failing")] == ["ann is away.", "RuntimeError: It rains."]


def test_an_operator_has_a_command_sent_again() -> None:
    begin("tea", "ann", how="not")
    rest()
    OwedCommand.objects.update(content=b'{"helper":"ann","errand":"tea"}')  # who is back
    said = manage("processes", "retry", "errand:tea", str(failing().command_id), *BY)
    assert said == "It will be sent again, under a new id, as soon as errand:tea comes to know.\n"
    rest()
    assert helped() == {"tea ann": 1}
    [retried] = [each for each in history("tea") if each.name == "CommandRetried"]
    assert (retried.actor, retried.event.reason) == ("olga@example.com", "What was wrong is mended.")
    assert retried.command
    assert log.receipt_of(retried.command)


def test_an_operator_has_a_command_skipped_or_the_process_compensate() -> None:
    begin("tea", "ann", how="not")
    begin("coffee", "ann", how="not")
    rest()
    first_id, second_id = (str(each.command_id) for each in OwedCommand.objects.order_by("id"))
    manage("processes", "skip", "errand:tea", first_id, *BY)
    manage("processes", "compensate", "errand:coffee", *BY)
    rest()
    assert not OwedCommand.objects.exists()
    assert (stands("tea"), stands("coffee"), helped()) == ("Called", "GivenUp", {"coffee boss": 1})
    with pytest.raises(CommandError, match="This does not wait for anybody any more"):
        manage("processes", "retry", "errand:tea", second_id, *BY)
    with pytest.raises(CommandError, match="is no id"):
        manage("processes", "retry", "errand:tea", "42", *BY)


@pytest.mark.parametrize("who", ["", "  ", "\n", "olga\x1b[2J", "olga\0", "\ud800", "o" * 201])
@pytest.mark.parametrize("task", [("retry", "NO"), ("skip", "NO"), ("compensate",), ("skip-event", "helper-errands")])
def test_who_decides_has_a_name(task: tuple[str, ...], who: str) -> None:
    begin("tea", "ann", how="not")
    rest()
    how, *about = (part.replace("NO", str(failing().command_id)) for part in task)
    where = "errand" if how == "skip-event" else "errand:tea"
    with pytest.raises(CommandError, match=r"^Who says so has 1 to 200 characters, each of which can be printed\.$"):
        manage("processes", how, where, *about, "--because", "mended", "--by", who)
    rest()
    assert failing().next_try_at is None


def test_an_event_that_a_process_could_not_take_is_taken_after_all_or_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin("tea", "ann", how="not")
    rest()

    def fail(*_: object) -> None:
        raise RuntimeError("out of luck")

    with monkeypatch.context() as patched:
        patched.setattr(first, "react", fail)
        grant("tea", 60)
        grant("tea", 90)
        rest()
        with pytest.raises(CommandError, match=r"\d+ still cannot be taken: RuntimeError: out of luck$"):
            manage("processes", "retry-event", "errand", "helper-errands")
    assert as_json()[0]["parked"] == 2
    assert manage("processes", "--failing").endswith(
        "\nerrand has parked 2 events: manage.py processes parked errand\n"
    )
    head, bad, behind = cells(manage("processes", "parked", "errand"))
    assert head == ["stream", "position", "attempts", "parked at", "why"]
    assert (bad[0], bad[2], bad[4]) == ("helper-errands", "2", "RuntimeError: out of luck")
    assert (behind[2], behind[4]) == ("0", "comes behind it in the stream")
    assert manage("processes", "skip-event", "errand", "helper-errands", *BY).endswith("is left out of errand.\n")
    assert manage("processes", "retry-event", "errand", "helper-errands") == "1 event of helper-errands taken.\n"
    assert list(Parked.objects.values_list("skipped_because", flat=True)) == ["What was wrong is mended."]
    with pytest.raises(CommandError, match=r"^errand has parked nothing of helper-errands\.$"):
        manage("processes", "retry-event", "errand", "helper-errands")
    assert manage("processes", "parked", "errand") == "errand has parked nothing.\n"
    assert "parked" not in manage("processes", "--failing")
    for task in (["retry-event", "party", "helper-errands"], ["parked", "party"]):
        with pytest.raises(CommandError, match="There is no process 'party'"):
            manage("processes", *task)


@pytest.mark.parametrize("instance", ["", "nope:x", "errand:nobody", "errand:a\0b", "errand:\udcff"])
def test_an_instance_that_is_not_there_is_said(instance: str) -> None:
    for what in (("retry", instance, str(uuid4())), ("skip", instance, str(uuid4())), ("compensate", instance)):
        with pytest.raises(CommandError, match=r"^There is no instance '"):
            manage("processes", *what, *BY)


def test_the_clock_of_a_demo_is_moved_forward() -> None:
    Weather.bad = False
    assert re.fullmatch(r"It is \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\n", manage("clock"))
    before = clock.now()
    assert manage("clock", "--forward", "14d").endswith(", 14 days and 0:00:00 ahead of the database's clock.\n")
    assert (clock.now() - before).days == 14
    assert manage("clock", "--forward", "90m").endswith(", 14 days and 1:30:00 ahead of the database's clock.\n")
    pass_by(30)
    assert manage("clock").endswith(", 14 days and 2:00:00 ahead of the database's clock.\n")
    assert beside_the_database(timedelta(days=-7, hours=2)) == ", 6 days and 22:00:00 behind the database's clock"


@pytest.mark.parametrize("nonsense", ["", "d", "14", "-1d", "1.5h", "1w", "９d", "9999999d"])
def test_what_is_no_length_of_time_is_refused(nonsense: str) -> None:
    with pytest.raises(CommandError, match="is no length of time"):
        manage("clock", f"--forward={nonsense}")


def test_the_clock_cannot_be_moved_to_where_nobody_could_bring_it_back_from() -> None:
    with pytest.raises(CommandError, match="up to 2200 only"):
        manage("clock", "--forward", "99999d")


def test_the_clock_of_a_shop_is_shown_only() -> None:
    with override_settings(EVENTSTORE=settings.EVENTSTORE | {"SANDBOX": False}):
        assert manage("clock").startswith("It is ")
        with pytest.raises(CommandError, match="Only the clock of a demo can be moved"):
            manage("clock", "--forward", "14d")
