"""Amount: money that can be asked for."""

from eventstore.messages import Refused
from orders.domain.money import Money
from orders.domain.product import CURRENCY


def ask_amount(amount: Money) -> None:
    """Refused, unless it is some money in the currency of the shop."""
    if amount.currency != CURRENCY:
        raise Refused("All our amounts are in {currency}.", currency=CURRENCY)
    if amount.cents <= 0:
        raise Refused("Enter an amount of more than zero.")
