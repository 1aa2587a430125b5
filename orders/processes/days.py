"""Days, as people count them: a term that is said by its last day ends with that day, by the shop's clock."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

SHOP = ZoneInfo("Europe/Berlin")
LAST_SECOND = time(23, 59, 59)


def end_of_day(at: datetime) -> datetime:
    """The last second of the day on which something is."""
    return datetime.combine(at.astimezone(SHOP), LAST_SECOND, SHOP).astimezone(UTC)
