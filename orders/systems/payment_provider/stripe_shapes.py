"""Stripe's objects as we understand them, from its answers and from its webhooks alike."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from orders.domain.money import Money
from orders.systems.payment_provider.port import Intent, Made, Refund, Standing

MARK = "share-"
A_DAY = 86_400.0
HOLDS_FOR = 7 * A_DAY  # unless Stripe says otherwise, it cancels what is not captured then


def payment_method(card: str) -> dict[str, str]:
    """How Stripe is told of a card: `pm_…`, or `cus_…:pm_…` where it is kept with a customer."""
    customer, _, method = card.rpartition(":")
    return {"payment_method": method} | ({"customer": customer} if customer else {})


def mark_of(shipment_id: UUID) -> str:
    """The name in an intent's metadata under which it says that a shipment's share was captured."""
    return f"{MARK}{shipment_id.hex}"


def intent_of(found: Mapping[str, Any]) -> Intent:
    """A PaymentIntent. KeyError or ValueError where it is none of ours."""
    metadata: dict[str, str] = found["metadata"]
    amount = Money(cents=int(found["amount"]), currency=found["currency"].upper())
    shares = {
        UUID(name.removeprefix(MARK)): share(text, amount.currency)
        for name, text in metadata.items()
        if name.startswith(MARK)
    }
    shipment_id = UUID(metadata["shipment_id"]) if "shipment_id" in metadata else None
    if shipment_id and found["status"] == "succeeded":
        shares[shipment_id] = int(metadata["attempt"]), amount
    return Intent(
        id=found["id"],
        order_id=UUID(metadata["order_id"]),
        attempt=int(metadata["attempt"]),
        amount=amount,
        standing=standing(found),
        seconds=seconds(found),
        reason=reason(found),
        shipment_id=shipment_id,
        shares=shares,
    )


def made_of(found: Mapping[str, Any]) -> Made:
    """A PaymentIntent as one among all."""
    return Made(found["created"], id_of(found["metadata"].get("order_id", "")))


def is_ours(found: Mapping[str, Any], name: str) -> bool:
    """Whether we have put an id under this name into its metadata, with an attempt: others may use the same names."""
    metadata = found.get("metadata") or {}
    return "attempt" in metadata and id_of(metadata.get(name, "")) is not None


def id_of(text: str) -> UUID | None:
    """An id of ours, unless it is something else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def share(text: str, currency: str) -> tuple[int, Money]:
    """The attempt and the amount that a mark speaks of."""
    attempt, _, cents = text.partition(":")
    return int(attempt), Money(cents=int(cents), currency=currency)


def standing(found: Mapping[str, Any]) -> Standing:
    """How an intent stands, in our words."""
    match found["status"]:
        case "requires_capture":
            return "held"
        case "succeeded":
            return "taken"
        case "canceled":
            return "expired" if found.get("cancellation_reason") == "automatic" else "cancelled"
        case "requires_payment_method":
            return "declined" if found.get("last_payment_error") else "waiting"
        case _:
            return "waiting"


def seconds(found: Mapping[str, Any]) -> float:
    """For how long the amount is held from the moment on at which it was."""
    charge = found.get("latest_charge")
    card = ((charge.get("payment_method_details") or {}).get("card") or {}) if isinstance(charge, Mapping) else {}
    until = card.get("capture_before")
    return float(until - charge["created"]) if until and isinstance(charge, Mapping) else HOLDS_FOR


def reason(found: Mapping[str, Any]) -> str:
    """Why an intent was declined."""
    error = found.get("last_payment_error") or {}
    return str(error.get("message") or "")


def refund_of(found: Mapping[str, Any]) -> Refund:
    """A Refund. KeyError or ValueError where it is none of ours."""
    metadata, currency = found["metadata"], found["currency"].upper()
    standings: dict[str, Any] = {"succeeded": "paid", "failed": "failed", "canceled": "failed"}
    return Refund(
        id=found["id"],
        order_id=UUID(metadata["order_id"]),
        refund_id=UUID(metadata["refund_id"]),
        attempt=int(metadata["attempt"]),
        amount=Money(cents=int(found["amount"]), currency=currency),
        whole=Money(cents=int(metadata["whole"]), currency=currency),
        standing=standings.get(found["status"], "waiting"),
        reason=str(found.get("failure_reason") or ""),
    )
