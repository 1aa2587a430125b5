"""A race: so many writers, each a process with a connection of its own, do one thing over and over for some seconds."""

import time
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from statistics import quantiles
from typing import NamedTuple

from django.db import connections

# What is done over and over: each step of the iterator is one commit.
type Work = Callable[[], Iterator[object]]

WARM_UP = 20  # steps: statements are prepared, plans are kept
PATIENCE = 120  # seconds


class Race(NamedTuple):
    """What came of one: steps a second, all writers together, and the seconds that a step took."""

    rate: float
    p50: float
    p99: float


def race(work: Work, writers: int, seconds: float) -> Race:
    """Let them run."""
    connections.close_all()  # no connection may be shared with a child
    context = get_context("fork")
    barrier = context.Barrier(writers)
    with ProcessPoolExecutor(writers, mp_context=context, initializer=_wait_at, initargs=(barrier,)) as pool:
        runs = [pool.submit(_run, work, seconds) for _ in range(writers)]
        steps = [run.result() for run in runs]
    took = sorted(step for each in steps for step in each)
    percentiles = quantiles(took, n=100)
    return Race(sum(len(each) / sum(each) for each in steps), percentiles[49], percentiles[98])


class _Start:
    """Where the writers of this process's race wait for each other."""

    barrier: Barrier


def _wait_at(barrier: Barrier) -> None:
    _Start.barrier = barrier


def _run(work: Work, seconds: float) -> "array[float]":
    """The seconds that each step took."""
    steps = work()
    for _ in range(WARM_UP):
        next(steps)
    _Start.barrier.wait(PATIENCE)
    took = array("d")
    begun = before = time.perf_counter()
    while before < begun + seconds:
        next(steps)
        now = time.perf_counter()
        took.append(now - before)
        before = now
    return took
