"""What Celery runs for the payment provider: now and then a page of its ledger is held against our books."""

from celery import shared_task

from eventstore.effects import systems
from orders.processes.payment_requests import SYSTEM
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.looking_through import look_through


@shared_task(name="orders.systems.payment_provider.tasks.look")
def look() -> None:
    """Look at the next page, where there is a payment provider."""
    border = systems().get(SYSTEM)
    if isinstance(border, PaymentBorder):
        look_through(border)
