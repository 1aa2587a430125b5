"""Sent e-mails: which were written to whom about what, for customer service and operations; read again as of now."""

from typing import Any
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.domain.roles import ADMIN, CUSTOMER_SERVICE, OPERATIONS
from accounts.models import SentEmail, User
from orders.domain.order import reference
from orders.processes.notification import Kind, Tell
from orders.systems.mail import writing
from orders.systems.mail.writing import Reader, Written

READERS = frozenset({CUSTOMER_SERVICE, OPERATIONS, ADMIN})
SHOWN = 100
# What each is about, as staff read it.
ABOUT: dict[Kind, Promise] = {
    "order_received": _("order received"),
    "order_confirmed": _("order confirmed"),
    "order_rejected": _("order rejected"),
    "order_cancelled": _("order cancelled"),
    "card_declined": _("card declined"),
    "charge_declined": _("card declined"),
    "charge_declined_all_sent": _("card declined"),
    "pieces_cancelled": _("pieces cancelled"),
    "last_pieces_cancelled": _("pieces cancelled"),
    "cancellation_refused": _("cancellation refused"),
    "backorder_choice": _("backorder choice"),
    "parcel_sent": _("parcel sent"),
    "parcel_delivered": _("parcel delivered"),
    "one_parcel_delivered": _("parcel delivered"),
    "order_delivered": _("order delivered"),
    "parcel_lost": _("parcel lost"),
    "lost_parcel_delivered": _("parcel delivered"),
    "refund_made": _("refund made"),
    "invoice_issued": _("invoice issued"),
    "invoice_reminded": _("invoice reminded"),
    "invoice_credited": _("invoice credited"),
    "return_approved": _("return approved"),
    "return_rejected": _("return rejected"),
}


@require_safe
def sent_emails(request: HttpRequest) -> HttpResponse:
    """The latest e-mails."""
    ask_reader(request)
    rows = SentEmail.objects.order_by("-at")[:SHOWN]
    return render(request, "mail/sent_emails.html", {"emails": [shown(row) for row in rows], "most": SHOWN})


@require_safe
def sent_email(request: HttpRequest, email_id: UUID) -> HttpResponse:
    """One e-mail, written once more of what is known now: its text is not kept."""
    ask_reader(request)
    row = get_object_or_404(SentEmail, key=email_id)
    return render(request, "mail/sent_email.html", {"email": shown(row), "written": written(row)})


def shown(row: SentEmail) -> dict[str, Any]:
    """An e-mail as the pages name it."""
    return {"row": row, "about": ABOUT[row.content["kind"]], "reference": reference(row.order_id)}


def written(row: SentEmail) -> Written | None:
    """The text of an e-mail; None once its reader was erased."""
    reader = writing.reader_of(row.customer_id)
    if reader is None:
        return None
    tell = msgspec.convert(row.content, Tell)
    return writing.write(tell, Reader(reader.name, reader.email, row.language))


def ask_reader(request: HttpRequest) -> None:
    """PermissionDenied to whoever has no business with what customers are told."""
    if not isinstance(request.user, User) or not READERS & request.user.roles:
        raise PermissionDenied
