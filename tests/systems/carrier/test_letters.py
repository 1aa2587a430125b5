"""The carrier's letters: only what it has signed for us just now is kept; and what it says of parcels is heeded."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from eventstore import clock, log
from eventstore.dispatch import Actor
from eventstore.inbox import heeding
from eventstore.models import Received, ReceivedCount
from orders.domain import shipment
from orders.systems.carrier.letters import CarrierLetters
from orders.systems.webhooks import LARGEST
from tests import factories
from tests.connections import connected
from tests.sandbox_room import WEBHOOK_SECRET
from tests.shop import follow, send

pytestmark = pytest.mark.django_db

ADDRESS = "/webhooks/carrier/"
AT = datetime(2126, 11, 20, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _letters() -> Iterator[None]:
    with connected(senders=[CarrierLetters(WEBHOOK_SECRET)]):
        yield


def told(number: str, status: str = "delivered", detail: str = "arrived_at_destination", **more: Any) -> bytes:
    """An Event of EasyPost's."""
    scan = {"object": "TrackingDetail", "status": status, "status_detail": detail, "datetime": AT.isoformat()}
    tracker = {"object": "Tracker", "tracking_code": number, "status": status, "status_detail": detail}
    result = tracker | {"updated_at": AT.isoformat(), "signed_by": "C. VOGEL", "tracking_details": [scan]}
    event = {"id": f"evt_{number}_{status}", "object": "Event", "description": "tracker.updated", "result": result}
    return json.dumps(event | more).encode()


def signature(content: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return "hmac-sha256-hex=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def signed(
    body: bytes, *, at: datetime | None = None, path: str = ADDRESS, secret: str = WEBHOOK_SECRET
) -> dict[str, str]:
    sent = format_datetime(at or timezone.now())
    return {
        "X-Timestamp": sent,
        "X-Path": path,
        "X-Hmac-Signature": signature(body, secret),
        "X-Hmac-Signature-V2": signature(f"{sent}POST{path}".encode() + body, secret),
    }


def post(body: bytes, headers: dict[str, str] | None = None) -> int:
    given = signed(body) if headers is None else headers
    return Client(enforce_csrf_checks=True).post(ADDRESS, body, "application/json", headers=given).status_code


def counted() -> dict[str, int]:
    return {row.outcome: row.letters for row in ReceivedCount.objects.all()}


def parcel(*, left: bool = True) -> tuple[UUID, str]:
    """A parcel with a label, which has left, or waits for that."""
    plan = factories.PlanShipment.build()
    shipment_id, number = plan.shipment_id, f"N{plan.shipment_id.hex[:12]}"
    send(plan)
    send(shipment.StartPicking(shipment_id=shipment_id))
    send(shipment.RecordPick(shipment_id=shipment_id, sku="MUG-035", quantity=2))
    send(shipment.PackShipment(shipment_id=shipment_id, grams=900))
    send(shipment.RecordLabel(shipment_id=shipment_id, carrier="Post", tracking_number=number))
    if left:
        send(shipment.DispatchShipment(shipment_id=shipment_id, order="open"))
    follow()
    return shipment_id, number


def stations(shipment_id: UUID) -> list[str]:
    return [fact.name for fact in log.read_stream(f"shipment-{shipment_id}")][5:]


def test_what_the_carrier_says_is_recorded_in_its_own_name() -> None:
    shipment_id, number = parcel()
    assert post(told(number)) == 200
    assert stations(shipment_id) == ["ShipmentDispatched"], "It is answered first, and worked on later."
    heeding.heed_everybody()
    last = list(log.read_stream(f"shipment-{shipment_id}"))[-1]
    assert isinstance(last.event, shipment.ShipmentDelivered)
    assert last.event.delivered_at == AT
    assert last.actor == Actor("system:carrier").id


def test_said_twice_it_happens_once() -> None:
    shipment_id, number = parcel()
    for _ in range(3):
        assert post(told(number)) == 200
        heeding.heed_everybody()
    assert stations(shipment_id) == ["ShipmentDispatched", "ShipmentDelivered"]
    assert counted() == {"kept": 1, "kept before": 2}


def test_a_parcel_is_lost_and_found_again() -> None:
    shipment_id, number = parcel()
    post(told(number, "failure", "lost"))
    post(told(number))
    heeding.heed_everybody()
    assert stations(shipment_id) == ["ShipmentDispatched", "ShipmentLost", "ShipmentDelivered"]


def test_said_in_the_wrong_order_it_has_arrived() -> None:
    shipment_id, number = parcel()
    post(told(number))
    post(told(number, "failure", "lost"))
    heeding.heed_everybody()
    assert stations(shipment_id) == ["ShipmentDispatched", "ShipmentDelivered"]


def test_it_arrives_after_it_has_left_whatever_the_carriers_clock_says() -> None:
    shipment_id, number = parcel()
    body = json.loads(told(number))
    body["result"]["tracking_details"][0]["datetime"] = "2020-01-01T10:00:00Z"
    post(json.dumps(body).encode())
    heeding.heed_everybody()
    left, arrived = list(log.read_stream(f"shipment-{shipment_id}"))[-2:]
    assert isinstance(arrived.event, shipment.ShipmentDelivered)
    assert arrived.event.delivered_at == left.recorded_at


def test_a_carrier_who_is_faster_than_the_warehouse_is_heeded_later() -> None:
    shipment_id, number = parcel(left=False)
    post(told(number))
    heeding.heed_everybody()
    send(shipment.DispatchShipment(shipment_id=shipment_id, order="open"))
    clock.forward(timedelta(minutes=1))
    heeding.heed_everybody()
    assert stations(shipment_id) == ["ShipmentDispatched", "ShipmentDelivered"]


def test_the_number_of_a_parcel_may_become_known_later() -> None:
    post(told("N-unknown"))
    heeding.heed_everybody()
    (row,) = Received.objects.all()
    assert (row.settled_at, row.outcome) == (None, "No parcel has this number, as far as we know.")


@pytest.mark.parametrize("status", ["pre_transit", "in_transit", "out_for_delivery", "return_to_sender", "unheard_of"])
def test_the_stations_of_a_parcel_are_of_no_interest(status: str) -> None:
    assert post(told("N1", status)) == 200
    assert counted() == {"of no interest": 1}


def test_other_events_are_of_no_interest() -> None:
    body = json.dumps({"id": "evt_1", "description": "batch.updated", "result": {"object": "Batch"}}).encode()
    assert post(body) == 200
    assert counted() == {"of no interest": 1}


def test_nobodys_name_is_kept() -> None:
    post(told("N1"))
    (row,) = Received.objects.all()
    assert b"VOGEL" not in bytes(row.content)


BODY = told("N1")


def otherwise(**other: str) -> Callable[[], dict[str, str]]:
    """What goes with the letter, but for this."""
    return lambda: signed(BODY) | {name.replace("_", "-"): value for name, value in other.items()}


def minutes(number: int) -> Callable[[], dict[str, str]]:
    """What went with the letter so long ago."""
    return lambda: signed(BODY, at=timezone.now() - timedelta(minutes=number))


@pytest.mark.parametrize(
    ("body", "headers", "fault"),
    [
        (BODY, dict, "forged"),
        (BODY, lambda: signed(BODY, secret="another"), "forged"),
        (BODY, lambda: signed(BODY, path="/elsewhere/"), "forged"),
        (BODY, otherwise(X_Path="/elsewhere/"), "forged"),
        (BODY, otherwise(X_Hmac_Signature="hmac-sha256-hex=0"), "forged"),
        (BODY, otherwise(X_Hmac_Signature=""), "forged"),
        (BODY, otherwise(X_Hmac_Signature_V2=""), "forged"),
        (BODY, otherwise(X_Hmac_Signature_V2="hmac-sha256-hex=\xfc"), "forged"),
        (BODY, otherwise(X_Timestamp="Thu, 26 Nov 2026 12:00:00 GMT"), "forged"),
        (BODY + b" ", lambda: signed(BODY), "forged"),
        (BODY, minutes(6), "stale"),
        (BODY, minutes(-6), "stale"),
        (b"{", lambda: signed(b"{"), "unreadable"),
        (b"[]", lambda: signed(b"[]"), "unreadable"),
        (b"\xff\xfe", lambda: signed(b"\xff\xfe"), "unreadable"),
        (told("N1", result={}), lambda: signed(told("N1", result={})), "unreadable"),
    ],
)
def test_what_the_carrier_has_not_signed_for_us_just_now_is_refused(
    body: bytes, headers: Callable[[], dict[str, str]], fault: str
) -> None:
    assert post(body, headers()) == 400
    assert counted() == {fault: 1}
    assert not Received.objects.exists()


def test_a_time_that_is_none_is_refused() -> None:
    secret_of = signature(b"yesterdayPOST/webhooks/carrier/" + BODY)
    assert post(BODY, otherwise(X_Timestamp="yesterday", X_Hmac_Signature_V2=secret_of)()) == 400
    assert counted() == {"forged": 1}


def test_the_same_event_with_other_content_is_refused() -> None:
    post(told("N1"))
    assert post(told("N1", mode="production")) == 400
    assert counted() == {"kept": 1, "altered": 1}


def test_what_is_too_large_is_refused_unread() -> None:
    assert post(b"x" * (LARGEST + 1)) == 413
    assert counted() == {"too large": 1}


@pytest.mark.parametrize("change", [{"id": "e" * 201}, {"id": "evt_\0"}])
def test_an_event_whose_name_cannot_be_kept_is_refused(change: dict[str, str]) -> None:
    assert post(told("N1", **change)) == 400
    assert counted() == {"unreadable": 1}


def test_a_time_of_nowhere_is_refused() -> None:
    result = json.loads(told("N1"))["result"] | {"updated_at": "2126-11-20T10:00:00", "tracking_details": []}
    assert post(told("N1", result=result)) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize("number", ["N" * 201, "N\0"])
def test_a_parcel_whose_number_cannot_be_kept_is_refused(number: str) -> None:
    assert post(told(number, id="evt_1")) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize("whole", ['{"id": "e", "description": "tracker.x", "result": %s}', '{"x": %s}'])
def test_an_event_that_is_nested_too_deeply_is_refused(whole: str) -> None:
    assert post((whole % ("[" * 100_000 + "]" * 100_000)).encode()) == 400
    assert counted() == {"unreadable": 1}


@pytest.mark.parametrize("sent", [f"Mon, 01 Jan {'9' * 30} 00:00:00 +0000", f"Mon, 01 Jan 2024 00:00:00 +{'9' * 30}"])
def test_what_was_sent_at_a_time_that_cannot_be_is_refused(sent: str) -> None:
    body = told("N1")
    named = {"X-Timestamp": sent, "X-Hmac-Signature-V2": signature(f"{sent}POST{ADDRESS}".encode() + body)}
    assert post(body, signed(body) | named) == 400
    assert counted() == {"forged": 1}


@pytest.mark.parametrize("length", ["much", "1e3", "9" * 5000])
def test_what_says_a_length_that_is_none_is_refused(length: str) -> None:
    answer = Client().post(ADDRESS, told("N1"), "application/json", headers={"Content-Length": length})
    assert (answer.status_code, counted()) == (400, {"forged": 1})


def test_what_breaks_off_on_its_way_is_refused() -> None:
    class Broken(BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            raise ConnectionResetError

    broken: dict[str, Any] = {"wsgi.input": Broken()}
    answer = Client().post(ADDRESS, told("N1"), "application/json", **broken)
    assert (answer.status_code, counted()) == (400, {"unreadable": 1})


def test_nobody_else_writes_to_us() -> None:
    assert Client().post("/webhooks/nobody/").status_code == 404
    assert Client().get(ADDRESS).status_code == 405
