"""The carrier's sandbox, asked by EasyPost's own client: it answers in its shapes, and misbehaves as it is told."""

import json
import time
from email.utils import parsedate_to_datetime
from hashlib import sha256
from hmac import new
from pathlib import Path
from typing import Any

import pytest
import requests
from easypost import EasyPostClient
from easypost.errors import (
    ApiError,
    HttpError,
    InternalServerError,
    InvalidRequestError,
    JsonError,
    NotFoundError,
    ServiceUnavailableError,
    UnauthorizedError,
)
from easypost.errors import TimeoutError as Late
from easypost.util import validate_webhook

from tests.sandbox_room import API_KEY, WEBHOOK_SECRET, Stand, eventually, sandbox, somebody_to_call

THERE = {"name": "Clara Vogel", "street1": "Lindenallee 7", "city": "Leipzig", "zip": "04103", "country": "DE"}
HERE = {"name": "The shop", "street1": "Am Markt 1", "city": "Jena", "zip": "07743", "country": "DE"}


def created(client: EasyPostClient, reference: str = "", **there: str) -> Any:
    """A shipment of half a kilogram."""
    return client.shipment.create(
        to_address=THERE | there, from_address=HERE, parcel={"weight": 17.6}, reference=reference
    )


def bought(client: EasyPostClient, reference: str = "") -> Any:
    """A shipment with a label, at the lowest rate."""
    made = created(client, reference)
    return client.shipment.buy(made.id, rate=made.lowest_rate())


def test_each_carrier_says_what_it_takes(client: EasyPostClient) -> None:
    made = created(client, "a")
    assert [(rate.carrier, rate.service, rate.currency) for rate in made.rates] == [
        ("GelbePost", "Parcel", "EUR"),
        ("GelbePost", "Express", "EUR"),
        ("RoteKutsche", "Parcel", "EUR"),
    ]
    assert made.lowest_rate().service == "Parcel"
    assert (made.reference, made.tracking_code, made.postage_label) == ("a", None, None)


def test_nobody_delivers_to_nowhere(client: EasyPostClient) -> None:
    made = created(client, zip="00000")
    assert (made.rates, made.messages[0].type) == ([], "rate_error")


def test_a_bought_label_is_a_pdf_with_the_number_on_it(client: EasyPostClient) -> None:
    label = bought(client)
    assert label.selected_rate.carrier == "GelbePost"
    file = requests.get(label.postage_label.label_url, timeout=5)
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-1.4")
    assert file.content.rstrip().endswith(b"%%EOF")
    assert label.tracking_code.encode() in file.content


def test_a_label_is_bought_once(client: EasyPostClient) -> None:
    label = bought(client)
    with pytest.raises(InvalidRequestError) as refused:
        client.shipment.buy(label.id, rate=label.lowest_rate())
    assert refused.value.code == "SHIPMENT.POSTAGE.EXISTS"


def test_a_shipment_is_found_by_our_own_name_for_it(client: EasyPostClient) -> None:
    label = bought(client, "ours-1")
    assert client.shipment.retrieve("ours-1").tracking_code == label.tracking_code
    with pytest.raises(NotFoundError):
        client.shipment.retrieve("nobody's")


def test_a_label_is_given_back_until_the_parcel_moves(client: EasyPostClient, stand: Stand) -> None:
    label, other = bought(client), bought(client)
    stand.steer("scan", tracking_code=other.tracking_code, status="in_transit")
    assert client.shipment.refund(label.id).refund_status == "submitted"
    assert client.shipment.refund(other.id).refund_status == "rejected"


def test_where_a_parcel_is_can_be_asked(client: EasyPostClient, stand: Stand) -> None:
    label = bought(client)
    stand.steer("scan", tracking_code=label.tracking_code, status="delivered", at="2026-11-20T10:00:00Z")
    (tracker,) = client.tracker.all(tracking_code=label.tracking_code)["trackers"]
    assert (tracker.status, tracker.tracking_details[-1].datetime) == ("delivered", "2026-11-20T10:00:00Z")
    assert client.tracker.retrieve(tracker.id).status == "delivered"


def test_somebody_without_the_key_learns_nothing(stand: Stand) -> None:
    stranger = EasyPostClient("another", f"{stand.address}/v2")
    with pytest.raises(UnauthorizedError):
        created(stranger)


@pytest.mark.parametrize("content", [{}, {"shipment": 1}, {"shipment": {"parcel": {"weight": "much"}}}])
def test_what_is_no_shipment_is_refused_in_easyposts_words(stand: Stand, content: object) -> None:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    answer = requests.post(f"{stand.address}/v2/shipments", json=content, headers=headers, timeout=5)
    assert (answer.status_code, list(answer.json()["error"])) == (422, ["code", "message", "errors"])


@pytest.mark.parametrize(
    ("kind", "fault", "done"),
    [
        ("error", InternalServerError, False),
        ("hang", Late, False),
        ("failed_after", InternalServerError, True),
        ("silent", Late, True),
        ("garbage", JsonError, True),
        ("slow", Late, True),
    ],
)
def test_it_misbehaves(client: EasyPostClient, stand: Stand, kind: str, fault: type[ApiError], *, done: bool) -> None:
    made = created(client, kind)
    stand.misbehave(kind, "/buy")
    with pytest.raises(fault):
        client.shipment.buy(made.id, rate=made.lowest_rate())
    assert (client.shipment.retrieve(kind).tracking_code is not None) == done
    if not done:
        assert client.shipment.buy(made.id, rate=made.lowest_rate()).tracking_code


def test_it_is_down_for_a_while(client: EasyPostClient, stand: Stand) -> None:
    stand.steer("down", seconds=60)
    with pytest.raises(ServiceUnavailableError):
        created(client)
    stand.steer("behave")
    assert created(client).id


def test_its_misbehaviour_is_that_of_the_seed(tmp_path: Path) -> None:
    def seen(folder: Path) -> list[str]:
        folder.mkdir()
        with sandbox("carrier", folder, silence=0.01) as running:
            running.steer("rate", rate="0.5", seed="7")
            client = EasyPostClient(API_KEY, f"{running.address}/v2", timeout=5)
            found = []
            for _ in range(12):
                try:
                    found.append(created(client).object)
                except ApiError as fault:
                    found.append(type(fault).__name__)
            return found

    first = seen(tmp_path / "first")
    assert first == seen(tmp_path / "second")
    assert 1 < len(set(first)) < 12


def test_it_calls_back_signed_and_again_until_it_is_understood(tmp_path: Path) -> None:
    with somebody_to_call(500) as (address, calls), sandbox("carrier", tmp_path, calls=address) as running:
        label = bought(EasyPostClient(API_KEY, f"{running.address}/v2"))
        for _ in eventually():
            if len(calls) == 2:
                break
    assert calls[0].body == calls[1].body
    told = validate_webhook(calls[0].body, calls[0].headers, WEBHOOK_SECRET)
    assert (told["description"], told["result"]["status"]) == ("tracker.updated", "pre_transit")
    assert told["result"]["tracking_code"] == label.tracking_code
    headers = calls[1].headers
    content = f"{headers['X-Timestamp']}POST/called".encode() + calls[1].body
    digest = new(WEBHOOK_SECRET.encode(), content, sha256).hexdigest()
    assert headers["X-Hmac-Signature-V2"] == f"hmac-sha256-hex={digest}"
    assert abs(parsedate_to_datetime(headers["X-Timestamp"]).timestamp() - time.time()) < 60


def test_it_calls_back_twice_early_and_in_the_wrong_order(tmp_path: Path) -> None:
    with somebody_to_call() as (address, calls), sandbox("carrier", tmp_path, calls=address) as running:
        client = EasyPostClient(API_KEY, f"{running.address}/v2")
        made = created(client)
        running.misbehave("early", "/buy")
        label = client.shipment.buy(made.id, rate=made.lowest_rate())
        assert len(calls) == 1
        other = created(client)
        running.misbehave("shuffled", "/buy")
        moved = client.shipment.buy(other.id, rate=other.lowest_rate())
        running.steer("scan", tracking_code=moved.tracking_code, status="delivered")
        third = created(client)
        running.misbehave("twice", "/buy")
        client.shipment.buy(third.id, rate=third.lowest_rate())
        for _ in eventually():
            if len(calls) == 5:
                break
    told = [json.loads(call.body)["result"] for call in calls]
    assert [each["status"] for each in told if each["tracking_code"] == label.tracking_code] == ["pre_transit"]
    assert [each["status"] for each in told if each["tracking_code"] == moved.tracking_code] == [
        "delivered",
        "pre_transit",
    ]
    assert len({call.body for call in calls}) == 4


def test_parcels_move_along_by_themselves(tmp_path: Path) -> None:
    with (
        somebody_to_call() as (address, calls),
        sandbox("carrier", tmp_path, calls=address, seconds_a_move=0.2) as running,
    ):
        bought(EasyPostClient(API_KEY, f"{running.address}/v2"))
        for _ in eventually():
            if len(calls) == 4:
                break
    stations = [json.loads(call.body)["result"]["status"] for call in calls]
    assert stations == ["pre_transit", "in_transit", "out_for_delivery", "delivered"]


def test_its_ledger_outlives_it(tmp_path: Path) -> None:
    with sandbox("carrier", tmp_path) as running:
        bought(EasyPostClient(API_KEY, f"{running.address}/v2"), "kept")
    with pytest.raises(HttpError):
        created(EasyPostClient(API_KEY, f"{running.address}/v2"))
    with sandbox("carrier", tmp_path) as running:
        assert [row["reference"] for row in running.ledger("Parcels")] == ["kept"]


def test_its_page_shows_the_ledger_without_names(client: EasyPostClient, stand: Stand) -> None:
    label = bought(client, "<b>shown</b>")
    answer = requests.get(stand.address, timeout=5)
    assert label.tracking_code in answer.text
    assert "&lt;b&gt;shown&lt;/b&gt;" in answer.text
    assert "Clara" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("misbehave", {"kind": "explode"}),
        ("misbehave", {"kind": "slow", "times": "many"}),
        ("rate", {"rate": "2"}),
        ("scan", {"tracking_code": "1", "status": "delivered"}),
        ("scan", {}),
        ("dance", {}),
    ],
)
def test_what_its_buttons_cannot_mean_is_said(stand: Stand, name: str, fields: dict[str, str]) -> None:
    answer = requests.post(f"{stand.address}/sandbox/{name}", data=fields, timeout=5)
    assert (answer.status_code, answer.text[:15]) == (400, "That cannot be:")
