"""What a customer can be. A state holds nothing of the person: their data lie sealed in the events alone."""

from uuid import UUID

from eventstore.messages import State


class Unknown(State):
    """Nobody has registered under this id."""


class Active(State):
    """A customer who may order; `addresses` are the ids of those they keep with us. A partner may answer for them."""

    addresses: frozenset[UUID] = frozenset()
    partner_id: UUID | None = None


class Suspended(State):
    """A customer who places no orders until they are reinstated."""

    addresses: frozenset[UUID] = frozenset()
    partner_id: UUID | None = None


class Erased(State):
    """Somebody of whom we know nothing any more."""


type Customer = Unknown | Active | Suspended | Erased
