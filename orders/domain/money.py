"""Money: an amount in the minor units of its currency, never a float."""

from collections.abc import Iterable

from eventstore.messages import Message

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


class Money(Message):
    """`cents` of `currency` (ISO 4217); 4200 EUR is €42.00."""

    cents: int
    currency: str = "EUR"

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        units, cents = divmod(abs(self.cents), 100)
        return f"{sign}{SYMBOLS.get(self.currency, self.currency + ' ')}{units:,}.{cents:02}"

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(cents=self.cents + other.cents, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(cents=self.cents - other.cents, currency=self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(cents=self.cents * times, currency=self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self} and {other} are of different currencies.")


def total(amounts: Iterable[Money], currency: str = "EUR") -> Money:
    """The sum of amounts of one currency; zero of `currency` for none."""
    each = list(amounts)
    return sum(each[1:], start=each[0]) if each else Money(cents=0, currency=currency)
