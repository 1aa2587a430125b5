"""What somebody asked for at a terminal: their words as values, or Invalid with a sentence."""

from argparse import ArgumentParser
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import inf
from uuid import UUID

from django.utils.timezone import get_current_timezone

from eventstore.errors import Invalid
from eventstore.process.because import BECAUSE
from eventstore.streams import categories

LARGEST = 2**63 - 1
LONGEST = 200  # characters of a name, as the tables have it


def who_and_why(task: ArgumentParser) -> None:
    """Has a task ask who decides it, and why: one of the reasons that there are, as a short word."""
    reasons = "; ".join(f"{word}: {sentence}" for word, sentence in BECAUSE.items())
    task.add_argument("--because", required=True, choices=BECAUSE, metavar="REASON", help=reasons)
    task.add_argument("--by", required=True, metavar="WHO", help="who says so")


def name(text: str, what: str) -> str:
    """The name of somebody or something, which can be kept, and be seen in a list."""
    if not text.strip() or len(text) > LONGEST or not text.isprintable():
        raise Invalid(f"{what} has 1 to {LONGEST} characters, each of which can be printed.")
    return text


def decider(text: str) -> str:
    """Who says so."""
    return name(text, "Who says so")


def number(text: str, what: str) -> int:
    """A position or a count, which is 0 or more."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST):
        raise Invalid(f"{text!r} is no {what}: it has to be a whole number from 0 on.")
    return int(text)


def several(text: str, what: str) -> int:
    """A count of something, which is 1 or more."""
    count = number(text, what)
    if not count:
        raise Invalid(f"{text!r} is no {what}: it has to be 1 or more.")
    return count


def seconds(text: str) -> float:
    """So many seconds, and parts of one: 0 or more, and not for ever."""
    with suppress(ValueError):
        if 0 <= (found := float(text)) < inf:
            return found
    raise Invalid(f"{text!r} is no number of seconds: it has to be 0 or more.")


def identity(text: str) -> UUID:
    """The id of an event, of a command or of a correlation."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(f"{text!r} is no id, such as 0199a1c2-7c3e-7d2a-9c1b-4f6f0e3b9d11.") from None


def moment(text: str) -> datetime:
    """A time: without an offset that of the shop, and without a time of day the beginning of the day."""
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=get_current_timezone())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"{text!r} is no time, such as 2026-11-23T15:30 or 2026-11-23T15:30:00+01:00.") from None


def duration(text: str) -> timedelta:
    """A length of time: a number with its unit."""
    units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    digits, unit = text[:-1], units.get(text[-1:])
    if unit is None or not (digits.isascii() and digits.isdecimal() and len(digits) < 7):
        raise Invalid(f"{text!r} is no length of time, such as 14d, 36h, 90m or 30s.")
    return timedelta(**{unit: int(digits)})


def stream(text: str) -> str:
    """The name of a stream, whether there is one or not."""
    if not text or not text.isprintable():
        raise Invalid(f"{text!r} cannot be the name of a stream.")
    return text


def category(text: str) -> str:
    """The name of a category of streams."""
    known = sorted(known.name for known in categories())
    if text not in known:
        raise Invalid(f"There is no category {text!r}. There are: {', '.join(known)}.")
    return text
