"""Mischief: how a system of others misbehaves, on demand, or at random by a seed."""

import random
import time
from typing import Literal, NamedTuple, get_args

from config.sandbox.ledger import Ledger

type Kind = Literal["slow", "silent", "hang", "error", "failed_after", "garbage", "twice", "early", "shuffled", "late"]

KINDS: dict[Kind, str] = {
    "slow": "does what it was asked, and answers late",
    "silent": "does what it was asked, and never answers",
    "hang": "does nothing, and never answers",
    "error": "does nothing, and answers with an error of its own",
    "failed_after": "does what it was asked, and answers with an error of its own",
    "garbage": "does what it was asked, and answers with something that is no answer",
    "twice": "calls back twice",
    "early": "calls back before it answers",
    "shuffled": "calls back in the wrong order",
    "late": "calls back an hour late",
}
assert set(KINDS) == set(get_args(Kind.__value__))

UNDONE: frozenset[Kind] = frozenset({"hang", "error"})


class Plot(NamedTuple):
    """What goes wrong with one request, if anything."""

    kind: Kind | None
    slowness: float = 0.0


def plot(ledger: Ledger, number: int, path: str) -> Plot:
    """What is to go wrong with the request of this number: what somebody asked for, or what the seed says."""
    asked = ledger.query("SELECT id, kind FROM mischief WHERE times > 0 AND ? LIKE '%' || path || '%' LIMIT 1", (path,))
    if asked:
        ledger.query("UPDATE mischief SET times = times - 1 WHERE id = ?", (asked[0]["id"],))
        return Plot(asked[0]["kind"], 2.0)
    rate = float(ledger.setting("rate", "0"))
    chance = random.Random(f"{ledger.setting('seed', '1')} {number}")  # noqa: S311  # a game
    if chance.random() >= rate:
        return Plot(None)
    return Plot(chance.choice(list(KINDS)), chance.uniform(0.1, 2.0))


def is_down(ledger: Ledger) -> bool:
    """Whether the whole system is away for now."""
    return time.time() < float(ledger.setting("down_until", "0"))


def ask_for(ledger: Ledger, kind: str, path: str, times: int) -> None:
    """Let something go wrong with the next requests whose path has `path` in it. ValueError for a kind unheard of."""
    if kind not in KINDS or not 0 < times <= 10_000:
        raise ValueError(f"There are: {', '.join(KINDS)}; from 1 to 10000 times.")
    ledger.query("INSERT INTO mischief (kind, path, times) VALUES (?, ?, ?)", (kind, path, times))
