"""Pictures of a number over time: a line of steps, drawn here, with its figures for whoever does not see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

WIDTH, HEIGHT = 600, 160


class Steps(NamedTuple):
    """A line of steps: the points of the line and of the area below it, and the figures that stand beside it."""

    line: str
    area: str
    width: int
    height: int
    begins: datetime
    ends: datetime
    least: int
    most: int
    latest: int


def steps(points: Sequence[tuple[datetime, int]]) -> Steps:
    """The picture of a number that changed at these moments, oldest first. It stays as it is until the next change."""
    times, values = [at for at, _ in points], [value for _, value in points]
    begins, span = times[0], max(1.0, (times[-1] - times[0]).total_seconds())
    top = max(1, *values)
    corners: list[str] = []
    for place, (at, value) in enumerate(points):
        x = WIDTH * (at - begins).total_seconds() / span
        if place:
            corners.append(f"{x:.1f},{down(values[place - 1], top):.1f}")
        corners.append(f"{x:.1f},{down(value, top):.1f}")
    corners.append(f"{WIDTH},{down(values[-1], top):.1f}")
    line = " ".join(corners)
    return Steps(
        line=line,
        area=f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        begins=begins,
        ends=times[-1],
        least=min(values),
        most=max(values),
        latest=values[-1],
    )


def down(value: int, top: int) -> float:
    """How far below the upper edge a value lies."""
    return HEIGHT - HEIGHT * max(0, value) / top
