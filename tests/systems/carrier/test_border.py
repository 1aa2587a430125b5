"""The border to the carrier, from the packed parcel to the door, with the sandbox at the other side of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings

from accounts.domain import roles
from eventstore import clock, log
from eventstore.models import Effect
from eventstore.process.history import SkipCommand
from eventstore.rest import to_rest
from orders.domain import order, shipment
from orders.systems.carrier import easypost, labels
from orders.systems.carrier.border import CarrierBorder
from orders.systems.carrier.easypost import Account, EasyPost
from tests import factories
from tests.connections import connected
from tests.processes import play
from tests.sandbox_room import API_KEY, Stand
from tests.shop import browsing, open_shop, send, somebody
from tests.systems.carrier.breaking_off import broken_off, ends_early

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _connected(stand: Stand, tmp_path: Path) -> Iterator[None]:
    """A shop with goods on its shelves, which is connected to the sandbox and to nobody else."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    account = Account(f"{stand.address}/v2", API_KEY, factories.Address.build(recipient="The shop"))
    with (
        override_settings(STORAGES=settings.STORAGES | {"labels": files}),
        connected(systems=[CarrierBorder(EasyPost(account))]),
        patch.object(easypost, "SECONDS", 1),
    ):
        open_shop()
        yield


def packed(*, postcode: str = "04103") -> UUID:
    """A parcel of an order that somebody has picked and packed."""
    order_id = play.place()
    there = factories.Address.build(postcode=postcode)
    send(order.ChangeDeliveryAddress(order_id=order_id, delivery_address=there, parcels=()))
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    send(shipment.StartPicking(shipment_id=shipment_id))
    for sku, quantity in play.shipments(shipment_id).pieces.items():
        send(shipment.RecordPick(shipment_id=shipment_id, sku=sku, quantity=quantity))
    send(shipment.PackShipment(shipment_id=shipment_id, grams=900))
    return shipment_id


def events(shipment_id: UUID) -> list[Any]:
    return [fact.event for fact in log.read_stream(f"shipment-{shipment_id}")]


def labelled(shipment_id: UUID) -> shipment.LabelPrinted | None:
    return next((event for event in events(shipment_id) if isinstance(event, shipment.LabelPrinted)), None)


def ledger(stand: Stand, shipment_id: UUID) -> list[dict[str, Any]]:
    """What the carrier has of a shipment, labels that were paid only."""
    return [row for row in stand.ledger("Parcels") if row["reference"] == str(shipment_id) and row["paid"]]


def rest(hours: float = 0) -> None:
    """Time goes by, a while at a time, and everything comes to rest."""
    to_rest()
    for _ in range(int(hours * 4)):
        clock.forward(timedelta(minutes=15))
        to_rest()


def unanswered() -> list[str]:
    """What the carrier was, or is to be, asked. What is asked of others waits until this shop is connected to them."""
    return [effect.name for effect in Effect.objects.filter(system=CarrierBorder.name)]


def for_a_person() -> list[str]:
    return [effect.error for effect in Effect.objects.filter(next_try_at=None)]


def test_a_packed_parcel_gets_a_label_that_is_kept_as_a_file(stand: Stand) -> None:
    shipment_id = packed()
    assert labelled(shipment_id) is None
    to_rest()
    label = labelled(shipment_id)
    assert label is not None
    (row,) = ledger(stand, shipment_id)
    assert (label.carrier, label.tracking_number) == (row["carrier"], row["tracking code"])
    assert labels.name_of(shipment_id) == f"{shipment_id}.pdf"
    assert not unanswered()
    last = list(log.read_stream(f"shipment-{shipment_id}"))[-1]
    assert last.actor == "system:carrier"


@pytest.mark.parametrize("kind", ["error", "failed_after", "silent", "hang", "garbage", "slow"])
@pytest.mark.parametrize("path", ["POST /v2/shipments", "/buy", "/files"])
def test_a_label_is_bought_once_whatever_goes_wrong(stand: Stand, kind: str, path: str) -> None:
    shipment_id = packed()
    stand.misbehave(kind, path)
    rest()
    assert labelled(shipment_id) is None
    rest(hours=0.5)
    label = labelled(shipment_id)
    assert label is not None
    assert [row["tracking code"] for row in ledger(stand, shipment_id)] == [label.tracking_number]
    assert labels.name_of(shipment_id)


def test_a_label_that_breaks_off_on_its_way_is_fetched_again_and_not_bought_again(stand: Stand) -> None:
    shipment_id = packed()
    fetched = EasyPost.file
    with (
        broken_off(ends_early) as url,
        patch.object(EasyPost, "file", lambda carrier, label: fetched(carrier, label._replace(url=url))),
    ):
        rest()
    assert labelled(shipment_id) is None
    assert for_a_person() == []
    rest(hours=0.5)
    assert labelled(shipment_id)
    assert len(ledger(stand, shipment_id)) == 1


def test_a_carrier_that_is_down_for_an_hour_is_waited_for(stand: Stand) -> None:
    stand.steer("down", seconds=3600)
    shipment_id = packed()
    rest(hours=1)
    assert labelled(shipment_id) is None
    stand.steer("behave")
    rest(hours=0.5)
    assert labelled(shipment_id)
    assert for_a_person() == []


def test_where_nobody_delivers_a_person_has_to_look(stand: Stand) -> None:
    shipment_id = packed(postcode="00000")
    rest(hours=2)
    assert for_a_person() == ["NoCarrier: No carrier takes this parcel to its address."]
    send(shipment.CancelShipment(shipment_id=shipment_id, reason="Nobody delivers there."))
    rest()
    (stuck,) = Effect.objects.filter(next_try_at=None)
    send(SkipCommand(instance=f"carriage:{shipment_id}", command_id=stuck.command_id, reason="Nobody delivers there."))
    rest()
    assert not unanswered()


def test_the_address_is_in_no_history(stand: Stand) -> None:
    shipment_id = packed()
    to_rest()
    written = str([fact.event for fact in log.read_stream(f"process-carriage:{shipment_id}")])
    assert str(shipment_id) in written
    assert "Lindenallee" not in written


def test_a_parcel_whose_address_is_erased_is_somebodys_task(stand: Stand) -> None:
    shipment_id = packed()
    with patch("orders.systems.carrier.border.log.read_stream", return_value=iter(())):
        rest()
    assert for_a_person() == ["NoCarrier: Nobody knows any more where this order was to go."]
    assert ledger(stand, shipment_id) == []


def test_the_label_of_a_stopped_parcel_goes_back_and_its_file_goes(stand: Stand) -> None:
    shipment_id = packed()
    to_rest()
    send(shipment.CancelShipment(shipment_id=shipment_id, reason="Not needed."))
    rest()
    assert [row["refund"] for row in ledger(stand, shipment_id)] == ["submitted"]
    assert labels.name_of(shipment_id) is None


def test_a_parcel_that_is_stopped_before_the_carrier_is_asked_costs_nothing(stand: Stand) -> None:
    shipment_id = packed()
    send(shipment.CancelShipment(shipment_id=shipment_id, reason="Not needed."))
    rest()
    assert ledger(stand, shipment_id) == []
    assert not unanswered()


def test_a_label_that_comes_for_a_stopped_parcel_goes_back_at_once(stand: Stand) -> None:
    shipment_id = packed()
    stop = shipment.CancelShipment(shipment_id=shipment_id, reason="Not needed.")
    bought = EasyPost.buy

    def buy(*arguments: Any) -> Any:
        send(stop)
        return bought(*arguments)

    with patch.object(EasyPost, "buy", buy):
        rest()
    assert labelled(shipment_id) is None
    assert [row["refund"] for row in ledger(stand, shipment_id)] == ["submitted"]
    assert for_a_person() == []
    assert labels.name_of(shipment_id) is None


def test_what_no_letter_has_said_is_found_by_asking(stand: Stand) -> None:
    shipment_id = packed()
    to_rest()
    play.dispatch(shipment_id)
    (row,) = ledger(stand, shipment_id)
    stand.steer("scan", tracking_code=row["tracking code"], status="delivered", at="2126-11-20T10:00:00Z")
    rest()
    assert isinstance(events(shipment_id)[-1], shipment.ShipmentDispatched)
    rest(hours=25)
    assert isinstance(events(shipment_id)[-1], shipment.ShipmentDelivered)
    assert labels.name_of(shipment_id) is None


def test_a_parcel_that_nobody_has_seen_for_a_month_is_lost(stand: Stand) -> None:
    shipment_id = packed()
    to_rest()
    play.dispatch(shipment_id)
    for _ in range(31):
        clock.forward(timedelta(days=1))
        to_rest()
    assert isinstance(events(shipment_id)[-1], shipment.ShipmentLost)


def delivered_unnoticed(stand: Stand) -> UUID:
    """A parcel that the carrier has delivered, of which we were told nothing."""
    shipment_id = packed()
    to_rest()
    play.dispatch(shipment_id)
    (row,) = ledger(stand, shipment_id)
    stand.steer("scan", tracking_code=row["tracking code"], status="delivered", at="2126-11-20T10:00:00Z")
    return shipment_id


def test_a_parcel_that_arrived_while_nobody_here_worked_is_not_lost(stand: Stand) -> None:
    shipment_id = delivered_unnoticed(stand)
    clock.forward(timedelta(days=31))
    to_rest()
    assert [type(each) for each in events(shipment_id)[-2:]] == [
        shipment.ShipmentDispatched,
        shipment.ShipmentDelivered,
    ]


def test_a_carrier_that_is_away_for_longer_than_a_month_is_asked_once_and_waited_for(stand: Stand) -> None:
    shipment_id = delivered_unnoticed(stand)
    stand.steer("down", seconds=3600)
    for _ in range(8):
        clock.forward(timedelta(days=5))
        to_rest()
    assert isinstance(events(shipment_id)[-1], shipment.ShipmentDispatched)
    assert unanswered() == ["FindParcel"]
    stand.steer("behave")
    rest(hours=0.5)
    assert isinstance(events(shipment_id)[-1], shipment.ShipmentDelivered)
    assert not unanswered()


def test_a_label_that_somebody_else_has_made_out_is_not_bought(stand: Stand) -> None:
    shipment_id = packed()
    send(shipment.RecordLabel(shipment_id=shipment_id, carrier="Post", tracking_number="P1"))
    rest()
    assert ledger(stand, shipment_id) == []
    assert not unanswered()


def test_replay_buys_nothing(stand: Stand) -> None:
    from django.core.management import call_command

    shipment_id = packed()
    to_rest()
    before = stand.ledger("Parcels")
    call_command("replay", "--processes")
    to_rest()
    assert stand.ledger("Parcels") == before
    assert labelled(shipment_id)


def test_the_label_is_shown_to_the_warehouse_and_to_nobody_else(stand: Stand) -> None:
    shipment_id = packed()
    to_rest()
    address = f"/shipments/{shipment_id}/label/"
    answer = browsing(somebody(roles.WAREHOUSE)).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    for role in roles.ROLES - {roles.WAREHOUSE}:
        assert browsing(somebody(role)).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert browsing(somebody(roles.WAREHOUSE, "Wim")).get(f"/shipments/{UUID(int=1)}/label/").status_code == 404
