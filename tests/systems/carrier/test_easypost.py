"""EasyPost as a carrier: what the shop wants of one, and what becomes of each thing that can go wrong."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import patch
from uuid import uuid4

import pytest

from config.services.ports import free_port
from eventstore.effects import NotSent, Unanswered
from orders.systems.carrier import easypost
from orders.systems.carrier.easypost import Account, EasyPost
from orders.systems.carrier.port import Label, NoCarrier, Parcel, Whereabouts
from tests import factories
from tests.sandbox_room import API_KEY, Stand
from tests.systems.carrier.breaking_off import MANNERS, Manner, broken_off

SHOP = factories.Address.build(recipient="The shop")


@pytest.fixture
def carrier(stand: Stand) -> EasyPost:
    return EasyPost(Account(f"{stand.address}/v2", API_KEY, SHOP))


def parcel(**address: str) -> Parcel:
    return Parcel(str(uuid4()), 500, factories.Address.build(**address))


def impatient() -> object:
    return patch.object(easypost, "SECONDS", 1)


def test_the_lowest_of_all_rates_is_taken(carrier: EasyPost) -> None:
    wanted = parcel()
    rates = carrier.rates(wanted)
    assert min(rate.price for rate in rates) == Decimal("4.52")
    assert carrier.buy(wanted).carrier == "GelbePost"


def test_a_label_is_bought_once_however_often_it_is_asked_for(carrier: EasyPost, stand: Stand) -> None:
    wanted = parcel()
    assert carrier.label(wanted.reference) is None
    bought = carrier.buy(wanted)
    assert carrier.buy(wanted) == bought == carrier.label(wanted.reference)
    assert [row["reference"] for row in stand.ledger("Parcels")].count(wanted.reference) == 1


def test_the_label_is_a_pdf(carrier: EasyPost) -> None:
    label = carrier.buy(parcel())
    assert carrier.file(label).startswith(b"%PDF-")


@pytest.mark.parametrize("manner", MANNERS)
def test_a_label_that_breaks_off_can_be_fetched_again(manner: Manner) -> None:
    with broken_off(manner) as url, impatient():  # type: ignore[attr-defined]
        carrier = EasyPost(Account(url, API_KEY, SHOP))
        began = time.monotonic()
        with pytest.raises(Unanswered, match="The carrier has not answered"):
            carrier.file(Label("GelbePost", "G1", url))
    assert time.monotonic() - began < 10


def test_a_label_is_given_back_and_another_one_can_be_bought(carrier: EasyPost) -> None:
    wanted = parcel()
    carrier.give_back(wanted.reference)
    first = carrier.buy(wanted)
    carrier.give_back(wanted.reference)
    carrier.give_back(wanted.reference)
    assert carrier.label(wanted.reference) is None
    assert carrier.buy(wanted).tracking_number != first.tracking_number


def test_the_label_of_a_parcel_that_moves_is_not_taken_back(carrier: EasyPost, stand: Stand) -> None:
    wanted = parcel()
    stand.steer("scan", tracking_code=carrier.buy(wanted).tracking_number, status="in_transit")
    with pytest.raises(NoCarrier, match="does not take the label back"):
        carrier.give_back(wanted.reference)


@pytest.mark.parametrize(
    ("status", "detail", "news"),
    [
        ("in_transit", "delayed", None),
        ("delivered", "arrived_at_destination", "delivered"),
        ("failure", "lost", "lost"),
        ("failure", "damaged", None),
        ("return_to_sender", "return", None),
    ],
)
def test_what_it_knows_of_a_parcel(carrier: EasyPost, stand: Stand, status: str, detail: str, news: str | None) -> None:
    wanted = parcel()
    assert carrier.whereabouts(wanted.reference) is None
    code = carrier.buy(wanted).tracking_number
    stand.steer("scan", tracking_code=code, status=status, detail=detail, at="2026-11-20T10:00:00Z")
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert carrier.whereabouts(wanted.reference) == (Whereabouts(news, at) if news else None)  # type: ignore[arg-type]


def test_a_person_has_to_look_where_nobody_delivers(carrier: EasyPost) -> None:
    with pytest.raises(NoCarrier, match="No carrier takes this parcel"):
        carrier.buy(parcel(postcode="00000"))


def test_a_person_has_to_look_where_the_key_is_wrong(stand: Stand) -> None:
    stranger = EasyPost(Account(f"{stand.address}/v2", "another", SHOP))
    with pytest.raises(NoCarrier, match=r"APIKEY\.INACTIVE"):
        stranger.buy(parcel())


def test_nothing_of_the_address_is_in_what_is_said(carrier: EasyPost) -> None:
    with pytest.raises(NoCarrier) as refused:
        carrier.buy(parcel(recipient="Clara Vogel")._replace(grams=10**9))
    assert str(refused.value) == "The carrier says PARAMETER.INVALID."
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("kind", ["error", "failed_after", "silent", "hang", "garbage", "slow"])
@pytest.mark.parametrize("path", ["GET /v2/shipments", "POST /v2/shipments", "/buy", "/files"])
def test_it_can_be_asked_again_after_whatever_has_happened(
    carrier: EasyPost, stand: Stand, kind: str, path: str
) -> None:
    wanted = parcel()
    stand.misbehave(kind, path, times=4 if path.startswith("GET") else 1)
    with impatient(), pytest.raises(Unanswered):  # type: ignore[attr-defined]
        carrier.file(carrier.buy(wanted))
    stand.steer("behave")
    label = carrier.label(wanted.reference) or carrier.buy(wanted)
    assert carrier.file(label).startswith(b"%PDF-")
    bought = [row for row in stand.ledger("Parcels") if row["reference"] == wanted.reference and row["paid"]]
    assert len(bought) == 1


@pytest.mark.parametrize("price", ["NaN", "much", "-1", ""])
def test_a_price_that_is_none_is_no_answer(price: str) -> None:
    rate = {"id": "rate_1", "carrier": "GelbePost", "service": "Parcel", "rate": price, "currency": "EUR"}
    answer = SimpleNamespace(to_dict=lambda: {"id": "shp_1", "rates": [rate]})
    carrier = EasyPost(Account("http://127.0.0.1:1/v2", API_KEY, SHOP))
    carrier.own.client = SimpleNamespace(shipment=SimpleNamespace(retrieve=lambda _: answer))
    with pytest.raises(Unanswered, match="no answer"):
        carrier.rates(parcel())


def test_nothing_was_sent_where_nobody_is_there() -> None:
    nobody = EasyPost(Account(f"http://127.0.0.1:{free_port()}/v2", API_KEY, SHOP))
    asked: list[Callable[[], object]] = [lambda: nobody.buy(parcel()), lambda: nobody.whereabouts("a")]
    for ask in asked:
        with pytest.raises(NotSent, match="cannot be reached"):
            ask()


def test_a_system_that_is_down_may_have_done_something(carrier: EasyPost, stand: Stand) -> None:
    stand.steer("down", seconds=60)
    with pytest.raises(Unanswered):
        carrier.buy(parcel())
