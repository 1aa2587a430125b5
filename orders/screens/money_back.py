"""Money back: what became of the money for a return, in words, by what its payment says."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from eventstore import log
from eventstore.log import Recorded
from orders.domain.money import Money
from orders.domain.payment import NothingLeftToRefund
from orders.streams import PAYMENT
from orders.templatetags.shop import money
from projections import refunds
from projections.refunds import Refund, Standing

OVER = (Standing.REFUNDED, Standing.CREDITED, Standing.WRITTEN_OFF)

# Why a refund was written off, in words for the customer; the other reasons are told to those who work here.
WHY_NOT_PAID = {
    "It was paid in another way.": gettext_noop("It was paid in another way."),
    "It was agreed with the customer.": gettext_noop("It was agreed."),
}


class MoneyBack:
    """The refund of a return, which has its id."""

    def __init__(self, order_id: UUID, return_id: UUID) -> None:
        stream = log.read_stream(f"{PAYMENT.name}-{order_id}")
        self.facts = [fact for fact in stream if getattr(fact.event, "refund_id", None) == return_id]
        self.nothing = any(isinstance(fact.event, NothingLeftToRefund) for fact in self.facts)
        self.refund = folded(self.facts, return_id)

    @property
    def over(self) -> bool:
        """Whether no money has to move any more."""
        return self.nothing or (self.refund is not None and self.refund.standing in OVER)

    def in_words(self, worth: Money) -> list[str]:
        """What was given back so far of what the goods are worth, what could not be, and why it is less."""
        if self.nothing:
            return [_("nothing: all that was paid for the order had gone back before")]
        if self.refund is None:
            return [_("nothing yet")]
        less = self.refund.credited + self.refund.cents < worth.cents
        return [*sentences(self.refund), *([_("the rest had gone back before")] if less else [])]


def folded(facts: Sequence[Recorded[Any]], refund_id: UUID) -> Refund | None:
    """A refund as finance sees it, of its facts."""
    projection = refunds.PROJECTION
    wanted = [fact for fact in facts if type(fact.event) in projection.wants]
    return projection.fold({}, projection.about(wanted)).get(refund_id)


def sentences(refund: Refund) -> Iterator[str]:
    """What was taken off an invoice, and what was paid, or will be."""
    if refund.credited:
        off = Money(cents=refund.credited, currency=refund.currency)
        yield _("%(amount)s taken off an invoice") % {"amount": money(off)}
    if refund.cents:
        amount = {"amount": money(refund.amount)}
        match refund.standing:
            case Standing.REFUNDED:
                yield amount["amount"]
            case Standing.FAILED:
                yield _("%(amount)s could not be paid so far") % amount
            case Standing.WRITTEN_OFF:
                yield not_paid(refund, amount)
            case _:
                yield _("%(amount)s is on its way") % amount


def not_paid(refund: Refund, amount: dict[str, str]) -> str:
    """A refund that was written off; it may have gone another way, so no more is said than that, and why."""
    if why := WHY_NOT_PAID.get(refund.failure):
        return _("%(amount)s was not paid back to where it came from: %(reason)s") % (amount | {"reason": _(why)})
    return _("%(amount)s was not paid back to where it came from") % amount
