"""Order number: how people call an order."""

from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference(order_id: UUID) -> str:
    """The order's number as people say it, such as 7K2MQ-4XW9D: 50 random bits of the id, in letters told apart."""
    bits = order_id.int
    letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(45, -1, -5))
    return f"{letters[:5]}-{letters[5:]}"
