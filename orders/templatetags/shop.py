"""What the shop's screens write: money in the reader's language, sentences of the domain, and what fills a list."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from lucide.templatetags.lucide import lucide

from eventstore import clock
from eventstore.refusals import Told
from orders.domain.money import SYMBOLS, Money
from orders.screens import empty_lists

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """€1,234.50 in English, 1.234,50 € in German."""
    if amount is None:
        return ""
    sign = "-" if amount.cents < 0 else ""
    units, cents = divmod(abs(amount.cents), 100)
    number = number_format(f"{units}.{cents:02}", decimal_pos=2, use_l10n=True, force_grouping=True)
    # Translators: an amount of money, the symbol before or behind the number.
    pattern = gettext("{symbol}{number}")
    return sign + pattern.format(symbol=SYMBOLS.get(amount.currency, f"{amount.currency} "), number=number)


@register.filter
def cents(number: int, currency: str) -> str:
    """An amount that a row keeps in cents."""
    return money(Money(cents=number, currency=currency))


@register.filter
def ago(time: datetime) -> str:
    """How long ago it was, by the clock of the shop, which is ahead of all others where it is a game."""
    return str(naturaltime(time - clock.ahead() if settings.EVENTSTORE["SANDBOX"] else time))


@register.simple_tag
@cache
def icon(name: str) -> str:
    """An icon of Lucide. There are few, and to draw one anew for each page takes a tenth of the page's time."""
    drawn: str = lucide(name, size=20, **{"class": "icon", "aria_hidden": "true", "focusable": "false"})
    return drawn


@register.simple_tag
def picture(path: str, kind: str, width: int, height: int, loading: str = "eager") -> str:
    """The picture of a product, of which nothing is said to who cannot see it; none where there is no such file.

    A release may come without a file of which the log speaks: then an installation, which lists its files, knows none.
    """
    try:
        address = static(path) if path else ""
    except ValueError:
        return ""
    drawn = '<img class="{}" src="{}" alt="" width="{}" height="{}" loading="{}">'
    return format_html(drawn, kind, address, width, height, loading) if address else ""


@register.inclusion_tag("_nothing.html", takes_context=True)
def nothing_in(
    context: Any, name: str, kinds: str | Collection[str] = "", first: str = "", *, quiet: bool = False, **values: Any
) -> dict[str, Any]:
    """What a list says that is empty; `first` comes before it, and a `quiet` one is part of something larger."""
    roles: frozenset[str] = getattr(context["request"].user, "roles", frozenset())
    found = [kinds] if isinstance(kinds, str) else sorted(kinds)
    return {"first": first, "quiet": quiet} | empty_lists.nothing_in(name, found, roles, **values)


def sentence(template_text: str, values: dict[str, Any]) -> str:
    """A sentence of the domain, translated, with its values in it."""
    return gettext(template_text).format(**{name: in_words(value) for name, value in values.items()})


@register.filter
def reason(given: str) -> str:
    """Why something was done: the shop's own reasons in the reader's language, and a person's as they typed it."""
    return gettext(given) if " " in given and given.endswith((".", "?", "!")) else given


def in_words(value: Any) -> Any:
    """A value in a sentence as the reader's language writes it."""
    match value:
        case Money():
            return money(value)
        case datetime():
            return date_format(localtime(value))
        case date():
            return date_format(value)
        case Told():
            return in_words(as_it_was(value))
        case str():
            return reason(value)
        case _:
            return value


def as_it_was(told: Told) -> Money | date | str:
    """What a refusal that was kept spoke of: an amount, or a day."""
    match told.exact:
        case {"cents": int(cents), "currency": str(currency)}:
            return Money(cents=cents, currency=currency)
        case str(day):
            return date.fromisoformat(day)
        case _:
            return str(told)
