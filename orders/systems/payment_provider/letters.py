"""Letters of the payment provider: Stripe's webhooks, verified by its own library, and what in them matters to us."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import stripe
from msgspec.structs import replace

from accounts.domain.roles import PROVIDER
from eventstore import clock, outside
from eventstore.inbox import WINDOW, Letter, Notice, NotYet, Suspicious
from eventstore.inbox.receiving import ask_fresh
from eventstore.messages import Command, Message
from orders.processes.payment_requests import SYSTEM
from orders.systems.payment_provider.looking_through import LedgerDiffers
from orders.systems.payment_provider.port import Intent, Refund
from orders.systems.payment_provider.recording import recorded, refunded
from orders.systems.payment_provider.stripe_shapes import intent_of, is_ours, refund_of


class Told(msgspec.Struct, frozen=True):
    """An Event of Stripe's, as far as it matters."""

    id: str
    type: str
    data: dict[str, Any]


class PaymentLetters:
    """What Stripe writes to us, signed with the secret that it has given us."""

    name = SYSTEM
    role = PROVIDER
    says: Sequence[type[Message]] = (Intent, Refund, LedgerDiffers)

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def read(self, letter: Letter) -> Notice | None:
        """What a letter says of an intent or a refund; None where that is none of an order's."""
        self.ask_genuine(letter)
        try:
            told: Told = outside.decode(letter.body, Told)
            found = told.data["object"]
            return notice_of(told, found)
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError, AttributeError):
            raise Suspicious("unreadable", "It is none of Stripe's events.") from None

    def ask_genuine(self, letter: Letter) -> None:
        """Suspicious, unless Stripe has signed the letter, just now."""
        header = letter.headers.get("stripe-signature", "")
        tolerance = int(WINDOW.total_seconds())
        try:
            stripe.WebhookSignature.verify_header(letter.body, header, self.secret, tolerance)
        except UnicodeDecodeError:
            raise Suspicious("unreadable", "It is no text.") from None
        except TypeError:  # a letter in it is none of ASCII, which the library does not compare
            raise Suspicious("forged", "Its signature is not that of Stripe.") from None
        except stripe.SignatureVerificationError as error:
            if "tolerance zone" in str(error):
                raise Suspicious("stale", "It was sent too long ago.") from None
            raise Suspicious("forged", "Its signature is not that of Stripe.") from None
        # The library lets pass what is signed for a time to come.
        ask_fresh(signed_at(header), letter)

    def heed(self, said: Message) -> Sequence[Command]:
        """What is to be recorded. None of it is news a second time, and its order does not matter."""
        if isinstance(said, LedgerDiffers):
            raise NotYet(str(said.refused))  # until a look finds that the books agree
        assert isinstance(said, Intent | Refund)
        return [*recorded(said)] if isinstance(said, Intent) else [*refunded(said)]


def notice_of(told: Told, found: Mapping[str, Any]) -> Notice | None:
    """What an event says. Whatever is said of one intent keeps its order."""
    if told.type.startswith("payment_intent.") and is_ours(found, "order_id"):
        said = replace(intent_of(found), told_at=clock.now())  # it may lie for days before it is heeded
        return Notice(told.id, msgspec.convert(found["id"], str), said)
    if told.type.startswith("refund.") and is_ours(found, "refund_id"):
        return Notice(told.id, msgspec.convert(found["payment_intent"], str), refund_of(found))
    return None


def signed_at(header: str) -> datetime:
    """When a letter was signed, by the header that was found to be genuine. Suspicious, unless it says that once."""
    times = [value for name, _, value in (part.partition("=") for part in header.split(",")) if name == "t"]
    try:
        [seconds] = map(int, times)
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Suspicious("forged", "Its signature is not that of Stripe.") from None
