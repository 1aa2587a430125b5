"""Letters of the carrier: EasyPost's webhooks, verified as EasyPost says, and what in them matters to us."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from uuid import UUID

import msgspec
from easypost.errors import SignatureVerificationError
from easypost.util import validate_webhook

from accounts.domain.roles import CARRIER
from eventstore import outside
from eventstore.inbox import Letter, Notice, NotYet, Suspicious
from eventstore.inbox.receiving import ask_fresh
from eventstore.messages import Command, Message
from orders.systems.carrier import tracking
from orders.systems.carrier.easypost import Tracked, whereabouts_of
from orders.systems.carrier.port import News, Whereabouts
from projections.shipments import Shipment


class ParcelSeen(Message):
    """The carrier says that a parcel has arrived, or never will."""

    tracking_number: str
    news: News
    at: datetime


class Told(msgspec.Struct, frozen=True):
    """An Event of EasyPost's, as far as it matters."""

    id: str
    description: str
    result: msgspec.Raw


class CarrierLetters:
    """What EasyPost writes to us, under the secret that we have given it."""

    name = "carrier"
    role = CARRIER
    says: Sequence[type[Message]] = (ParcelSeen,)

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.key = unicodedata.normalize("NFKD", secret).encode()

    def read(self, letter: Letter) -> Notice | None:
        """What a letter says of a parcel; None where that is not the end of its way."""
        self.ask_genuine(letter)
        try:
            told: Told = outside.decode(letter.body, Told)
            if not told.description.startswith("tracker."):
                return None
            tracked = msgspec.json.decode(told.result, type=Tracked)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Suspicious("unreadable", "It is none of the carrier's events.") from None
        found = whereabouts_of(tracked)
        if found is None:
            return None
        seen = ParcelSeen(tracking_number=tracked.tracking_code, news=found.news, at=found.at)
        return Notice(told.id, tracked.tracking_code, seen)

    def ask_genuine(self, letter: Letter) -> None:
        """Suspicious, unless EasyPost has signed the letter for this address, just now."""
        headers = letter.headers
        sent = headers.get("x-timestamp", "")
        signed = f"{sent}POST{headers.get('x-path', '')}".encode() + letter.body
        digest = "hmac-sha256-hex=" + hmac.new(self.key, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(digest.encode(), headers.get("x-hmac-signature-v2", "").encode()):
            raise Suspicious("forged", "Its signature is not that of the carrier.")
        if headers.get("x-path") != letter.path:
            raise Suspicious("forged", "It was signed for another address.")
        ask_fresh(moment(sent), letter)
        ask_signed(letter.body, headers, self.secret)

    def heed(self, said: Message) -> Sequence[Command]:
        """What is to be recorded of a parcel. NotYet while we know of none with this number."""
        assert isinstance(said, ParcelSeen)
        known: UUID | None = (
            Shipment.objects.filter(tracking_number=said.tracking_number).values_list("shipment_id", flat=True).first()
        )
        if known is None:
            raise NotYet("No parcel has this number, as far as we know.")
        return tracking.told(known, Whereabouts(said.news, said.at))


def moment(text: str) -> datetime:
    """A time as EasyPost writes it into its headers. Suspicious where it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        raise Suspicious("forged", "It does not say when it was sent.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def ask_signed(body: bytes, headers: Mapping[str, str], secret: str) -> None:
    """Suspicious, unless EasyPost's own library takes the letter for genuine, too."""
    try:
        validate_webhook(body, {"X-Hmac-Signature": headers.get("x-hmac-signature")}, secret)
    except (SignatureVerificationError, TypeError):
        raise Suspicious("forged", "Its signature is not that of the carrier.") from None
    except ValueError:
        raise Suspicious("unreadable", "It is no JSON.") from None
