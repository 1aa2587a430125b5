"""Order number: how people call an order."""

from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = [one + other for one in ALPHABET for other in ALPHABET]  # each read model of orders asks for every order's


def reference(order_id: UUID) -> str:
    """The order's number as people say it, such as 7K2MQ-4XW9D: 50 random bits of the id, in letters told apart."""
    bits = order_id.int & 2**50 - 1
    letters = "".join([PAIRS[bits >> shift & 1023] for shift in (40, 30, 20, 10, 0)])
    return f"{letters[:5]}-{letters[5:]}"


def typed_reference(typed: str) -> str | None:
    """The number that somebody may have meant, however they set it: 7k2mq4xw9d, or #7K2MQ 4XW9D."""
    letters = "".join(each for each in typed.upper() if each not in "#-" and not each.isspace())
    if len(letters) != 10 or not set(letters) <= set(ALPHABET):
        return None
    return f"{letters[:5]}-{letters[5:]}"
