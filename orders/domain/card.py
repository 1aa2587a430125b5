"""Card: the payment provider's name for a customer's card. Its number never comes into our house."""

from typing import Annotated

import msgspec
from msgspec import Meta

from eventstore.messages import Refused

# The provider's customer, where the card is kept with one, and its payment method.
type Card = Annotated[str, Meta(pattern=r"\A(cus_\w{1,100}:)?pm_\w{1,100}\Z")]


def ask_card(card: str | None) -> None:
    """Refused, where something else is given for a card than the payment provider's name for it."""
    try:
        msgspec.convert(card, Card | None)
    except msgspec.ValidationError:
        raise Refused("Choose one of your cards.") from None
