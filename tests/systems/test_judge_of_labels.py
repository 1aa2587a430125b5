"""The judge of labels sees what it is there for: two labels, another label, and one that nobody has."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from eventstore import log
from orders.domain import shipment
from orders.domain.money import Money
from tests import factories
from tests.systems.tempest import labels
from tests.systems.tempest.buyers import METADATA, Buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Buyer:
    """Somebody whose parcel bears the label PP-1."""
    someone = Buyer(uuid7(), (uuid7(), uuid7()), uuid7(), Money(cents=100), "pm_card_visa", None, 1.0, None)
    about = {"order_id": someone.order_id, "shipment_id": someone.parcels[0]}
    happened = [
        shipment.ShipmentPlanned(**about, pieces={"MUG-035": 1}),
        shipment.PickingStarted(**about),
        shipment.ItemsPicked(**about, sku="MUG-035", quantity=1),
        shipment.ShipmentPacked(**about, pieces={"MUG-035": 1}, grams=900),
        factories.LabelPrinted.build(**about, tracking_number="PP-1"),
    ]
    log.append([log.New(f"shipment-{someone.parcels[0]}", happened)], METADATA)
    return someone


def judged(folder: Path, buyer: Buyer, *paid: tuple[object, str, str | None]) -> list[str]:
    """What the judge says, where the carrier was paid for these labels: a parcel, a number, what it gave back."""
    file = folder / "ledger.sqlite"
    with closing(sqlite3.connect(file)) as ledger, ledger:
        ledger.execute("CREATE TABLE parcel (reference, tracking_code, bought_at, refund_status)")
        rows = [(str(reference), number, "now", status) for reference, number, status in paid]
        ledger.executemany("INSERT INTO parcel VALUES (?, ?, ?, ?)", rows)
    return [*labels.faults(file, [buyer], Counter())]


def test_one_label_that_is_ours_is_no_fault_nor_is_one_that_was_given_back(tmp_path: Path, buyer: Buyer) -> None:
    parcel = buyer.parcels[0]
    assert judged(tmp_path, buyer, (parcel, "PP-1", None), (parcel, "PP-0", "submitted")) == []


def test_two_labels_are_a_fault(tmp_path: Path, buyer: Buyer) -> None:
    parcel = buyer.parcels[0]
    said = judged(tmp_path, buyer, (parcel, "PP-1", None), (parcel, "PP-2", None))
    assert said[0] == f"{parcel} has 2 labels"


def test_a_label_that_is_not_ours_is_a_fault(tmp_path: Path, buyer: Buyer) -> None:
    parcel = buyer.parcels[0]
    assert judged(tmp_path, buyer, (parcel, "PP-2", None)) == [f"{parcel}, Labelled: ours ['PP-1'], theirs ['PP-2']"]


def test_a_parcel_without_its_label_is_a_fault(tmp_path: Path, buyer: Buyer) -> None:
    assert judged(tmp_path, buyer) == [f"{buyer.parcels[0]}, Labelled: ours ['PP-1'], theirs []"]


def test_a_label_that_nobody_has_is_a_fault(tmp_path: Path, buyer: Buyer) -> None:
    stray = uuid7()
    said = judged(tmp_path, buyer, (buyer.parcels[0], "PP-1", None), (stray, "PP-9", None))
    assert said == [f"nobody has the parcel {stray}"]
