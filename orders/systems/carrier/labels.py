"""The files of labels: kept from the purchase until the parcel has arrived, and shown to the warehouse only."""

from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages

KINDS = {b"%PDF": "pdf", b"\x89PNG": "png"}


def keep(shipment_id: UUID, content: bytes) -> None:
    """Keep the label of a shipment."""
    forget(shipment_id)
    storages["labels"].save(f"{shipment_id}.{KINDS[content[:4]]}", ContentFile(content))


def name_of(shipment_id: UUID) -> str | None:
    """The name of the label's file; None where there is none."""
    names = (f"{shipment_id}.{kind}" for kind in KINDS.values())
    return next((name for name in names if storages["labels"].exists(name)), None)


def forget(shipment_id: UUID) -> None:
    """Do not keep the label of a shipment any longer."""
    while name := name_of(shipment_id):
        storages["labels"].delete(name)
