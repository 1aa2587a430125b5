"""The judge of labels: each parcel that has one has the one that was paid; none was paid that nobody has."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from orders.domain import shipment
from tests.systems.tempest.buyers import Buyer, parcel_of

PAID = "SELECT reference, tracking_code FROM parcel WHERE bought_at IS NOT NULL AND refund_status IS NULL"
BACK = "SELECT count(*) FROM parcel WHERE refund_status = 'submitted'"


def faults(ledger: Path, buyers: Sequence[Buyer], counts: Counter[str]) -> Iterator[str]:
    """Where our parcels and the carrier's ledger do not agree."""
    paid: dict[str, list[str]] = {}
    with closing(sqlite3.connect(ledger)) as database:
        for reference, number in database.execute(PAID):
            paid.setdefault(reference, []).append(number)
        counts["labels given back"] = database.execute(BACK).fetchone()[0]
    counts["labels"] = sum(map(len, paid.values()))
    for buyer in buyers:
        state = parcel_of(buyer)
        counts[f"parcels {type(state).__name__}"] += 1
        ours = [state.tracking_number] if isinstance(state, shipment.Labelled) else []
        theirs = paid.pop(str(buyer.parcels[0]), [])
        if len(theirs) > 1:
            yield f"{buyer.parcels[0]} has {len(theirs)} labels"
        if ours != theirs:
            yield f"{buyer.parcels[0]}, {type(state).__name__}: ours {ours}, theirs {theirs}"
    yield from (f"nobody has the parcel {reference}" for reference in paid)
