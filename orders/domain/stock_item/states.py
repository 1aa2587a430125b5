"""What lies on the shelf of a product, and which orders lay claim to it, in the order in which they came."""

from uuid import UUID

from msgspec.structs import replace

from eventstore.messages import Message, State

# A process that repeats itself under another id does so soon: this many of the latest deeds are remembered.
REMEMBERED = 500


class Claim(Message):
    """What one order wants: `reserved` pieces are there for it, for `waiting` it waits; `released` it wants no more."""

    reserved: int = 0
    waiting: int = 0
    released: int = 0


class StockItem(State):
    """`on_hand` pieces lie in the warehouse; some are reserved. No piece is available while an order waits for one."""

    on_hand: int
    claims: dict[UUID, Claim] = {}
    deeds: tuple[str, ...] = ()

    @property
    def reserved(self) -> int:
        """How many pieces belong to some order."""
        return sum(claim.reserved for claim in self.claims.values())

    @property
    def available(self) -> int:
        """How many pieces nobody has reserved."""
        return self.on_hand - self.reserved

    def has_done(self, deed: str) -> bool:
        """Whether this has been done, as far as it is remembered."""
        return deed in self.deeds

    def with_deed(self, deed: str) -> "StockItem":
        """The same stock, remembering what was done."""
        return replace(self, deeds=(*self.deeds, deed)[-REMEMBERED:])

    def missed(self, shipment_id: UUID) -> int:
        """How many pieces could not be found for a shipment, as far as it is remembered."""
        deed = f"missed {shipment_id} "
        return max((int(each.removeprefix(deed)) for each in self.deeds if each.startswith(deed)), default=0)

    def with_missed(self, shipment_id: UUID, quantity: int) -> "StockItem":
        """The same stock, remembering that so many more could not be found for a shipment."""
        return self.with_deed(f"missed {shipment_id} {self.missed(shipment_id) + quantity}")

    def claim(self, order_id: UUID) -> Claim:
        """What an order wants; nothing, where it never asked."""
        return self.claims.get(order_id, Claim())

    def with_claim(self, order_id: UUID, claim: Claim) -> "StockItem":
        """The same stock with the claim of one order changed. It keeps its place in the row until it is settled."""
        if claim.reserved or claim.waiting:
            return replace(self, claims=self.claims | {order_id: claim})
        others = {order: other for order, other in self.claims.items() if order != order_id}
        return replace(self, claims=others).with_deed(f"settled {order_id}")
