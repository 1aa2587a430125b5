"""Looking through: all that the provider has of late is held against our books, and what differs is a person's."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.dispatch import Actor, dispatch, load
from eventstore.effects import NotSent, Unanswered, borders
from eventstore.errors import Conflict
from eventstore.inbox import Notice, left
from eventstore.messages import Message, Refused
from eventstore.models import Border, Checkpoint, Effect
from eventstore.process.instances import stream_of
from orders.domain import payment
from orders.domain.money import Money, total
from orders.domain.order import reference
from orders.domain.payment.states import Payment
from orders.streams import PAYMENT
from orders.systems.payment_provider.border import OPEN, PaymentBorder
from orders.systems.payment_provider.port import A_PAGE, Made, Totals

PLACE = "ledger of payment_provider"  # its checkpoint: up to which second of the epoch, going back, it was looked at
REACH = timedelta(days=28)  # that are looked at; shorter than the inbox keeps what a person has set aside
SETTLING = timedelta(hours=1)  # in which everything finds its way by itself
PAUSE = timedelta(days=1)  # from the end of it to the next beginning

logger = logging.getLogger(__name__)


class LedgerDiffers(Message):
    """What the payment provider has taken and given back for an order is not what we know of."""

    order_id: UUID
    taken: Money
    back: Money
    known_taken: Money
    known_back: Money

    @property
    def refused(self) -> Refused:
        """What a person is told."""
        return Refused(
            "For order {reference} the payment provider has taken {taken} and given back {back}; we know of"
            " {known_taken} and {known_back}.",
            reference=reference(self.order_id),
            taken=self.taken,
            back=self.back,
            known_taken=self.known_taken,
            known_back=self.known_back,
        )


def look_through(border: PaymentBorder) -> int:
    """Look at the next page of the provider's payments, going back from an hour ago; how many were on it."""
    place = Checkpoint.objects.get_or_create(reader=PLACE)[0]
    now, is_over = timezone.now(), place.position <= int((timezone.now() - REACH).timestamp())
    if is_left_alone() or (is_over and place.position and now - place.advanced_at < PAUSE):
        return 0
    until = int((now - SETTLING).timestamp()) if is_over else place.position
    try:
        page = border.provider.made(int((now - REACH).timestamp()), until)
        for order_id in {each.order_id for each in page if each.order_id}:
            compare(border, order_id)
    except (NotSent, Unanswered) as error:
        logger.warning("What the payment provider has could not be held against our books: %s", error)
        return 0  # the same page comes again
    place.position = next_place(page, until)
    place.save()
    return len(page)


def is_left_alone() -> bool:
    """Whether the provider fails so often that it is left alone for now."""
    border = Border.objects.filter(system=PaymentBorder.name).first()
    return border is not None and not borders.passable(border, timezone.now())


def next_place(page: Sequence[Made], until: int) -> int:
    """Where the next page begins; 1 where this was the last one. A second that fills a page is left behind."""
    if len(page) < A_PAGE:
        return 1
    oldest = page[-1].at
    return oldest if oldest < until else until - 1


def compare(border: PaymentBorder, order_id: UUID) -> None:
    """Hold what the provider has for an order against what we know; what the usual look cannot mend is a person's.

    What has moved while the provider was asked is held against it the next time.
    """
    before, theirs = known(order_id), border.provider.totals(order_id)
    if is_open(order_id) or known(order_id) != before:
        return
    if theirs != before:
        mend(border, order_id)
    ours = known(order_id)
    about = f"ledger of {order_id}"
    if ours == theirs:
        left.agree(border.name, about)
        return
    said = LedgerDiffers(
        order_id=order_id, taken=theirs.taken, back=theirs.back, known_taken=ours.taken, known_back=ours.back
    )
    sums = "/".join(str(each.cents) for each in (*theirs, *ours))
    left.leave(border.name, Notice(f"{about}: {sums}", about, said), str(said.refused))


def is_open(order_id: UUID) -> bool:
    """Whether something of an order still waits for the provider's answer: then its own deadlines look into it."""
    if Effect.objects.filter(stream=stream_of(f"charging:{order_id}")).exists():
        return True
    state: Payment = load(PAYMENT, f"{PAYMENT.name}-{order_id}").state
    ledger = state.ledger
    captures = any(each.standing in OPEN for each in ledger.captures.values())
    refunds = any(each.standing in OPEN for each in ledger.refunds.values())
    return captures or refunds or isinstance(state, payment.Requested | payment.Unanswered)


def known(order_id: UUID) -> Totals:
    """What we know that was taken of an order and went back of it, and has not come back, by its own stream."""
    stream = f"{PAYMENT.name}-{order_id}"
    state: Payment = load(PAYMENT, stream).state
    return Totals(total(taken([fact.event for fact in log.read_stream(stream)])), state.ledger.refunded)


def taken(happened: Sequence[object]) -> Iterator[Money]:
    """What was taken from a card, wanted or not."""
    for event in happened:
        match event:
            case payment.PaymentCaptured(amount=amount):
                yield amount
            case payment.LatePaymentReceived(request=payment.CaptureRequest(), amount=amount):
                yield amount
            case _:
                pass


def mend(border: PaymentBorder, order_id: UUID) -> None:
    """Record what the provider knows of an order, as far as we have asked for it. Nothing is asked for anew."""
    actor = Actor(f"system:{border.name}", frozenset({border.role}))
    for command in border.look_into(order_id):
        try:
            dispatch(command, actor=actor, command_id=uuid7(), correlation=uuid7())
        except (Refused, Conflict):
            continue  # it is in the sums
