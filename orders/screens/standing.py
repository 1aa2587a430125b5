"""Where an order stands and what comes next, in words for whoever reads it: its customer, or those who work here."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from eventstore.models import DueDeadline
from eventstore.process.instances import stream_of
from orders.domain.order import Confirmed, Placed
from orders.domain.payment import Declined, PaymentDeclined
from orders.domain.returns.requesting import NO_MORE_RETURNS
from orders.processes import prepaid
from orders.screens.order_now import OrderNow
from orders.screens.words import staff_may_read
from orders.templatetags.shop import sentence
from projections.order_page import OrderPage, Status

RETURNABLE = _("You can return what you do not like within 30 days.")
RETURNABLE_BY_CUSTOMER = _("The customer can return what they do not like within 30 days.")
FOR_CUSTOMERS: dict[str, Promise] = {
    Status.PLACED: _("We check the payment and set the goods aside."),
    Status.CONFIRMED: _("We pack your parcel next."),
    Status.WAITING: _("Some goods are not there yet. Your parcel leaves as soon as they arrive."),
    Status.PACKING: _("Your parcel is being packed."),
    Status.PARTLY_SENT: _("A part of it has left. The rest follows."),
    Status.SENT: _("Your parcel is with the carrier."),
    Status.DELIVERED: RETURNABLE,
    Status.COMPLETED: RETURNABLE,
    Status.HELD: _("We have a question first. Customer service gets in touch with you."),
    Status.CANCELLING: _("We try to stop your parcel, and tell you whether we could."),
    Status.CANCELLED: _("Nothing more is sent. What you have paid is refunded."),
    Status.REJECTED: _("Nothing is sent, and nothing is charged."),
}
FOR_STAFF = FOR_CUSTOMERS | {
    Status.PLACED: _("The payment is checked, and the goods are set aside."),
    Status.CONFIRMED: _("The warehouse packs it next."),
    Status.WAITING: _("Some goods are not there yet. The parcel leaves as soon as they arrive."),
    Status.PACKING: _("The warehouse is packing it."),
    Status.SENT: _("The carrier has it."),
    Status.DELIVERED: RETURNABLE_BY_CUSTOMER,
    Status.COMPLETED: RETURNABLE_BY_CUSTOMER,
    Status.HELD: _("Nothing of it leaves until customer service releases it."),
    Status.CANCELLING: _("The warehouse is to stop it. If the parcel leaves first, the customer is told so."),
    Status.CANCELLED: _("Nothing more is sent. What the customer has paid is refunded."),
}
# What else is said while the order waits for a payment that was declined is not so.
UNTRUE_IF_DECLINED = frozenset({Status.PLACED, Status.WAITING})
CAN_BE_RETURNED = frozenset({Status.DELIVERED, Status.COMPLETED})


class Decline(NamedTuple):
    """Why the payment of an order was declined that stands all the same, `until` its time to be paid is over.

    `later`: whether it was confirmed already, and its card was to be charged anew; `sent`: whether all of it has left.
    """

    reason: str
    until: datetime | None
    later: bool
    sent: bool


def next_of(row: OrderPage, now: OrderNow, declined: Decline | None, reader: User, *, erased: bool) -> Promise | str:
    """What comes next, by where the order stands; nothing where its payment has the word, or nothing of it does."""
    if declined and (declined.later or row.status in UNTRUE_IF_DECLINED):
        return ""
    if erased and row.status in CAN_BE_RETURNED:
        return sentence(NO_MORE_RETURNS, {})
    status = reached(row) if row.status == Status.COMPLETED else row.status
    if status in CAN_BE_RETURNED and not now.deliveries:
        return ""  # it was lost and paid back, or all of it comes back already
    return (FOR_STAFF if staff_may_read(reader) else FOR_CUSTOMERS)[status] if status else ""


def reached(row: OrderPage) -> str:
    """How far a completed order, of which all has left, has come to its customer; nothing where all of it was lost."""
    stages = {parcel["status"] for parcel in row.parcels}
    if "dispatched" in stages:
        return Status.SENT
    return Status.COMPLETED if "delivered" in stages else ""


def decline_of(now: OrderNow, until: datetime | None) -> Decline | None:
    """Whether an order waits for a payment that was declined; and `until` when, where that is known."""
    if not (isinstance(now.order.state, Placed | Confirmed) and isinstance(now.payment.state, Declined)):
        return None
    said = [fact.event.reason for fact in now.facts if isinstance(fact.event, PaymentDeclined)]
    return Decline(said[-1], until, later=isinstance(now.order.state, Confirmed), sent=now.goods.sent_all)


def stands_until(order_id: UUID) -> Subquery:
    """Until when an order waits for its payment to be authorized, to be asked for with its row."""
    return Subquery(waits_of(order_id).values("due_at"))


def paid_until(order_id: UUID) -> datetime | None:
    """Until when an order waits for its payment to be authorized, if it does."""
    return waits_of(order_id).values_list("due_at", flat=True).first()


def waits_of(order_id: UUID) -> QuerySet[DueDeadline]:
    """The deadline of an order's payment, as long as it is waited for."""
    return DueDeadline.objects.filter(stream=stream_of(f"prepaid:{order_id}"), name=prepaid.AUTHORIZATION)
