"""Payment reconciliation, as it is decided now: what a transfer brought too much goes back invoice by invoice."""

from datetime import datetime
from uuid import uuid5

from eventstore.process import Do, Send
from orders.domain import payment
from orders.domain.payment.provider import BankTransfer
from orders.processes import reconciliation
from orders.processes.reconciliation import Reconciliation, Wanted, evolve, initial, refund

__all__ = ["evolve", "initial", "react"]


def react(before: Reconciliation, event: Wanted, after: Reconciliation, at: datetime) -> list[Do]:
    """As before, but a bank transfer is given back once for each invoice, and not once for the order."""
    match event:
        case payment.LatePaymentReceived(request=BankTransfer(shipment_id=shipment_id, transfer=transfer)):
            return [Send(refund(event, uuid5(shipment_id, transfer)))]
        case _:
            return reconciliation.react(before, event, after, at)
