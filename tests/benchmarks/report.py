"""What a benchmark says: ours beside something else in the same round, and the ratio that is wanted."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table


class Claim(NamedTuple):
    """Ours beside something else, a pair for each round. What counts is the median of the rounds' ratios."""

    what: str
    ours: Sequence[float]
    beside: str
    theirs: Sequence[float]
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "/s"

    @property
    def ratio(self) -> float:
        """How many times as much as the other."""
        return median(one / other for one, other in zip(self.ours, self.theirs, strict=True))

    @property
    def holds(self) -> bool:
        """Whether the ratio is as it was wanted."""
        return (self.at_least or 0) <= self.ratio <= (self.at_most or float("inf"))

    def wanted(self) -> str:
        """The ratio that is wanted, in a cell of the table."""
        if self.at_least is None and self.at_most is None:
            return ""
        bound = f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"
        return bound if self.holds else f"{bound} **missed**"


def report(claims: Iterable[Claim]) -> bool:
    """Print them as a table of Markdown; whether all of them hold."""
    table = Table(box=MARKDOWN)
    for title in ("", "ours", "beside", "", "ratio", "wanted"):
        table.add_column(title, justify="left" if title in ("beside", "wanted") else "right", no_wrap=True)
    table.columns[0].justify = "left"
    kept = list(claims)
    for claim in kept:
        ours, theirs = (f"{median(values):,.{0 if claim.unit == '/s' else 1}f}{claim.unit}" for values in claim[1:4:2])
        table.add_row(claim.what, ours, claim.beside, theirs, f"{claim.ratio:.2f}", claim.wanted())
    Console(width=200).print(table)
    return all(claim.holds for claim in kept)
