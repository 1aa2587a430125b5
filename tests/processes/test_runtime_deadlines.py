"""Deadlines come by the database's clock: moved, stopped, fired once by whoever comes first, and never by a replay."""

import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from eventstore import clock, subscriptions, tasks
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, DueDeadline, Parked, ProcessInstance
from eventstore.process import deadlines, sending
from tests.eventstore.pieces import rows
from tests.eventstore.statements import announced
from tests.eventstore.together import at_once, elsewhere, until_blocked
from tests.processes.errands import ErrandCancelled
from tests.processes.errands.at_work import (
    READER,
    begin,
    grant,
    happen,
    helped,
    names,
    pass_by,
    rest,
    stands,
    waits,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]


def begin_what_nobody_ends(errand: str, minutes: int = 30) -> None:
    """An errand that waits for a helper who never comes."""
    begin(errand, "ann", how="not", minutes=minutes)
    rest()


def test_a_deadline_fires_once_it_has_come_and_not_before() -> None:
    begin_what_nobody_ends("tea")
    pass_by(29)
    rest()
    assert (stands("tea"), names("tea").count("DeadlineReached")) == ("Called", 0)
    pass_by(1)
    rest()
    assert (stands("tea"), names("tea").count("DeadlineReached"), helped()) == ("GivenUp", 1, {"tea boss": 1})
    pass_by(60)
    rest()
    assert (names("tea").count("DeadlineReached"), waits()) == (1, [])


def test_a_deadline_that_is_moved_fires_at_its_new_time_only() -> None:
    begin_what_nobody_ends("tea")
    pass_by(20)
    grant("tea", 30)
    rest()
    pass_by(20)
    rest()
    assert names("tea").count("DeadlineReached") == 0
    pass_by(10)
    rest()
    assert names("tea").count("DeadlineReached") == 1


def test_a_deadline_that_is_not_waited_for_any_more_does_not_fire() -> None:
    begin_what_nobody_ends("tea")
    happen(ErrandCancelled(errand="tea"))
    rest()
    assert waits() == []
    pass_by(60)
    rest()
    assert (names("tea").count("DeadlineReached"), helped()) == (0, {})


def test_a_deadline_that_fires_while_it_is_moved_is_not_heeded() -> None:
    begin_what_nobody_ends("tea")
    pass_by(29)
    grant("tea", 30)
    pass_by(1)
    assert deadlines.fire() == 1
    rest()
    assert (stands("tea"), waits()) == ("Called", [("process-errand:tea", "patience")])
    pass_by(30)
    rest()
    assert (stands("tea"), helped()) == ("GivenUp", {"tea boss": 1})


def test_many_workers_fire_each_deadline_once() -> None:
    for number in range(30):
        begin(f"errand {number}", "ann", how="not")
    rest()
    pass_by(31)
    fired = at_once(4, lambda _: deadlines.fire())
    assert sum(fired) == 30
    rest()
    assert {names(f"errand {number}").count("DeadlineReached") for number in range(30)} == {1}
    assert helped() == {f"errand {number} boss": 1 for number in range(30)}


@pytest.mark.parametrize("days", [1, -1])
def test_a_workers_own_clock_counts_for_nothing(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_what_nobody_ends("tea")
    wrong = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(time, "time", wrong.timestamp)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    pass_by(29)
    rest()
    assert names("tea").count("DeadlineReached") == 0
    pass_by(1)
    rest()
    rest()
    assert names("tea").count("DeadlineReached") == 1


def test_the_tick_fires_what_has_come() -> None:
    begin_what_nobody_ends("tea")
    pass_by(30)
    tasks.tick()
    assert names("tea").count("DeadlineReached") == 1


def test_who_reads_and_who_tells_of_a_deadline_do_not_wait_for_each_other() -> None:
    begin("tea", "ann")
    subscriptions.advance(READER)
    sending.send_owed()  # so that the reader is about to drop the deadline, and to append to the history
    pass_by(30)
    held, tellers = threading.Event(), set[threading.Thread]()

    def linger(statement: str) -> None:
        if threading.current_thread() in tellers and "INSERT INTO eventstore_event" in statement:
            held.set()
            until_blocked()

    def tell() -> int:
        tellers.add(threading.current_thread())
        return deadlines.fire()

    with announced(linger):
        telling = elsewhere(tell)
        assert held.wait(30)
        reading = elsewhere(lambda: subscriptions.advance(READER))
        assert telling.result() == 1
        assert reading.result() > 0
    rest()
    assert (names("tea").count("DeadlineReached"), stands("tea"), helped()) == (1, "Done", {"tea ann": 1})
    assert not Parked.objects.exists()


def test_a_state_that_is_made_again_fires_nothing() -> None:
    begin_what_nobody_ends("tea")
    pass_by(30)
    rest()
    before = names("tea")
    ProcessInstance.objects.update(shape="another")
    Checkpoint.objects.filter(reader=READER).update(position=0)
    subscriptions.advance(READER)
    rest()
    assert (names("tea"), DueDeadline.objects.count()) == (before, 0)


def test_the_clock_of_a_sandbox_goes_forward_only() -> None:
    before = clock.now()
    assert clock.forward(timedelta(days=14)) - before >= timedelta(days=14)
    for by in (timedelta(0), timedelta(seconds=-1)):
        with pytest.raises(Invalid, match="forward only"):
            clock.forward(by)


def test_the_clock_of_a_sandbox_goes_up_to_a_day_that_it_can_tell() -> None:
    for by in (timedelta(days=100_000), timedelta(days=999_999), timedelta.max):
        with pytest.raises(Invalid, match="up to 2200 only"):
            clock.forward(by)


def test_the_clock_of_a_shop_is_not_moved() -> None:
    with override_settings(EVENTSTORE=settings.EVENTSTORE | {"SANDBOX": False}), pytest.raises(Invalid, match="demo"):
        clock.forward(timedelta(days=14))
    assert clock.now() - timezone.now() < timedelta(hours=1)


def test_a_clock_that_was_set_back_holds_up_no_command() -> None:
    pass_by(24 * 60)
    begin("tea", "ann")
    rows("UPDATE eventstore_clock SET ahead = '0'")
    rest()
    assert helped() == {"tea ann": 1}


def test_events_are_recorded_at_the_time_of_that_clock() -> None:
    pass_by(24 * 60)
    begin("tea", "ann")
    [(recorded, real)] = rows("SELECT recorded_at, clock_timestamp() FROM eventstore_event")
    assert timedelta(hours=23) < recorded - real < timedelta(hours=25)
