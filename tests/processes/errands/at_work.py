"""Errands at work: what happens to them, and what they come to, through the real log."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import override_settings
from uuid_utils.compat import uuid7

from eventstore import clock, effects, inbox, log, streams
from eventstore.dispatch import Actor, dispatch
from eventstore.log import Recorded
from eventstore.messages import Event
from eventstore.models import DueDeadline, OwedCommand, ProcessInstance
from eventstore.process import Process, runtime, secrecy
from eventstore.process.history import CompensateProcess, Reacted, RetryCommand, SkipCommand
from eventstore.readers import readers
from eventstore.rest import to_rest
from tests.processes.errands import Call, ErrandBegun, Helped, How, TimeGranted, Wanted, Weather, errand_of, first, post

READER = "process:errand"
OPERATOR = Actor("olga", frozenset({"operations"}))
METADATA = log.Metadata("tests", correlation=uuid7())
CACHES: tuple[Any, ...] = (
    streams.categories,
    streams._by_command,
    streams._command_names,
    streams._by_name,
    streams._by_event,
    streams.stored_under,
    streams.reading,
    readers,
    runtime.processes,
    secrecy.sealed_names,
    secrecy.sealed_types,
    secrecy.ask_open,
    secrecy.ask_open_request,
    effects.systems,
    inbox.senders,
)


@contextmanager
def errands() -> Iterator[None]:
    """An installation that runs errands, and nothing else; it rains."""
    business = {"STREAMS": [*settings.EVENTSTORE["STREAMS"], "tests.processes.errands.streams"]}
    followed = {"SUBSCRIPTIONS": "tests.processes.errands.subscriptions", "SYSTEMS": "tests.processes.errands.post"}
    with override_settings(EVENTSTORE=settings.EVENTSTORE | business | followed):
        forget()
        Weather.bad = True
        post.burn()
        try:
            yield
        finally:
            forget()
    forget()


def forget() -> None:
    """What is known of the business is looked up anew."""
    for cached in CACHES:
        cached.cache_clear()


def deploy(policies: Mapping[int, ModuleType]) -> Process:
    """From now on this code runs."""
    process = Process(
        "errand",
        wants=Wanted,
        begins=[ErrandBegun],
        instance=errand_of,
        policies=policies,
        state=first.Errand,
        ends=first.ENDS,
    )
    runtime.processes()["errand"] = process
    readers()[READER] = runtime.reader(process)
    return process


def happen(event: Event, stream: str = "helper-errands") -> UUID:
    """Something happens; the id of the event."""
    return log.append([log.New(stream, [event])], METADATA)[0]


def begin(errand: str, *helpers: str, how: How = "gladly", minutes: int = 30) -> None:
    """An errand begins, for which these helpers are called."""
    calls = tuple(Call(helper=helper, how=how) for helper in helpers)
    happen(ErrandBegun(errand=errand, calls=calls, minutes=minutes))


def grant(errand: str, minutes: int) -> None:
    """There is time until so many minutes from now on."""
    happen(TimeGranted(errand=errand, minutes=minutes))


def pass_by(minutes: float) -> None:
    """Time passes."""
    clock.forward(timedelta(minutes=minutes))


def helped() -> Counter[str]:
    """Who has helped how often."""
    events = (each.event for each in log.read_log())
    return Counter(f"{each.errand} {each.helper}" for each in events if isinstance(each, Helped))


def history(errand: str) -> list[Recorded[Any]]:
    """The history of an errand."""
    return list(log.read_stream(f"process-errand:{errand}"))


def names(errand: str) -> list[str]:
    """The names of the events in the history of an errand."""
    return [each.name for each in history(errand)]


def reactions(errand: str) -> list[Reacted]:
    """What an errand has decided."""
    return [each.event for each in history(errand) if isinstance(each.event, Reacted)]


def stands(errand: str) -> str:
    """Where an errand stands."""
    return ProcessInstance.objects.get(key=errand).stands


def owed() -> list[tuple[str, int, str]]:
    """What is owed: to whom, after how many attempts, and what went wrong."""
    return list(OwedCommand.objects.order_by("id").values_list("addressee", "attempts", "error"))


def failing() -> OwedCommand:
    """The one command that waits for a person."""
    return OwedCommand.objects.get(next_try_at=None)


def waits() -> list[tuple[str, str]]:
    """What is waited for, by whom."""
    return list(DueDeadline.objects.order_by("stream").values_list("stream", "name"))


def steer(command: RetryCommand | SkipCommand | CompensateProcess, actor: Actor = OPERATOR) -> UUID:
    """Somebody decides what becomes of what went wrong."""
    command_id = uuid7()
    dispatch(command, actor=actor, command_id=command_id)
    return command_id


def rest() -> None:
    """Everything that can be done by itself is done."""
    to_rest()


def until_a_person_has_to_look(tries: int = 20) -> None:
    """Time passes until nothing is tried again by itself."""
    for _ in range(tries):
        rest()
        if not OwedCommand.objects.exclude(next_try_at=None).exists():
            return
        pass_by(2)
