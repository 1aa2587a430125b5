"""Lists that are read a portion at a time: each begins where the one before ended, however long the list is."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

MOST = 50


class Portion[Row: Model](NamedTuple):
    """Some rows of a list; `more` is the address of those that follow, `first` that of the list's beginning."""

    rows: list[Row]
    more: str
    first: str


def portion[Row: Model](request: HttpRequest, rows: QuerySet[Row], *by: str, most: int = MOST) -> Portion[Row]:
    """The rows that follow those which the address names, in this order; the last of its fields tells all rows apart.

    The address holds the values of the last row that was shown, so that rows may come and go in between.
    """
    last = request.GET.getlist("from")
    wanted = rows.filter(behind(rows.model, by, last)) if last else rows
    found = list(wanted.order_by(*by)[: most + 1])
    more = address(request, found[most - 1], by) if len(found) > most else ""
    return Portion(found[:most], more, address(request, None, by) if last else "")


def behind(model: type[Model], by: tuple[str, ...], last: list[str]) -> Q:
    """What comes behind a row with these values; everything, where they are none that a row could have."""
    names = [name.removeprefix("-") for name in by]
    fields = {field.name: field for field in model._meta.concrete_fields}
    try:
        values = [in_utc(fields[name].to_python(text)) for name, text in zip(names, last, strict=True)]
    except (ValidationError, ValueError, OverflowError):
        return Q()
    if any(value is None or "\0" in str(value) for value in values):
        return Q()
    # The first field's bound follows from the rest; with it the database begins to read there, and not at the top.
    behind_it = Q((f"{names[0]}__{'lte' if by[0].startswith('-') else 'gte'}", values[0]))
    cases = Q()
    for place, field in enumerate(by):
        same = dict(zip(names[:place], values[:place], strict=True))
        cases |= Q(**same, **{f"{names[place]}__{'lt' if field.startswith('-') else 'gt'}": values[place]})
    return behind_it & cases


def in_utc(value: Any) -> Any:
    """The value; a time in UTC, as the database does not take every offset. ValueError for one that has none."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(value)
    return value.astimezone(UTC)


def address(request: HttpRequest, row: Model | None, by: tuple[str, ...]) -> str:
    """The address of the same list from behind a row on, or from its beginning."""
    query = request.GET.copy()
    for name in ("from", "seen", "after"):
        query.pop(name, None)
    if row:
        query.setlist("from", [written(getattr(row, name.removeprefix("-"))) for name in by])
    return f"?{query.urlencode()}"


def written(value: Any) -> str:
    """A value as the address holds it."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
