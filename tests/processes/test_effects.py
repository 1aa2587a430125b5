"""What is asked of another system is asked once, outside of any transaction, and asked about when nobody knows."""

import hmac
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from redis import Redis

from accounts.domain.address import Address
from eventstore import clock, log, subscriptions, tasks
from eventstore.effects import asking, borders, outbox, systems
from eventstore.errors import Conflict, Invalid
from eventstore.messages import Command, Request
from eventstore.models import Border, Effect
from eventstore.process import rebuilding, runtime
from eventstore.process.history import CommandFailed, CompensateProcess, RetryCommand, SkipCommand
from eventstore.process.overview import failing, overviews
from eventstore.process.secrecy import ask_open_request
from tests.eventstore.together import elsewhere
from tests.processes.errands import Call, ErrandBegun, Write
from tests.processes.errands.at_work import (
    READER,
    begin,
    happen,
    helped,
    history,
    names,
    pass_by,
    reactions,
    rest,
    stands,
    steer,
)
from tests.processes.errands.post import Post, delivered

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

WHY = "Somebody has looked."


def write(*helpers: str, errand: str = "tea") -> None:
    """An errand begins for which these helpers are written to."""
    begin(errand, *helpers, how="by_letter", minutes=6000)


def missed() -> int:
    """How often the business was told that nobody knows."""
    return sum(each.name == "HelperMissed" for each in log.read_log())


def waiting_in(process: str) -> int:
    """How many instances of a process wait for a person, as operators see it."""
    [found] = [each for each in overviews() if each.process == process]
    return found.waiting


def waiting() -> Effect:
    """What has no answer yet."""
    return Effect.objects.get()


def border() -> borders.Standing:
    """How the border to the post is."""
    [found] = borders.standings()
    return found


@pytest.fixture
def expiring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lease is over at once."""
    monkeypatch.setattr(outbox, "LEASE", timedelta(0))


def test_what_is_asked_is_stored_with_the_decision_and_answered_by_a_command() -> None:
    write("ann")
    rest()
    [asked] = reactions("tea")[0].asks
    assert (asked.system, asked.name, asked.content) == ("post", "Write", {"helper": "ann", "errand": "tea"})
    assert (delivered(), helped(), Post.asked) == ({"tea ann": 1}, {"tea ann": 1}, ["ask ann"])
    assert names("tea") == ["Reacted", "RequestAnswered", "Reacted"]
    assert (stands("tea"), Effect.objects.count()) == ("Done", 0)
    [help_given] = [each for each in log.read_log() if each.name == "Helped"]
    [begun] = [each for each in log.read_log() if each.name == "ErrandBegun"]
    assert (help_given.actor, help_given.causation) == ("system:post", begun.id)
    assert [letter.name for letter in Post.letters.iterdir()] == [str(asked.command_id)]


def test_a_call_is_made_outside_of_any_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def ask(self: Post, request: Write, key: object) -> list[Command]:
        seen.append(connection.in_atomic_block)
        return self.delivered(request)

    monkeypatch.setattr(Post, "ask", ask)
    write("ann")
    rest()
    assert seen == [False]


def test_what_may_have_arrived_is_asked_about_before_it_is_asked_again() -> None:
    Post.mood = "silent"
    write("ann")
    rest()
    assert (delivered(), helped(), missed()) == ({"tea ann": 1}, {}, 1)
    Post.mood = "well"
    pass_by(1)
    rest()
    assert Post.asked == ["ask ann", "find out ann"]
    assert (delivered(), helped(), missed()) == ({"tea ann": 1}, {"tea ann": 1}, 1)


def test_what_surely_did_not_arrive_is_asked_again_with_the_same_key() -> None:
    Post.mood = "deaf"
    write("ann")
    rest()
    Post.mood = "well"
    pass_by(1)
    rest()
    assert Post.asked == ["ask ann", "find out ann", "ask ann"]
    assert (delivered(), helped()) == ({"tea ann": 1}, {"tea ann": 1})


def test_a_system_that_is_away_for_a_day_has_nobody_look() -> None:
    Post.mood = "closed"
    write("ann")
    for _ in range(40):
        rest()
        pass_by(2)
    assert (names("tea"), waiting().attempts, waiting().unsure) == (["Reacted"], 0, False)
    assert border().circuit in ("open", "half open")
    Post.mood = "well"
    rest()
    pass_by(2)
    rest()
    assert helped() == {"tea ann": 1}
    assert "find out ann" not in Post.asked


def until_it_is_not_tried_any_more() -> None:
    """Time passes until there were as many attempts as there can be."""
    for _ in range(3 * asking.ATTEMPTS):
        rest()
        pass_by(11)


def test_what_is_never_answered_waits_for_a_person_in_the_end() -> None:
    Post.mood = "deaf"
    write("ann")
    until_it_is_not_tried_any_more()
    tried = [each.event for each in history("tea") if isinstance(each.event, CommandFailed)]
    assert [each.attempt for each in tried] == list(range(1, asking.ATTEMPTS + 1))
    assert [each.next_try_at is None for each in tried] == [False] * (asking.ATTEMPTS - 1) + [True]
    [shown] = failing()
    assert (shown.instance, shown.name, shown.sentence) == ("errand:tea", "Write", "Unanswered: Nobody answers.")
    assert (waiting_in("errand"), border().for_a_person, missed()) == (1, 1, 1)


def test_a_new_secret_key_does_not_keep_what_is_never_answered_from_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    Post.mood = "deaf"
    write("ann")
    rest()
    monkeypatch.setattr("eventstore.dispatch._digesting", lambda _: hmac.new(b"another", digestmod="sha256"))
    until_it_is_not_tried_any_more()
    [shown] = failing()
    assert (shown.name, shown.sentence, waiting().attempts) == ("Write", "Unanswered: Nobody answers.", asking.ATTEMPTS)
    assert missed() == 1


def waits_for_a_person() -> Effect:
    """A letter that could not be written, and why."""
    Post.mood = "broken"
    write("ann", "bob")
    rest()
    return Effect.objects.get(next_try_at=None)


def test_what_is_wrong_with_a_request_waits_for_a_person_at_once_and_holds_up_what_is_behind_it() -> None:
    assert waits_for_a_person().error == "RuntimeError: No stamps."
    Post.mood = "well"
    pass_by(20)
    rest()
    assert (helped(), Effect.objects.count()) == ({}, 2)


def test_a_person_has_it_retried_under_the_same_key() -> None:
    key, Post.mood = waits_for_a_person().key, "well"
    steer(RetryCommand(instance="errand:tea", command_id=key, reason=WHY))
    Post.mood = "well"
    rest()
    assert (helped(), delivered()) == ({"tea ann": 1, "tea bob": 1}, {"tea ann": 1, "tea bob": 1})
    assert Post.asked[:3] == ["ask ann", "find out ann", "ask ann"]
    assert str(key) in {letter.name for letter in Post.letters.iterdir()}


def test_a_person_has_it_skipped() -> None:
    failed = waits_for_a_person()
    steer(SkipCommand(instance="errand:tea", command_id=failed.command_id, reason=WHY))
    Post.mood = "well"
    rest()
    assert helped() == {"tea bob": 1}


def test_a_person_has_the_process_undo_what_it_did() -> None:
    waits_for_a_person()
    steer(CompensateProcess(instance="errand:tea", reason=WHY, undoes=True))
    Post.mood = "well"
    rest()
    assert stands("tea") == "GivenUp"
    assert helped() == {"tea boss": 1, "tea bob": 1}


def test_an_answer_that_the_business_refuses_waits_for_a_person_and_can_be_retried() -> None:
    Post.mood = "odd"
    write("ann")
    rest()
    assert (waiting().error, waiting().refused) == ("ann is away.", True)
    assert names("tea")[-1] == "CommandRefused"
    Post.mood = "well"
    steer(RetryCommand(instance="errand:tea", command_id=waiting().command_id, reason=WHY))
    rest()
    assert (helped(), Effect.objects.count()) == ({"tea ann": 1}, 0)


def test_who_comes_too_late_with_an_answer_leaves_it_to_whoever_has_the_lease(expiring: None) -> None:
    write("ann")
    runtime_moves()
    slow = outbox.claim("post")
    assert slow
    assert not slow.unsure
    rest()
    asking.ask(Post(), slow)
    assert (helped(), delivered(), names("tea").count("RequestAnswered")) == ({"tea ann": 1}, {"tea ann": 1}, 1)


def test_what_a_dead_worker_may_have_asked_is_asked_about(expiring: None) -> None:
    write("ann")
    runtime_moves()
    assert outbox.claim("post")
    rest()
    assert Post.asked == ["find out ann", "ask ann"]


def test_what_is_claimed_is_claimed_by_nobody_else_and_never_more_than_a_few_at_once() -> None:
    for number in range(outbox.AT_ONCE + 2):
        write("ann", errand=f"tea {number}")
    runtime_moves()
    claimed = [outbox.claim("post") for _ in range(outbox.AT_ONCE + 1)]
    assert len({each.key for each in claimed if each}) == outbox.AT_ONCE
    assert claimed[-1] is None
    assert border().in_flight == outbox.AT_ONCE


def runtime_moves() -> None:
    """The process decides, and nothing is asked yet."""
    subscriptions.advance(READER)


def test_a_system_that_fails_again_and_again_is_left_alone_and_then_tried_by_one() -> None:
    Post.mood = "deaf"
    for number in range(12):
        write("ann", errand=f"tea {number}")
    rest()
    assert len(Post.asked) == borders.FAILURES
    assert (border().circuit, border().requests, border().errors) == ("open", borders.FAILURES, borders.FAILURES)
    pass_by(1)
    assert border().circuit == "half open"
    probe = outbox.claim("post")
    assert probe
    assert outbox.claim("post") is None
    Post.mood = "well"
    asking.ask(Post(), probe)
    rest()
    pass_by(1)
    rest()
    assert (border().circuit, Effect.objects.count(), set(helped().values())) == ("closed", 0, {1})


def test_a_system_that_has_been_away_for_days_is_still_tried_now_and_then() -> None:
    Post.mood = "closed"
    write("ann")
    rest()
    Border.objects.update(failures=2000)
    for _ in range(2):
        pass_by(3)
        rest()
    assert (len(Post.asked), waiting().attempts, waiting().token, border().circuit) == (3, 0, None, "open")
    Post.mood = "well"
    pass_by(3)
    rest()
    assert (border().circuit, helped(), Border.objects.get().failures) == ("closed", {"tea ann": 1}, 0)


def test_a_system_that_is_not_connected_leaves_everything_waiting() -> None:
    found = systems()
    post = found.pop("post")
    write("ann")
    rest()
    pass_by(5)
    assert (border().connected, border().waiting, border().oldest_seconds > 290) == (False, 1, True)
    with pytest.raises(Invalid, match="No system 'post' is connected"):
        asking.ask_all("post")
    found["post"] = post
    rest()
    assert helped() == {"tea ann": 1}


def test_a_database_that_goes_away_during_a_call_loses_nothing(monkeypatch: pytest.MonkeyPatch, expiring: None) -> None:
    def away(*_: object) -> None:
        raise OperationalError("The database is away.")

    write("ann")
    with monkeypatch.context() as patch:
        patch.setattr(Post, "ask", away)
        with pytest.raises(OperationalError):
            rest()
    rest()
    assert (helped(), delivered()) == ({"tea ann": 1}, {"tea ann": 1})


def test_the_bell_rings_for_a_system_in_a_queue_of_its_own_and_for_company_where_there_is_more() -> None:
    redis = Redis.from_url(settings.CELERY_BROKER_URL)
    for number in range(3):
        write("ann", errand=f"tea {number}")
    redis.flushdb()
    tasks.carry(READER)
    assert redis.llen("systems") == 1
    claimed = outbox.claim("post")
    assert claimed
    tasks.ask("post")
    assert redis.llen("systems") == 2
    redis.flushdb()
    tasks.tick()
    assert redis.llen("systems") == 1


def test_a_slow_system_holds_up_no_other_work() -> None:
    """While one hangs, everything else moves: nothing is locked that anybody else needs."""
    began, go_on = threading.Event(), threading.Event()

    def ask(self: Post, request: Write, key: object) -> list[Command]:
        began.set()
        assert go_on.wait(10)
        return self.delivered(request)

    write("ann", errand="slow")
    runtime_moves()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Post, "ask", ask)
        asked = elsewhere(asking.ask_everybody)
        assert began.wait(10)
        begin("quick", "bob")
        pass_by(1)
        tasks.carry(READER)
        assert helped() == {"quick bob": 1}
        go_on.set()
        asked.result(10)
    rest()
    assert helped() == {"quick bob": 1, "slow ann": 1}


def test_replay_asks_nothing() -> None:
    write("ann")
    Post.mood = "silent"
    rest()
    rows, asked = list(Effect.objects.values()), list(Post.asked)
    [process] = runtime.processes().values()
    list(rebuilding.rebuild(process))
    assert (list(Effect.objects.values()), Post.asked) == (rows, asked)


def test_what_is_personal_cannot_be_asked() -> None:
    class Deliver(Request):
        address: Address

    with pytest.raises(ValueError, match="personal"):
        ask_open_request(Deliver)
    ask_open_request(Write)


def test_a_call_counts_in_the_figures_of_its_border() -> None:
    happen(ErrandBegun(errand="tea", calls=(Call(helper="ann", how="by_letter"),)))
    rest()
    found = Border.objects.get()
    assert (found.requests, found.errors, found.failures, found.error) == (1, 0, 0, "")
    assert found.answered_at
    assert found.answered_at <= clock.now()


@pytest.mark.parametrize("said", ["No \0 stamps.", "No \ud800 stamps."])
def test_what_a_system_says_never_keeps_it_from_being_recorded(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(asking.logger, "disabled", True)  # between test processes no half a surrogate is handed on
    write("ann")

    def ask(post: Post, *_: object) -> None:
        post.asked.append("ask")
        raise RuntimeError(said)

    monkeypatch.setattr(Post, "ask", ask)
    rest()
    assert (waiting().attempts, waiting().next_try_at) == (1, None)
    assert failing()


def test_a_failure_is_recorded_though_somebody_else_was_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    write("ann")
    Post.mood = "deaf"
    asked, races = asking.send, list[object]()

    def send(*given: Any) -> None:
        races.append(given)
        if len(races) == 1:
            raise Conflict("helper-ann", 0, [])
        asked(*given)

    monkeypatch.setattr(asking, "send", send)
    rest()
    assert names("tea").count("CommandFailed") == 1
    assert missed() == 1
