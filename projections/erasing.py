"""Erasing: a customer's key is destroyed, so that nothing more can be read of them, and read models are made anew."""

from collections.abc import Sequence

from celery import current_app
from django.db import transaction

from accounts.domain.customer import CustomerErased
from eventstore import personal
from eventstore.log import Recorded
from eventstore.readers import Reader


def take(facts: Sequence[Recorded[CustomerErased]]) -> None:
    """Destroy the keys. What was read before goes with its tables, which are found to be outdated from now on."""
    for fact in facts:
        personal.destroy_key(str(fact.event.customer_id))
    transaction.on_commit(lambda: current_app.send_task("projections.tasks.renew"), robust=True)


READER = Reader("erasing", wants=[CustomerErased], take=take)
