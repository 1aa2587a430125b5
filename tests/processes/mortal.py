"""A worker that dies, by kill -9, between any two of its statements; and what came of the errands that it was at."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from redis import Redis

from eventstore import bell, clock, log, subscriptions
from eventstore.effects import asking, outbox
from eventstore.models import Checkpoint, DueDeadline, Effect, Parked, ProcessInstance
from eventstore.process import Fact, Process, deadlines, rows, runtime, sending
from eventstore.process.past import again, pasts
from tests.eventstore.mortal import Worker
from tests.eventstore.statements import announced
from tests.processes.errands import Call, ErrandBegun, Helped, Weather
from tests.processes.errands.at_work import READER, grant, happen, names, owed, pass_by, reactions
from tests.processes.errands.post import Mood, Post, delivered

MINUTES = 30
KINDS = ("late", "wet", "long", "far")
MOODS: tuple[Mood, ...] = ("well", "well", "silent", "deaf", "closed")
outbox.LEASE = timedelta(seconds=0.3)  # nobody here takes longer, and nobody waits longer for the dead


def kill_everywhere(kills: int, seed: int) -> Iterator[str]:
    """Kill a worker at as many of its statements, evenly chosen; what is wrong after each death, if anything."""
    chance = random.Random(seed)
    begin_errands(-1, chance)
    finish()  # so that the next round has some errands of the last one, as all have
    begin_errands(0, chance)
    statements = life()
    finish()
    lived = 0
    for number in range(1, kills + 1):
        begin_errands(number, chance)
        at = 1 + (number - 1) * statements // kills
        # Where the post is closed or deaf there is less to do: a worker may be at its end before statement `at`.
        lived += woken(at, number).wait() != -signal.SIGKILL
        finish()
        yield from (f"kill {number}, at statement {at} of {statements}: {fault}" for fault in faults(number))
    if lived > kills // 8:
        yield f"{lived} of {kills} workers did all of their work, and were killed by nobody"


def kill_some_of_many(rounds: int, seed: int, workers: int = 3) -> Iterator[str]:
    """Have several work at once, and each of them die at a statement of its own, or live."""
    chance = random.Random(seed)
    for number in range(10_000, 10_000 + rounds):
        begin_errands(number, chance)
        ages = [chance.randint(1, 250) for _ in range(workers)]
        for worker in [woken(age, number) for age in ages]:
            worker.wait()
        finish()
        yield from (f"round {number}, dying at {ages}: {fault}" for fault in faults(number))


def begin_errands(number: int, chance: random.Random) -> None:
    """What was begun in the last round is too late now; and there are new errands, with all that there can be."""
    pass_by(MINUTES + 1)
    news = [
        ErrandBegun(errand=f"late {number}", calls=(Call(helper="ann"), Call(helper="bob", how="gently"))),
        ErrandBegun(errand=f"wet {number}", calls=(Call(helper="cat", how="broken"), Call(helper="cat"))),
        ErrandBegun(errand=f"long {number}", calls=(Call(helper="ann"), Call(helper="dan", how="by_letter"))),
        ErrandBegun(errand=f"far {number}", calls=tuple(Call(helper=each, how="by_letter") for each in ("eve", "fay"))),
    ]
    Post.mood = chance.choice(MOODS)
    for event in chance.sample(news, len(news)):
        happen(event)
    grant(f"long {number}", MINUTES * 2)


def expected(number: int) -> Counter[str]:
    """Who should have helped with the errands of a round, once the next one has begun."""
    late, wet, long, far = (f"{kind} {number}" for kind in KINDS)
    helped = {f"{late} ann": 1, f"{late} boss": 1, f"{wet} cat": 2, f"{long} ann": 1, f"{long} dan": 1}
    return Counter(helped | {f"{far} eve": 1, f"{far} fay": 1})


def work() -> None:
    """All that a worker does: read, tell of deadlines, send, ask."""
    while subscriptions.advance(READER) + deadlines.fire() + sending.send_owed() + asking.ask_everybody():
        pass


def woken(age: int, number: int) -> Worker:
    """A worker, and its death ahead of its statement number `age`; now and then without Redis."""
    connection.close()
    if pid := os.fork():
        return Worker(pid)
    try:
        bell._redis.cache_clear()
        if number % 3 == 2:
            bell._redis = lambda: Redis(port=1)  # type: ignore[assignment]  # where nobody listens
        left = iter(range(age, 0, -1))

        def grow_older(_: str) -> None:
            if next(left, 0) == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        with announced(grow_older):
            work()
        os._exit(0)
    finally:
        os._exit(1)


def life() -> int:
    """How many statements a worker needs who lives."""
    seen: list[str] = []
    with announced(seen.append):
        work()
    return len(seen)


def finish() -> None:
    """The rain stops, the post works, and somebody who lives comes by until all is done.

    They may be turned away at first: the database lets go of what the dead held when it notices that they are dead.
    """
    Weather.bad = False
    Post.mood = "well"
    pass_by(2)
    end = time.monotonic() + 10
    work()
    while not at_rest() and time.monotonic() < end:
        time.sleep(0.01)
        work()
    Weather.bad = True


def at_rest() -> bool:
    """Whether there is nothing left to do for now."""
    at_the_end = Checkpoint.objects.filter(reader=READER, position=log.number()).exists()
    asked = Effect.objects.filter(Q(next_try_at__lte=clock.NOW) | ~Q(token=None))
    return at_the_end and not asked.exists() and not sending.is_due() and not deadlines.is_due()


def faults(number: int) -> Iterator[str]:
    """What was lost or doubled of the errands of this round and the one before."""
    if owed() or Effect.objects.exists() or Parked.objects.exists():
        left = list(Effect.objects.values_list("stream", "attempts", "error"))
        yield f"left over: {owed()}, {left}, {list(Parked.objects.values_list('stream', 'error'))}"
    there = ProcessInstance.objects.filter(key__endswith=f" {number - 1}").exists()
    recent = {number - 1, number} if there else {number}
    log_now = list(log.read_log())
    helps = (each.event for each in log_now if isinstance(each.event, Helped))
    count = Counter(f"{each.errand} {each.helper}" for each in helps if int(each.errand.split()[1]) in recent)
    wanted = sum(map(expected, recent), Counter[str]())
    del wanted[f"late {number} boss"]
    if count != wanted:
        yield f"helped: {count}, and should have: {dict(wanted)}"
    letters = Counter({letter: times for letter, times in delivered().items() if int(letter.split()[1]) in recent})
    if letters != Counter(f"long {each} dan" for each in recent) + Counter(
        f"far {each} {helper}" for each in recent for helper in ("eve", "fay")
    ):
        yield f"letters: {letters}"
    [process] = runtime.processes().values()
    for errand in (f"{kind} {each}" for kind in KINDS for each in recent):
        happened = [each for each in log_now if isinstance(each.event, process.wants)]
        mine = [each for each in happened if process.key(each.event) == errand]
        yield from (f"{errand}: {fault}" for fault in faults_of(process, errand, number, mine))


def faults_of(process: Process, errand: str, number: int, happened: list[Fact]) -> Iterator[str]:
    """What is wrong with the history, the state or the deadlines of an errand, to which all this has happened."""
    stream = process.stream(errand)
    decided = reactions(errand)
    if len({each.to for each in decided}) != len(decided):
        yield "decided twice on one event"
    came = names(errand).count("DeadlineReached")
    if came != (errand == f"late {number - 1}"):
        yield f"{came} times too late"
    row, past = ProcessInstance.objects.get(stream=stream), pasts([stream])[stream]
    instance = rows.instance_of(process, row)
    if instance is None or instance != again(process, errand, row.version, past):
        yield "its state is not what it noticed"
    kept = dict(DueDeadline.objects.filter(stream=stream).values_list("name", "due_at"))
    if instance is None or kept != instance.waits or bool(kept) != (errand == f"late {number}"):
        yield f"waits for {kept}"
    if past.noticed != happened:
        yield "it noticed something else than what has happened"
