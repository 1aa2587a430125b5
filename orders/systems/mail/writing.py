"""Writing: an e-mail to a customer, in their language, as plain text and as HTML, of what is known of them now."""

from datetime import datetime
from html import unescape
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.domain.customer import ContactDetailsChanged, CustomerErased, CustomerRegistered
from accounts.models import User
from eventstore import log
from orders.domain import order
from orders.domain.order import reference
from orders.processes.notification import Tell


class Reader(NamedTuple):
    """Whom we write to, where, `since` when that is known, and in which language."""

    name: str
    email: str
    language: str
    since: datetime | None = None


class Written(NamedTuple):
    """An e-mail: its subject, and its text in both forms."""

    subject: str
    text: str
    html: str


def reader_of(customer_id: UUID) -> Reader | None:
    """A customer as they can be reached now; None where they were erased, or are not known."""
    for fact in log.read_stream(f"customer-{customer_id}", backwards=True):
        match fact.event:
            case CustomerErased():
                return None
            case CustomerRegistered(name=name, email=email) | ContactDetailsChanged(name=name, email=email):
                if not (name and email):
                    return None
                return Reader(name, email, language_of(customer_id), fact.recorded_at)
            case _:
                pass
    return None


def language_of(customer_id: UUID) -> str:
    """The language that a customer reads."""
    chosen = User.objects.filter(id=customer_id).values_list("language", flat=True).first()
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def write(tell: Tell, reader: Reader) -> Written:
    """The e-mail. The first line of its template is the subject, and a paragraph ends where a line is empty."""
    with translation.override(reader.language):
        text = render_to_string(f"mail/{tell.kind}.txt", context(tell, reader)).strip()
        subject, _, body = text.partition("\n")
        paragraphs = [" ".join(part.split()) for part in body.split("\n\n") if part.strip()]
        around = context(tell, reader) | {"subject": subject, "paragraphs": paragraphs}
        return Written(
            subject,
            render_to_string("mail/letter.txt", around).strip() + "\n",
            render_to_string("mail/letter.html", around | {"language": reader.language}),
        )


def context(tell: Tell, reader: Reader) -> dict[str, Any]:
    """What the templates know: what is told, whom, of which order, and where that can be looked at."""
    placed = order_of(tell.order_id)
    lines = {line.sku: line for line in placed.lines}
    ordered = {sku: line.quantity for sku, line in lines.items()}
    pieces = ordered if tell.kind == "order_received" else tell.pieces
    return {
        "tell": tell,
        "shop": unescape(render_to_string("_shop_name.html")).strip(),
        "reader": reader,
        "reference": reference(tell.order_id),
        "total": placed.total,
        "lines": [{"quantity": n, "name": lines[sku].name, "price": lines[sku].price * n} for sku, n in pieces.items()],
        "send_to": settings.SHOP_ADDRESS,
        "address": settings.ENV["SHOP_URL"].rstrip("/") + reverse("orders:order", args=(tell.order_id,)),
    }


def order_of(order_id: UUID) -> order.OrderPlaced:
    """The order as it was placed."""
    first = next(log.read_stream(f"order-{order_id}"))
    assert isinstance(first.event, order.OrderPlaced)
    return first.event
