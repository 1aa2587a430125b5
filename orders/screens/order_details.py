"""What an order's page shows of it: progress, lines and what became of each, parcels, payments, returns."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from orders.domain.money import Money, total
from orders.domain.payment import Unrequested
from orders.screens.customer.forms import COUNTRIES, IF_SHORT
from orders.screens.customer.order_forms import REASONS
from orders.screens.customer.paying import PAYMENT_TERMS
from orders.screens.order_now import OrderNow
from orders.screens.standing import decline_of, next_of
from orders.screens.words import staff_may_read
from projections import invoices, payment_ledger
from projections.order_page import ENDED, GONE, OrderPage, Status
from projections.payment_ledger import Booking
from projections.returns_desk import Return
from projections.shipments import Stage

CLOSED = frozenset({"packed", "labelled"}) | GONE
LABELS: dict[str, str | Promise] = {**dict(Stage.choices), "labelled": gettext_lazy("Packed")}


class Step(NamedTuple):
    """A step of an order's way: `done` of `of` pieces have come so far; state: "done", "now" or "todo"."""

    title: str
    done: int
    of: int
    state: str
    offset: int = 0

    @property
    def width(self) -> int:
        """How much of its part of the picture, which is 100 wide with a gap, is filled."""
        return 96 * self.done // self.of if self.of else 0


def details(row: OrderPage, now: OrderNow, reader: User, *, erased: bool = False) -> dict[str, Any]:
    """An order as its page shows it to somebody; `erased`: whether its customer was."""
    address, declined = row.delivery_address, decline_of(now, getattr(row, "stands_until", None))
    return {
        "id": row.order_id,
        "status": row.get_status_display(),
        "next": next_of(row, now, declined, reader, erased=erased),
        "declined": declined,
        "reason": row.reason,
        "placed_at": row.placed_at,
        "lines": [line_of(line) for line in row.lines],
        "total": row.total,
        "left": row.total - cancelled(row),
        "cancelled": cancelled(row),
        "steps": steps(row, now),
        "parcels": [parcel_of(parcel, row) for parcel in row.parcels],
        "delivery_address": address and address | {"country": country(address["country"])},
        "payment_terms": dict(PAYMENT_TERMS)[row.payment_terms],
        "if_short": dict(IF_SHORT)[now.placed.if_short] if now.placed else "",
        "asked": waits(row) and getattr(now.order.state, "asked", False),
        "waiting": waits(row),
    }


def waits(row: OrderPage) -> bool:
    """Whether it waits for goods."""
    return row.status not in ENDED and any(map(lacking, row.lines))


def country(code: str) -> str:
    """A country by its name."""
    return str(dict(COUNTRIES).get(code, code))


def line_of(line: dict[str, Any]) -> dict[str, Any]:
    """A line, its subtotal, and what became of it, in words."""
    price = Money(**line["price"])
    return line | {"price": price, "subtotal": price * line["quantity"], "fate": list(fate(line))}


def fate(line: dict[str, Any]) -> Iterable[str]:
    """What became of a line."""
    if line["cancelled"]:
        yield _("%(count)s cancelled") % {"count": line["cancelled"]}
    if not_there := lacking(line):
        yield _("%(count)s not there yet") % {"count": not_there}
    if line["sent"]:
        yield _("%(count)s sent") % {"count": line["sent"]}
    if line["returned"]:
        yield _("%(count)s returned") % {"count": line["returned"]}


def cancelled(row: OrderPage) -> Money:
    """What the pieces cost that were cancelled."""
    return total((Money(**line["price"]) * line["cancelled"] for line in row.lines), row.currency)


def steps(row: OrderPage, now: OrderNow) -> list[Step]:
    """How far the pieces have come that are still wanted; nothing for an order that ended before any was sent.

    Money is asked for once the stock has answered; what is not waited for then is set aside, paid or not.
    """
    wanted = sum(line["quantity"] - line["cancelled"] for line in row.lines)
    sent = sum(line["sent"] for line in row.lines)
    if not wanted or (row.status in {Status.CANCELLED, Status.REJECTED} and not sent):
        return []
    answered = row.confirmed or sent or not isinstance(now.payment.state, Unrequested)
    there = wanted - sum(map(lacking, row.lines)) if answered else 0
    figures = [
        (_("Placed"), wanted),
        (_("Set aside"), there),
        (_("Packed"), pieces(row, CLOSED)),
        (_("Sent"), pieces(row, GONE)),
        (_("Delivered"), pieces(row, {"delivered"})),
    ]
    found: list[Step] = []
    for number, (title, done) in enumerate(figures):
        so_far = all(step.state == "done" for step in found)
        state = "done" if done >= wanted else "now" if done or so_far else "todo"
        found.append(Step(title, min(done, wanted), wanted, state, number * 100))
    return found


def lacking(line: dict[str, Any]) -> int:
    """How many pieces of a line are not there: a stock that has not heard yet what was cancelled still waits for it."""
    left: int = line["quantity"] - line["cancelled"] - line["sent"]
    waiting: int = line["waiting"]
    return max(0, min(waiting, left))


def pieces(row: OrderPage, stages: Iterable[str]) -> int:
    """How many pieces are in parcels that have come so far."""
    return sum(sum(parcel["pieces"].values()) for parcel in row.parcels if parcel["status"] in stages)


def parcel_of(parcel: dict[str, Any], row: OrderPage) -> dict[str, Any]:
    """A parcel: what is in it, how far it has come, and the number by which the carrier finds it."""
    names = {line["sku"]: line["name"] for line in row.lines}
    at = parcel.get("delivered_at")
    return parcel | {
        "label": LABELS[parcel["status"]],
        "holds": ", ".join(f"{quantity} × {names.get(sku, sku)}" for sku, quantity in parcel["pieces"].items()),
        "delivered_at": datetime.fromisoformat(at) if at else None,
    }


def money_of(now: OrderNow) -> dict[str, Any]:
    """What was paid and given back, booking by booking, and the invoices."""
    ledger = now.rows(payment_ledger.PROJECTION).get(now.order_id)
    bought = now.rows(invoices.PROJECTION).values()
    labels: Mapping[str, object] = dict(Booking.choices)
    bookings = ledger.bookings if ledger else []
    return {
        "received": ledger.received if ledger else None,
        "refunded": Money(cents=ledger.refunded, currency=ledger.currency) if ledger and ledger.refunded else None,
        "bookings": [
            {
                "at": datetime.fromisoformat(booking["at"]),
                "what": labels[booking["booking"]],
                "amount": Money(cents=booking["cents"], currency=ledger.currency if ledger else "EUR"),
            }
            for booking in bookings
        ],
        "invoices": [
            {
                "amount": Money(cents=invoice.cents, currency=invoice.currency),
                "left": invoice.due if invoice.left else None,
                "standing": invoice.get_standing_display(),
                "due_at": invoice.due_at,
                "url": reverse("orders:order_invoice", args=[invoice.order_id, invoice.shipment_id]),
            }
            for invoice in sorted(bought, key=lambda invoice: invoice.issued_at)
        ],
    }


def return_of(goods: Return, reader: User) -> dict[str, Any]:
    """A return as a list shows it; its customer reads why in the words that they chose."""
    count = sum(line["quantity"] for line in goods.lines)
    return {
        "reference": goods.reference,
        "stage": goods.get_stage_display(),
        "why": goods.get_why_display() if staff_may_read(reader) else dict(REASONS)[goods.why],
        "holds": ", ".join(f"{line['quantity']} × {line['name']}" for line in goods.lines),
        "pieces": ngettext("%(count)s piece", "%(count)s pieces", count) % {"count": count},
        "worth": goods.worth if goods.refund else None,
        "requested_at": goods.requested_at,
        "url": reverse("orders:a_return", args=[goods.return_id]),
    }
