"""Cancellation (second version): every attempt to be paid is given up, also one made while parcels are stopped."""

from msgspec.structs import replace

from orders.domain import payment
from orders.processes import cancellation
from orders.processes.cancellation import Cancellation, Stopping, Wanted, initial, react

__all__ = ["evolve", "initial", "react"]


def evolve(state: Cancellation, event: Wanted) -> Cancellation:
    """As before, and a card that is asked while the customer waits for an answer is remembered."""
    after = cancellation.evolve(state, event)
    match event, after:
        case payment.PaymentRequested(attempt=attempt), Stopping():
            return replace(after, attempts=attempt)
        case _:
            return after
