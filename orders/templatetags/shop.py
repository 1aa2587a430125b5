"""Filters of the shop's screens: money in the reader's language, and sentences of the domain."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from orders.domain.money import SYMBOLS, Money

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
        case str():
            return reason(value)
        case _:
            return value
