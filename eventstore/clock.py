"""The clock of the log: the database's, which is the same for all; in a sandbox it can be moved forward."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, Func

from eventstore.database import query
from eventstore.errors import Invalid

# As a query of its own it is asked once, and not for each row that it is compared with.
NOW = Func(template="(SELECT eventstore_now())", output_field=DateTimeField())


def now() -> datetime:
    """What time it is."""
    found: datetime = query("SELECT eventstore_now()")[0][0]
    return found


def forward(by: timedelta) -> datetime:
    """Move the clock forward, where that is a game and no shop; what time it is then."""
    if not settings.EVENTSTORE["SANDBOX"]:
        raise Invalid("Only the clock of a demo can be moved.")
    if by <= timedelta(0):
        raise Invalid("The clock goes forward only.")
    query("UPDATE eventstore_clock SET ahead = ahead + %s RETURNING ahead", (by,))
    return now()
