"""Partner: another business whose systems place orders with us, for customers that it registers and answers for."""

from uuid import UUID

# What a partner's token may be good for. The last one also takes our consent, which stands with the partner.
SCOPES = (
    "products:read",
    "customers:write",
    "orders:read",
    "orders:write",
    "events:read",
    "subscriptions:write",
    "personal_data:read",
)

# For how long one may be good, in days.
MOST_DAYS = 3650


def acting(partner_id: UUID) -> str:
    """The id under which a partner's systems send commands."""
    return f"partner:{partner_id}"


def owners(customer_id: UUID, partner_id: UUID | None) -> frozenset[str]:
    """Whose something is: the customer's, and the partner's who sent it, where one did."""
    theirs = frozenset({str(customer_id)})
    return theirs if partner_id is None else theirs | {acting(partner_id)}
