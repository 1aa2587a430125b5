"""Revenue per day: what was ordered, charged, invoiced and given back on each day of the shop's calendar.

What goes back counts once, on the day on which that is decided: from then on it is owed to the customer. That it is
paid later, fails, or comes back changes nothing of what was sold, and stands in the ledger of its order. What nobody
pays back any more was not given back, unless it was paid in another way. Money that nobody waited for goes back, or
pays what is owed, which is credited, on the day on which it came: it comes to nothing.
"""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from eventstore.log import Recorded
from orders.domain import reasons
from orders.domain.money import Money
from orders.domain.order import OrderPlaced
from orders.domain.payment import (
    AuthorizationRequest,
    InvoiceCredited,
    InvoiceIssued,
    LatePaymentReceived,
    PaymentCaptured,
    RefundRequested,
    RefundWrittenOff,
)
from projections.engine import Projection, ReadModel


class DayOfRevenue(ReadModel):
    """A day, and all amounts of one currency on it, in cents."""

    item = models.CharField(primary_key=True, max_length=14)
    day = models.DateField(_("day"), db_index=True)
    currency = models.CharField(_("currency"), max_length=3)
    orders = models.IntegerField(_("orders"), default=0)
    ordered = models.BigIntegerField(_("ordered, in cents"), default=0)
    charged = models.BigIntegerField(_("charged, in cents"), default=0)
    invoiced = models.BigIntegerField(_("invoiced, in cents"), default=0)
    credited = models.BigIntegerField(_("credited, in cents"), default=0)
    refunded = models.BigIntegerField(_("refunded, in cents"), default=0)
    late = models.BigIntegerField(_("came in late"), default=0, db_default=0)

    class Meta:
        db_table = "projections_revenue_per_day"
        verbose_name = _("revenue of a day")
        verbose_name_plural = _("revenue per day")

    def __str__(self) -> str:
        return f"{self.day}: {self.revenue}"

    @property
    def revenue(self) -> Money:
        """What was sold and does not go back."""
        cents = self.charged + self.invoiced + self.late - self.credited - self.refunded
        return Money(cents=cents, currency=self.currency)


type Wanted = (
    OrderPlaced
    | PaymentCaptured
    | InvoiceIssued
    | InvoiceCredited
    | LatePaymentReceived
    | RefundRequested
    | RefundWrittenOff
)


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """The day and the currency, if the fact counts."""
    match fact.event:
        case LatePaymentReceived(request=AuthorizationRequest()):
            pass  # held on a card, and not taken
        case RefundRequested(attempt=attempt) if attempt > 1:
            pass  # decided before
        case RefundWrittenOff(reason=reasons.PAID_OTHERWISE):
            pass  # given back all the same
        case happened:
            yield f"{day_of(fact)} {amount_of(happened).currency}"


def project(row: DayOfRevenue | None, fact: Recorded[Wanted], item: str) -> DayOfRevenue | None:
    """The day after the fact."""
    amount = amount_of(fact.event)
    day = row or DayOfRevenue(item=item, day=day_of(fact), currency=amount.currency)
    match fact.event:
        case OrderPlaced():
            return day.but(orders=day.orders + 1, ordered=day.ordered + amount.cents)
        case PaymentCaptured():
            return day.but(charged=day.charged + amount.cents)
        case InvoiceIssued():
            return day.but(invoiced=day.invoiced + amount.cents)
        case InvoiceCredited():
            return day.but(credited=day.credited + amount.cents)
        case LatePaymentReceived():
            return day.but(late=day.late + amount.cents)
        case RefundRequested():
            return day.but(refunded=day.refunded + amount.cents)
        case RefundWrittenOff():
            return day.but(refunded=day.refunded - amount.cents)


def day_of(fact: Recorded[Wanted]) -> date:
    """The day on which it happened, where the shop is."""
    return fact.recorded_at.astimezone(get_default_timezone()).date()


def amount_of(event: Wanted) -> Money:
    """What the event is worth."""
    return event.total if isinstance(event, OrderPlaced) else event.amount


PROJECTION = Projection(DayOfRevenue, wants=Wanted, keys=keys, project=project, version=3)
