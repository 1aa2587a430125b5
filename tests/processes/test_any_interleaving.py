"""However facts are split into batches, and whenever somebody sends or fires in between: the end is the same."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore import log, subscriptions
from eventstore.models import Checkpoint, DueDeadline, Noticed, OwedCommand, Parked, ProcessInstance
from eventstore.process import deadlines, sending
from eventstore.process.decisions import differences
from eventstore.process.history import Reacted
from eventstore.process.rebuilding import rebuild
from eventstore.process.runtime import process_named
from eventstore.readers import readers
from tests.log_room import empty
from tests.processes.errands import Call, ErrandBegun, ErrandCancelled, Helped, TimeGranted, Weather, first
from tests.processes.errands.at_work import READER, deploy, happen, pass_by, reactions, rest, stands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

ERRANDS = ("a", "b")
FACTS = st.one_of(
    st.builds(
        ErrandBegun,
        errand=st.sampled_from(ERRANDS),
        calls=st.lists(
            st.builds(Call, helper=st.sampled_from(["ann", "bob"]), how=st.sampled_from(["gladly", "gently"])),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
    st.builds(TimeGranted, errand=st.sampled_from(ERRANDS), minutes=st.sampled_from([20, 40])),
    st.builds(ErrandCancelled, errand=st.sampled_from(ERRANDS)),
    st.builds(Helped, helper=st.sampled_from(["ann", "bob"]), errand=st.sampled_from(ERRANDS)),
)
WORK = ["send", "send some", "fire", "fire some", "wait", "rest"]
STEPS = st.lists(
    st.one_of(FACTS, st.integers(1, 4), st.sampled_from(WORK)),
    min_size=5,
    max_size=30,
)


def begin_anew() -> None:
    """A log in which nothing has happened."""
    empty()
    for model in (Checkpoint, DueDeadline, Noticed, OwedCommand, Parked, ProcessInstance):
        model.objects.all().delete()
    Weather.bad = False
    deploy({1: first})


def take(step: Any) -> None:
    """One step of anybody: a fact, so many positions read at a time, a command sent, a deadline fired, time passed."""
    reader = readers()[READER]
    match step:
        case int():
            reader.batch = step
            subscriptions.begin(reader)
            subscriptions.step(reader, log.number())
        case "send":
            sending.send_some(1)
        case "send some":
            sending.send_some()
        case "fire":
            deadlines.fire_some(1)
        case "fire some":
            deadlines.fire_some()
        case "wait":
            pass_by(15)
        case "rest":
            rest()
        case fact:
            happen(fact)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_nothing_is_lost_or_doubled_in_any_interleaving(steps: list[Any]) -> None:
    begin_anew()
    for step in steps:
        take(step)
    pass_by(120)
    rest()
    begun = {each.event.errand for each in log.read_log() if isinstance(each.event, ErrandBegun)}
    assert not OwedCommand.objects.exists()
    assert not DueDeadline.objects.exists()
    assert not Parked.objects.exists()
    for errand in begun:
        decided = reactions(errand)
        assert stands(errand) in ("Done", "GivenUp")
        assert len({each.to for each in decided}) == len(decided)
        owed = [command for each in decided for command in each.owes]
        assert all(log.receipt_of(command.command_id) for command in owed)
    sent = Counter(each.command for each in log.read_log() if isinstance(each.event, Helped) and each.command)
    assert set(sent.values()) <= {1}
    process = process_named("errand")
    assert list(differences(process)) == []
    assert [each for each in rebuild(process) if each.differed] == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, min_size=3, max_size=12), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_any_split_of_the_facts_comes_to_the_same_end(facts: list[Any], batches: list[int]) -> None:
    ends = []
    for sizes in ([500], batches):
        begin_anew()
        for fact in facts:
            happen(fact)
        for place in range(60):
            take(sizes[place % len(sizes)])
        ends.append(end())
    assert ends[0] == ends[1]


def end() -> dict[str, Any]:
    """What has become of each errand, but for ids and times: where it stands, and what it has decided, step by step."""
    return {errand: (stands(errand), [*map(words, decided)]) for errand in ERRANDS if (decided := reactions(errand))}


def words(decided: Reacted) -> tuple[Any, ...]:
    """A decision, but for ids and times."""
    return [owed.content for owed in decided.owes], [wait.name for wait in decided.waits], decided.stops
