"""How long to wait before something is tried again: twice as long each time, and never all at the same moment."""

import random
from datetime import timedelta

DOUBLED = 20  # times at most: what is away for days fails more often than a number can be doubled


def pause(failures: int, first: float, longest: float) -> timedelta:
    """The pause after so many failures in a row: `first` seconds, doubled each time, up to `longest`; half at least."""
    seconds = min(first * 2 ** min(failures - 1, DOUBLED), longest)
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311  # jitter, no secret
