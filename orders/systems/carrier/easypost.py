"""EasyPost, asked by its own library: many carriers behind one API. The library is used here and nowhere else."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import requests
from easypost import EasyPostClient, errors
from msgspec import Meta
from urllib3.exceptions import HTTPError, NewConnectionError

from accounts.domain.address import Address
from eventstore.effects import NotSent, Unanswered
from orders.systems.carrier.port import Label, NoCarrier, Parcel, Rate, Whereabouts

# For each of the up to four requests that one of ours is made of. The library tries one that only reads four times:
# 80 seconds in all, well below the lease.
SECONDS = 10
PIECE = 65_536
LARGEST_FILE = 5_000_000
OUNCE = Decimal("28.349523125")  # grams
FILES = (b"%PDF-", b"\x89PNG\r\n")
# What EasyPost says where it may, or may not, have done what it was asked.
UNSURE = (
    errors.TimeoutError,
    errors.JsonError,
    errors.InternalServerError,
    errors.ServiceUnavailableError,
    errors.GatewayTimeoutError,
)

type Moment = Annotated[datetime, Meta(tz=True)]


class Priced(msgspec.Struct, frozen=True):
    """A Rate, as far as it matters."""

    id: str
    carrier: str
    service: str
    rate: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?$")]
    currency: str


class Posted(msgspec.Struct, frozen=True):
    """A PostageLabel, as far as it matters."""

    label_url: str


class Scanned(msgspec.Struct, frozen=True):
    """A TrackingDetail, as far as it matters."""

    status: str
    at: Moment = msgspec.field(name="datetime")
    status_detail: str | None = None


class Tracked(msgspec.Struct, frozen=True):
    """A Tracker, as far as it matters."""

    tracking_code: str
    status: str
    updated_at: Moment
    status_detail: str | None = None
    tracking_details: tuple[Scanned, ...] = ()


class Shipped(msgspec.Struct, frozen=True):
    """A Shipment, as far as it matters."""

    id: str
    rates: tuple[Priced, ...] = ()
    tracking_code: str | None = None
    refund_status: str | None = None
    selected_rate: Priced | None = None
    postage_label: Posted | None = None
    tracker: Tracked | None = None


class Account(NamedTuple):
    """With whom we speak there, as whom, and where parcels come from."""

    url: str
    api_key: str
    sender: Address


class EasyPost:
    """EasyPost as a carrier. A shipment there is found again by its reference, which is our own id of it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.own = threading.local()

    @property
    def client(self) -> EasyPostClient:
        """The library's client: one for each thread, as its connections are for one."""
        if not hasattr(self.own, "client"):
            self.own.client = EasyPostClient(self.account.api_key, self.account.url, timeout=SECONDS)
        client: EasyPostClient = self.own.client
        return client

    def rates(self, parcel: Parcel) -> Sequence[Rate]:
        """What it would cost."""
        return [rate_of(each) for each in self._known(parcel).rates]

    def buy(self, parcel: Parcel) -> Label:
        """A label at the lowest rate, or the one that is there."""
        shipped = self._known(parcel)
        if label := label_of(shipped):
            return label
        cheapest = min(map(rate_of, shipped.rates), key=lambda rate: rate.price, default=None)
        if cheapest is None:
            raise NoCarrier("No carrier takes this parcel to its address.")
        bought = read(lambda: self.client.shipment.buy(shipped.id, rate={"id": cheapest.id}), Shipped)
        if label := label_of(bought):
            return label
        raise Unanswered("The carrier has sold a label without a number.")

    def label(self, reference: str) -> Label | None:
        """The label that was bought."""
        shipped = self._found(reference)
        return label_of(shipped) if shipped else None

    def file(self, label: Label) -> bytes:
        """The label itself."""
        if urlsplit(label.url).scheme not in ("https", urlsplit(self.account.url).scheme):
            raise NoCarrier("The label lies where it could be read on its way.")
        until = time.monotonic() + SECONDS
        with spoken(), requests.get(label.url, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            content = content_of(answer, until)
        if answer.status_code != 200 or len(content) > LARGEST_FILE or not content.startswith(FILES):
            raise Unanswered("The carrier has given us no label that can be printed.")
        return content

    def give_back(self, reference: str) -> None:
        """The label is not used."""
        shipped = self._found(reference)
        if shipped is None or shipped.tracking_code is None or shipped.refund_status in ("submitted", "refunded"):
            return
        after = read(lambda: self.client.shipment.refund(shipped.id), Shipped)
        if after.refund_status in ("rejected", "not_applicable"):
            raise NoCarrier("The carrier does not take the label back.")

    def whereabouts(self, reference: str) -> Whereabouts | None:
        """What there is to know of a parcel."""
        shipped = self._found(reference)
        return whereabouts_of(shipped.tracker) if shipped and shipped.tracker else None

    def _known(self, parcel: Parcel) -> Shipped:
        """The shipment of this reference; made now, where there is none, or none that could still be used."""
        found = self._found(parcel.reference)
        if found and found.refund_status is None:
            return found
        return read(
            lambda: self.client.shipment.create(
                reference=parcel.reference,
                to_address=address_of(parcel.address),
                from_address=address_of(self.account.sender),
                parcel={"weight": float(round(parcel.grams / OUNCE, 1))},
                options={"label_format": "PDF"},
            ),
            Shipped,
        )

    def _found(self, reference: str) -> Shipped | None:
        try:
            return read(lambda: self.client.shipment.retrieve(reference), Shipped)
        except Unknown:
            return None


def content_of(answer: requests.Response, until: float) -> bytes:
    """What comes of a file, `until` a time of the monotonic clock; of one that is too large, a little too much."""
    content = bytearray()
    while len(content) <= LARGEST_FILE and (piece := answer.raw.read1(PIECE, decode_content=True)):
        content += piece
        if time.monotonic() >= until:
            raise requests.ReadTimeout
    return bytes(content)


class Unknown(NoCarrier):
    """EasyPost knows nothing of the kind."""


def read[T](call: Callable[[], Any], shape: type[T]) -> T:
    """What EasyPost answers, in its shape. Unanswered where it has none."""
    with spoken():
        return msgspec.convert(call().to_dict(), shape)


@contextmanager
def spoken() -> Iterator[None]:
    """What goes wrong with a request, in our words: EasyPost's own may quote the address, and go into no log."""
    try:
        yield
    except errors.NotFoundError:
        raise Unknown("The carrier knows nothing of it.") from None
    except errors.RateLimitError:
        raise NotSent("The carrier has asked us to be slower.") from None
    except (errors.HttpError, requests.RequestException, HTTPError, *UNSURE) as error:
        if never_arrived(error):
            raise NotSent("The carrier cannot be reached.") from None
        raise Unanswered(f"The carrier has not answered ({type(error).__name__}).") from None
    except errors.ApiError as error:
        if (error.http_status or 0) >= 500:
            raise Unanswered(f"The carrier has not answered ({error.http_status}).") from None
        raise NoCarrier(f"The carrier says {error.code or error.http_status}.") from None
    except (msgspec.ValidationError, AttributeError, ValueError):
        raise Unanswered("The carrier has answered with something that is no answer.") from None


def never_arrived(error: Exception) -> bool:
    """Whether nobody was there to take the request."""
    cause = error if isinstance(error, requests.RequestException) else error.__context__
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if isinstance(cause, requests.ConnectionError) else None
    return isinstance(reason, NewConnectionError)


def address_of(address: Address) -> dict[str, str]:
    """An address in EasyPost's words."""
    return {
        "name": address.recipient,
        "street1": address.street,
        "zip": address.postcode,
        "city": address.city,
        "country": address.country,
    }


def rate_of(priced: Priced) -> Rate:
    """A rate in ours."""
    return Rate(priced.id, priced.carrier, priced.service, Decimal(priced.rate), priced.currency)


def label_of(shipped: Shipped) -> Label | None:
    """The label that was bought for a shipment, and not given back."""
    if shipped.tracking_code and shipped.selected_rate and shipped.postage_label and not shipped.refund_status:
        return Label(shipped.selected_rate.carrier, shipped.tracking_code, shipped.postage_label.label_url)
    return None


def whereabouts_of(tracked: Tracked) -> Whereabouts | None:
    """What of a tracker matters to us: that a parcel has arrived, or never will."""
    at = next((scan.at for scan in reversed(tracked.tracking_details) if scan.status == tracked.status), None)
    match tracked.status, tracked.status_detail:
        case "delivered", _:
            return Whereabouts("delivered", at or tracked.updated_at)
        case "failure", "lost":
            return Whereabouts("lost", at or tracked.updated_at)
        case _:
            return None
