"""Timely: an e-mail that asks for something is not sent once that is settled, however late it would leave."""

from eventstore.dispatch import load
from orders.domain.order import Confirmed, Placed
from orders.domain.payment import Declined
from orders.processes.notification import Tell
from orders.streams import ORDER, PAYMENT


def settled(tell: Tell) -> bool:
    """Whether what an e-mail asks for was done, or cannot be done any more."""
    order = load(ORDER, f"{ORDER.name}-{tell.order_id}").state
    payment = load(PAYMENT, f"{PAYMENT.name}-{tell.order_id}").state
    match tell.kind:
        case "invoice_issued" | "invoice_reminded":
            owed = dict(payment.ledger.owed())
            return tell.invoice not in owed if tell.invoice else not owed
        case "card_declined" | "charge_declined" | "charge_declined_all_sent":
            return not (isinstance(payment, Declined) and isinstance(order, Placed | Confirmed))
        case "backorder_choice":
            return not (isinstance(order, Placed | Confirmed) and order.asked)
        case _:
            return False
