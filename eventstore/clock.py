"""The clock of the log: the database's, which is the same for all; in a sandbox it can be moved forward."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, Func

from eventstore.database import query
from eventstore.errors import Invalid
from eventstore.order import number

# As a query of its own it is asked once, and not for each row that it is compared with.
NOW = Func(template="(SELECT eventstore_now())", output_field=DateTimeField())

LATEST = datetime(2200, 1, 1, tzinfo=UTC)  # as nobody can turn it back
TOO_FAR = f"The clock goes up to {LATEST:%Y} only."


def now() -> datetime:
    """What time it is."""
    found: datetime = query("SELECT eventstore_now()")[0][0]
    return found


def ahead() -> timedelta:
    """How far it is ahead of the database's own; nothing but in a sandbox."""
    found: timedelta = query("SELECT ahead FROM eventstore_clock")[0][0]
    return found


def begin(ago: timedelta) -> None:
    """Let the clock of a sandbox begin some time ago, where nothing has happened yet."""
    ask_sandbox()
    if number() == 0:
        query("UPDATE eventstore_clock SET ahead = -%s RETURNING ahead", (ago,))


def forward(by: timedelta) -> datetime:
    """Move the clock forward, where that is a game and no shop; what time it is then."""
    ask_sandbox()
    if by <= timedelta(0):
        raise Invalid("The clock goes forward only.")
    if by > LATEST - now():
        raise Invalid(TOO_FAR)
    query("UPDATE eventstore_clock SET ahead = ahead + %s RETURNING ahead", (by,))
    return now()


def ask_sandbox(refusal: str = "Only the clock of a demo can be moved.") -> None:
    """Invalid, with this sentence, where it is no game."""
    if not settings.EVENTSTORE["SANDBOX"]:
        raise Invalid(refusal)
