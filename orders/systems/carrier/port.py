"""The port to a carrier: all that the shop wants of one, whoever it is."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from accounts.domain.address import Address

type News = Literal["delivered", "lost"]


class Parcel(NamedTuple):
    """What is to be carried: our own name for it, its weight, and where it goes."""

    reference: str
    grams: int
    address: Address


class Rate(NamedTuple):
    """What a carrier takes for a parcel."""

    id: str
    carrier: str
    service: str
    price: Decimal
    currency: str


class Label(NamedTuple):
    """A label that was bought: by whom the parcel is carried, its number there, and where the label's file lies."""

    carrier: str
    tracking_number: str
    url: str


class Whereabouts(NamedTuple):
    """What a carrier knows of a parcel that matters to us, and since when."""

    news: News
    at: datetime


class NoCarrier(Exception):
    """No carrier takes the parcel, or the carrier does not take the request: a person has to look.

    Its text is shown to them, and kept: nothing of the address may be in it.
    """


class Carrier(Protocol):
    """A carrier. Each of these raises Unanswered, NotSent or NoCarrier."""

    def rates(self, parcel: Parcel, /) -> Sequence[Rate]:
        """What it would cost; the parcel is known there by its reference from now on."""

    def buy(self, parcel: Parcel, /) -> Label:
        """A label at the lowest rate; the one that was bought before, where there is one."""

    def label(self, reference: str, /) -> Label | None:
        """The label that was bought, and not given back, for the parcel of this reference."""

    def file(self, label: Label, /) -> bytes:
        """The label itself, a PDF or PNG."""

    def give_back(self, reference: str, /) -> None:
        """The label is not used; what was paid is asked back. Nothing happens where none was bought."""

    def whereabouts(self, reference: str, /) -> Whereabouts | None:
        """What there is to know of a parcel; None while nothing is, or nothing that matters."""
