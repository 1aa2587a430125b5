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

# What is done over and over: each step of the iterator is one time.
type Work = Callable[[], Iterator[object]]

PATIENCE = 120  # seconds that a writer waits for the others to be ready


class Race(NamedTuple):
    """What came of one: steps a second, all writers together, and the seconds that a step took."""

    rate: float
    p50: float
    p99: float


def race(work: Work, *, writers: int = 1, seconds: float, warm_up: int = 20) -> Race:
    """Let them run, each after `warm_up` steps that do not count: statements are prepared, plans are kept."""
    connections.close_all()  # no connection may be shared with a child
    context = get_context("fork")
    barrier = context.Barrier(writers)
    with ProcessPoolExecutor(writers, context, _meet_at, (barrier,)) as pool:
        runs = [pool.submit(_run, work, seconds, warm_up) for _ in range(writers)]
        times = [run.result() for run in runs]
    percentiles = quantiles((step for each in times for step in each), n=100, method="inclusive")
    return Race(sum(len(each) / sum(each) for each in times), percentiles[49], percentiles[98])


class _Start:
    """Where the writers of one race wait for each other."""

    barrier: Barrier


def _meet_at(barrier: Barrier) -> None:
    _Start.barrier = barrier


def _run(work: Work, seconds: float, warm_up: int) -> "array[float]":
    """The seconds that each step took."""
    steps = work()
    for _ in range(warm_up):
        next(steps)
    _Start.barrier.wait(PATIENCE)
    times = array("d")
    begun = before = time.perf_counter()
    while before < begun + seconds:
        next(steps)
        now = time.perf_counter()
        times.append(now - before)
        before = now
    return times
