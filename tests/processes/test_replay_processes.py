"""Replay of processes: states are made again, decisions are held against today's code, and nothing gets out."""

from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from eventstore import subscriptions
from eventstore.models import DueDeadline, Noticed, OwedCommand, Parked, ProcessInstance
from eventstore.process import Do, Send, decisions
from eventstore.readers import readers
from tests.eventstore.pieces import count, rows
from tests.processes.errands import Help, TimeGranted, Wanted, first, second
from tests.processes.errands.at_work import READER, begin, deploy, grant, pass_by, rest
from tests.projections.tripwire import tripwire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

SAME = "errand: today's code decides as it is recorded.\n"


def trade() -> None:
    """Errands of every kind: done, given up, waiting for time, for a person, and for a next try."""
    begin("late", "ann", "bob", how="gently")
    rest()
    pass_by(31)
    begin("done", "ann", "bob")
    begin("waiting", "ann", how="gently")
    begin("refused", "ann", how="not")
    begin("wet", "ann", how="broken")
    rest()
    grant("waiting", 60)
    rest()


def manage(*arguments: str) -> str:
    """What `manage.py replay` says."""
    out = StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue()


def failing(*arguments: str) -> tuple[str, str]:
    """What it says, and with which fault it ends."""
    out = StringIO()
    with pytest.raises(CommandError) as fault:
        call_command("replay", *arguments, stdout=out)
    return out.getvalue(), str(fault.value)


def kept() -> list[list[tuple[Any, ...]]]:
    """All that is kept of processes."""
    models = (ProcessInstance, Noticed, OwedCommand, DueDeadline)
    return [rows(f"SELECT * FROM {model._meta.db_table} ORDER BY 1") for model in models]


def test_all_states_are_made_again_and_nothing_gets_out() -> None:
    trade()
    before, events, receipts = kept(), count("eventstore_event"), count("eventstore_receipt")
    with tripwire() as tried:
        said = manage("--processes")
        assert manage("--decisions") == SAME
    assert tried == []
    assert said == "errand: 5 of its instances made again of what they noticed; 0 differed.\n"
    assert (kept(), count("eventstore_event"), count("eventstore_receipt")) == (before, events, receipts)


def test_what_differed_is_reported_and_put_right() -> None:
    trade()
    before = kept()
    ProcessInstance.objects.filter(key="late").update(state=b'{"type":"Done"}')
    ProcessInstance.objects.filter(key="waiting").update(waits={})
    ProcessInstance.objects.filter(key="wet").update(shape="of former code", state=b"{}")
    ProcessInstance.objects.filter(key="done").delete()
    assert manage("--processes", "errand").splitlines() == [
        "errand:done differed: missing.",
        "errand:late differed: state.",
        "errand:waiting differed: waits.",
        "errand:wet differed: state.",
        "errand: 5 of its instances made again of what they noticed; 4 differed.",
    ]
    assert kept() == before


def test_a_lost_instance_goes_on_under_its_version() -> None:
    trade()
    deploy({1: first, 2: second})
    ProcessInstance.objects.all().delete()
    manage("--processes")
    assert set(ProcessInstance.objects.values_list("version", flat=True)) == {1}


def test_a_process_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"There is no process 'party'\. There are: errand\."):
        manage("--processes", "party")


def test_code_that_decides_as_before_differs_in_nothing() -> None:
    trade()
    deploy({1: first, 2: second})
    begin("new", "ann")
    rest()
    assert manage("--decisions") == SAME


def test_every_decision_that_would_be_another_one_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    begin("tea", "ann")
    rest()
    react = first.react

    def boss_instead(before: first.Errand, event: Wanted, after: first.Errand, at: datetime) -> Sequence[Do]:
        todo = react(before, event, after, at)
        return [Send(Help(helper="boss", errand="tea")) if isinstance(each, Send) else each for each in todo]

    monkeypatch.setattr(first, "react", boss_instead)
    said, fault = failing("--decisions")
    assert fault == "Today's code would decide otherwise 1 times."
    lines = said.splitlines()
    assert lines[0] == "errand:tea on ErrandBegun at position 1"
    assert lines[1] == '  recorded  send Help {"helper":"ann","errand":"tea","how":"gladly"}'
    assert lines[2].startswith("  recorded  wait for patience until ")
    assert lines[3] == '  today     send Help {"helper":"boss","errand":"tea","how":"gladly"}'
    assert lines[4].startswith("  today     wait for patience until ")
    assert lines[5] == "errand: today's code decides otherwise 1 times."


def test_what_would_be_decided_where_nothing_was_and_nothing_where_something_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin("tea", "ann", "bob")
    rest()
    monkeypatch.setattr(first, "react", lambda *_: [Send(Help(helper="x", errand="tea"))])
    said, _ = failing("--decisions")
    assert said.count("errand:tea on ") == 3
    assert "  recorded  nothing\n" in said
    monkeypatch.setattr(first, "react", lambda *_: [])
    said, _ = failing("--decisions")
    assert "  today     nothing\n" in said
    assert "  recorded  no longer wait for patience\n" not in said  # which is the runtime's, as the errand ends


def test_a_policy_that_would_fail_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    begin("tea", "ann")
    rest()

    def fail(*_: object) -> Sequence[Do]:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(first, "react", fail)
    said, _ = failing("--decisions")
    assert "  today     fails with RuntimeError: out of luck\n" in said


def test_a_version_that_instances_still_need_is_missed() -> None:
    begin("tea", "ann", how="not")
    rest()
    deploy({2: second})
    said, _ = failing("--decisions")
    assert "errand:tea\n" in said
    assert "version 1, which is not in the code" in said


def test_what_todays_code_wants_and_nobody_noticed_is_listed_and_no_other_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin("tea", "ann", how="not")
    rest()
    reader = readers()[READER]
    monkeypatch.setattr(reader, "wants", reader.wants - {TimeGranted})  # as it is in former code
    grant("tea", 90)
    rest()
    said = manage("--decisions")
    assert "errand:tea on TimeGranted at position" in said
    assert "  recorded  nothing, as it was not noticed\n  today     it would be noticed\n" in said
    assert said.endswith("errand: today's code decides as it is recorded; it wants 1 event that nobody was told of.\n")

    monkeypatch.setattr(first, "react", lambda *_: [])
    said, fault = failing("--decisions")
    assert "otherwise 1 times; it wants 1 event that nobody was told of.\n" in said
    assert fault == "Today's code would decide otherwise 1 times."


def test_what_is_parked_or_not_read_yet_is_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    begin("tea", "ann", how="not")
    rest()

    def fail(*_: object) -> Sequence[Do]:
        raise RuntimeError("out of luck")

    with monkeypatch.context() as patched:
        patched.setattr(first, "react", fail)
        grant("tea", 90)
        subscriptions.advance(READER)
    assert Parked.objects.count() == 1
    grant("tea", 100)
    assert manage("--decisions") == SAME


@pytest.mark.parametrize("asked", ["Checkpoint", "Parked", "Noticed"])
def test_a_reader_that_moves_meanwhile_is_no_difference(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    begin("tea", "ann", how="gently")
    rest()

    class Meanwhile:
        """Something happens to the instance, and another one begins, just before this is asked for."""

        kind = getattr(decisions, asked)

        @property
        def objects(self) -> Any:
            grant("tea", 60)
            begin("cake", "bob")
            rest()
            monkeypatch.setattr(decisions, asked, self.kind)
            return self.kind.objects

    monkeypatch.setattr(decisions, asked, Meanwhile())
    assert manage("--decisions") == SAME
    assert getattr(decisions, asked) is Meanwhile.kind
