"""An event moves the instance it belongs to; what that owes is sent once, in its order, whoever else runs."""

import threading

import pytest
from django.db import OperationalError, transaction

from eventstore import bell, log, subscriptions, tasks
from eventstore.models import Checkpoint, DueDeadline, Noticed, OwedCommand, Parked, ProcessInstance
from eventstore.process import deadlines, sending
from eventstore.process.history import Reacted
from eventstore.rows import shape
from tests.eventstore.pieces import count, rows
from tests.eventstore.statements import announced
from tests.eventstore.together import at_once, elsewhere, until_blocked
from tests.processes.errands import Call, ErrandBegun, ErrandCancelled, Helped, Weather, at_work
from tests.processes.errands.at_work import READER, begin, happen, helped, names, owed, reactions, rest, stands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]


def test_what_an_errand_decides_is_sent_once_and_kept_as_its_history() -> None:
    begin("tea", "ann", "bob")
    rest()
    assert helped() == {"tea ann": 1, "tea bob": 1}
    [called, done] = reactions("tea")
    assert [(each.name, each.content["helper"]) for each in called.owes] == [("Help", "ann"), ("Help", "bob")]
    assert ([wait.name for wait in called.waits], done.stops) == (["patience"], ("patience",))
    assert (stands("tea"), ProcessInstance.objects.get().ended) == ("Done", True)
    assert not OwedCommand.objects.exists()
    assert not DueDeadline.objects.exists()


def test_what_was_decided_can_be_traced_from_its_cause_to_its_effect() -> None:
    begin("tea", "ann")
    rest()
    [begun] = [each for each in log.read_log() if each.name == "ErrandBegun"]
    [called, _] = [each for each in at_work.history("tea") if isinstance(each.event, Reacted)]
    [help_given] = [each for each in log.read_log() if isinstance(each.event, Helped)]
    assert (called.event.to, called.causation, called.actor) == (begun.id, begun.id, "process:errand")
    assert (help_given.command, help_given.causation) == (called.event.owes[0].command_id, begun.id)
    assert begun.correlation == called.correlation == help_given.correlation


def test_instances_do_not_get_into_each_others_way() -> None:
    for errand in "abc":
        begin(errand, "ann", errand)
    happen(ErrandCancelled(errand="b"))
    happen(ErrandCancelled(errand="nobody knows this one"))
    rest()
    assert helped() == {f"{errand} {helper}": 1 for errand in "abc" for helper in ("ann", errand)}
    assert [stands(errand) for errand in "abc"] == ["Done", "GivenUp", "Done"]


def test_a_state_its_history_what_it_owes_and_the_checkpoint_are_one_transaction() -> None:
    begin("tea", "ann", "bob")

    def die(statement: str) -> None:
        if "UPDATE" in statement and "eventstore_checkpoint" in statement:
            raise OperationalError("The database is away.")

    with announced(die), pytest.raises(OperationalError):
        subscriptions.advance(READER)
    assert [count(model._meta.db_table) for model in (ProcessInstance, Noticed, OwedCommand, DueDeadline)] == [0] * 4
    assert names("tea") == []
    rest()
    assert helped() == {"tea ann": 1, "tea bob": 1}


def test_a_command_is_sent_and_no_longer_owed_or_neither_of_both() -> None:
    begin("tea", "ann")
    subscriptions.advance(READER)

    def die(statement: str) -> None:
        if "DELETE" in statement and "eventstore_owed_command" in statement:
            raise OperationalError("The database is away.")

    with announced(die), pytest.raises(OperationalError):
        sending.send_owed()
    assert (helped(), len(owed())) == ({}, 1)
    rest()
    assert (helped(), owed()) == ({"tea ann": 1}, [])


def test_two_workers_do_it_once() -> None:
    for number in range(12):
        begin(f"errand {number}", "ann", "bob", "cat")
    at_once(4, lambda _: tasks.carry(READER))
    rest()
    assert helped() == {f"errand {number} {helper}": 1 for number in range(12) for helper in ("ann", "bob", "cat")}
    assert [len(reactions(f"errand {number}")) for number in range(12)] == [2] * 12


def test_addressees_are_held_in_one_order_so_that_who_sends_waits_for_nobody_who_waits_for_them() -> None:
    begin("tea", "cat", "ann", "bob")
    subscriptions.advance(READER)
    assert sending.send_some() == 3
    told = [each.stream for each in log.read_log() if each.name == "Helped"]
    assert told == ["helper-ann", "helper-bob", "helper-cat"]


def test_what_is_sent_together_is_sent_by_itself_where_one_of_it_fails() -> None:
    begin("tea", "ann", "bob", how="broken")
    begin("coffee", "cat")
    subscriptions.advance(READER)
    assert sending.send_some() == 3
    assert helped() == {"coffee cat": 1}
    assert [(to, tries) for to, tries, _ in owed()] == [("helper-ann", 1), ("helper-bob", 1)]


def test_who_sends_ends_in_time_and_leaves_the_rest_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SHARE", -1.0)
    begin("tea", "ann", "bob", "cat")
    subscriptions.advance(READER)
    assert sending.send_some() == 1
    assert (helped(), len(owed())) == ({"tea ann": 1}, 2)


def test_who_comes_while_a_command_is_being_sent_takes_another_one() -> None:
    begin("tea", "ann", "bob")
    subscriptions.advance(READER)
    first, second = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            assert sending.claimed(1)
            first.set()
            assert second.wait(30)

    holding = elsewhere(hold)
    assert first.wait(30)
    assert sending.send_owed() == 1
    assert helped() == {"tea bob": 1}
    second.set()
    holding.result()
    assert sending.send_owed() == 1


def test_one_and_the_same_addressee_is_told_in_order_also_where_something_fails() -> None:
    Weather.bad = True
    calls = Call(helper="ann", how="broken"), Call(helper="ann"), Call(helper="bob")
    happen(ErrandBegun(errand="tea", calls=calls))
    rest()
    assert helped() == {"tea bob": 1}
    Weather.bad = False
    at_work.pass_by(2)
    rest()
    assert helped() == {"tea ann": 2, "tea bob": 1}


def test_a_reader_that_begins_anew_finds_what_it_noticed_and_does_nothing_twice() -> None:
    begin("tea", "ann", "bob")
    rest()
    Checkpoint.objects.filter(reader=READER).update(position=0)
    rest()
    assert helped() == {"tea ann": 1, "tea bob": 1}
    assert len(reactions("tea")) == 2
    assert not Parked.objects.exists()


def test_a_share_of_time_that_is_used_up_lets_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(tasks, "SHARE", 0.0)
    monkeypatch.setattr(bell, "ring", rung.extend)
    begin("tea", "ann", "bob")
    tasks.carry(READER)
    assert (helped(), rung[-1]) == ({}, READER)
    monkeypatch.setattr(tasks, "SHARE", 60.0)
    tasks.carry(READER)
    assert helped() == {"tea ann": 1, "tea bob": 1}


def test_who_sends_holds_up_no_reader() -> None:
    begin("tea", "ann")
    subscriptions.advance(READER)
    held, done = threading.Event(), threading.Event()

    def hold_the_helper() -> None:
        with transaction.atomic():
            happen(Helped(helper="ann", errand="other"), "helper-ann")
            held.set()
            assert done.wait(30)

    holding = elsewhere(hold_the_helper)
    assert held.wait(30)
    slow = elsewhere(sending.send_owed)
    until_blocked()
    begin("coffee", "bob")
    assert subscriptions.advance(READER) > 0
    assert sending.send_owed() == 1
    assert helped() == {"coffee bob": 1}
    done.set()
    holding.result()
    assert slow.result() >= 1


def plan(model: type[OwedCommand | DueDeadline], rest: str) -> str:
    """How the database goes about reading these rows."""
    return "\n".join(line for (line,) in rows(f"EXPLAIN {shape(model).select}{rest.replace('%s', '1')}"))


def test_who_looks_for_what_is_due_reads_nothing_that_is_not() -> None:
    rows("SET enable_seqscan = off")
    assert "Index Cond: (due_at <= " in plan(DueDeadline, deadlines.DUE)
    assert "Index Cond: (next_try_at <= " in plan(OwedCommand, sending.DUE)
    rows("RESET enable_seqscan")
