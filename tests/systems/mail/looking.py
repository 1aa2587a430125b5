"""What tests of e-mails look at, and what they wait for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from config.services.ports import free_port
from eventstore import clock, log
from eventstore.models import Effect
from eventstore.rest import to_rest
from orders.systems.mail import writing
from tests.systems.mail.postbox import Postbox


def customer_of(order_id: UUID) -> UUID:
    return writing.order_of(order_id).customer_id


def events(kind: type[Any]) -> list[Any]:
    return [fact.event for fact in log.read_log() if isinstance(fact.event, kind)]


def later(minutes: int = 5) -> None:
    """Time goes by, and everything comes to rest."""
    clock.forward(timedelta(minutes=minutes))
    to_rest()


def stuck() -> list[str]:
    return [effect.error for effect in Effect.objects.filter(next_try_at=None)]


def texts(box: Postbox) -> list[str]:
    """What the e-mails say."""
    found = [letter.get_body(("plain",)) for letter in box.letters]
    return [" ".join(part.get_content().split()) for part in found if part]


def nobody() -> dict[str, Any]:
    """A mail server that nobody has started."""
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 0.5}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
