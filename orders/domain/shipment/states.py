"""What a shipment can be. Its pieces are counted by the number of their product."""

from uuid import UUID

from eventstore.messages import State

type Pieces = dict[str, int]


class Unplanned(State):
    """Nobody has planned this shipment."""


class Planned(State):
    """It waits for somebody to pick it."""

    order_id: UUID
    pieces: Pieces


class Picking(State):
    """Somebody is fetching its pieces from the shelves; `missing` ones are not there."""

    order_id: UUID
    pieces: Pieces
    picked: Pieces = {}
    missing: Pieces = {}

    def left(self, sku: str) -> int:
        """How many pieces of a product of the shipment are neither picked nor known to be missing."""
        return self.pieces[sku] - self.picked.get(sku, 0) - self.missing.get(sku, 0)


class Packed(State):
    """In its parcel, which waits for a label."""

    order_id: UUID
    picked: Pieces


class Labelled(State):
    """In its parcel, with a label, to be handed to the carrier."""

    order_id: UUID
    picked: Pieces
    tracking_number: str


class Dispatched(State):
    """On its way."""

    order_id: UUID
    tracking_number: str


class Delivered(State):
    """With the customer."""

    order_id: UUID
    tracking_number: str


class Lost(State):
    """Gone on its way."""

    order_id: UUID
    tracking_number: str


class Cancelled(State):
    """Stopped before it left."""

    order_id: UUID


type Shipment = Unplanned | Planned | Picking | Packed | Labelled | Dispatched | Delivered | Lost | Cancelled
