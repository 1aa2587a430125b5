"""What goes back for a return: what the goods cost, as far as it is left, and of an order never more than came in."""

from functools import reduce
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.messages import Event, Refused
from orders.domain import payment
from orders.domain.money import Money, total
from orders.domain.payment import (
    ApproveRefund,
    CapturePayment,
    GrantGoodwillRefund,
    InvoiceCredited,
    IssueInvoice,
    RecordCapture,
    RecordInvoicePayment,
    RecordRefund,
    RecordRefundFailure,
    RefundPayment,
    RefundRequested,
    RefundWrittenOff,
    RejectRefund,
    WriteOffInvoice,
    WriteOffRefund,
)
from orders.domain.reasons import PAID_OTHERWISE
from tests.orders.domain.ids import ORDER
from tests.orders.domain.payments import AUTHORIZED, NOON, REQUESTED, after, eur
from tests.scenario import Scenario

PARCELS = st.lists(st.integers(1, 30_000), min_size=1, max_size=3)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("return", "return", "goodwill", "approve", "reject", "pay", "give up", "pay otherwise")),
        st.integers(1, 40_000),
    ),
    max_size=12,
)


class Books:
    """An order of which all parcels have left, and what is given back of it."""

    def __init__(self, parcels: list[int], *, on_account: bool) -> None:
        self.whole = eur(sum(parcels))
        self.state = invoiced(parcels) if on_account else captured(parcels)
        self.refunds: list[UUID] = []
        self.happened: list[Event] = []

    @property
    def left(self) -> Money:
        """What was neither given back nor credited; what could not be given back for good is there again."""
        written_off = [event for event in self.happened if isinstance(event, RefundWrittenOff)]
        given_up = total(event.amount for event in written_off if event.reason != PAID_OTHERWISE)
        return self.whole - given_back(self.happened) + given_up

    def ask(self, *commands: payment.Message) -> list[Event]:
        """Ask for all that, as far as it is not refused; what has happened."""
        events: list[Event] = []
        for command in commands:
            try:
                decided = payment.decide(command, self.state)
            except Refused:
                continue
            events += decided
            self.state = reduce(payment.evolve, decided, self.state)
        self.happened += events
        return events

    def does(self, step: str, number: int) -> list[Event]:
        """One step of what can go on."""
        if step in ("return", "goodwill"):
            self.refunds.append(UUID(int=len(self.refunds) + 1))
            new: Any = {"order_id": ORDER, "refund_id": self.refunds[-1], "amount": eur(number), "reason": "Yes."}
            goodwill = GrantGoodwillRefund(**new, granted_by="sofia")
            return self.ask(goodwill if step == "goodwill" else RefundPayment(**new))
        if not self.refunds:
            return []
        refund_id = self.refunds[number % len(self.refunds)]
        known = self.state.ledger.refunds.get(refund_id)
        return self.ask(*answers(step, refund_id, known.amount if known else eur(1)))


def answers(step: str, refund_id: UUID, amount: Money) -> list[payment.Message]:
    """What a second person, or the payment provider, says to a refund."""
    one: Any = {"order_id": ORDER, "refund_id": refund_id}
    match step:
        case "approve":
            return [ApproveRefund(**one, approved_by="felix")]
        case "reject":
            return [RejectRefund(**one, reason="No.")]
        case "pay":
            return [RecordRefund(**one, attempt=1, amount=amount, reference="re")]
        case _:
            why = PAID_OTHERWISE if step == "pay otherwise" else "No."
            return [RecordRefundFailure(**one, attempt=1, reason="No."), WriteOffRefund(**one, reason=why)]


def captured(parcels: list[int]) -> payment.Payment:
    """All was paid by card, parcel by parcel."""
    whole = eur(sum(parcels))
    held = (replace(REQUESTED, amount=whole), replace(AUTHORIZED, amount=whole))
    state: payment.Payment = Scenario(payment).given(*held).state
    for number, cents in zip(count(1), parcels, strict=False):
        share: Any = {"order_id": ORDER, "shipment_id": UUID(int=number), "amount": eur(cents)}
        state = after(state, CapturePayment(**share), RecordCapture(**share, attempt=1, reference="ch"))
    return state


def invoiced(parcels: list[int]) -> payment.Payment:
    """All was invoiced, the first invoice is paid, and the last one of three was written off."""
    state: payment.Payment = payment.initial
    for number, cents in zip(count(1), parcels, strict=False):
        share: Any = {"order_id": ORDER, "shipment_id": UUID(int=number), "amount": eur(cents)}
        state = after(state, IssueInvoice(**share, due_at=NOON))
        if number == 1:
            state = after(state, RecordInvoicePayment(**share, transfer="SEPA"))
        if number == 3:
            state = after(state, WriteOffInvoice(order_id=ORDER, shipment_id=share["shipment_id"], reason="Gone."))
    return state


def given_back(events: list[Event]) -> Money:
    """What is to be paid back, and what is owed no more."""
    return total(event.amount for event in events if isinstance(event, RefundRequested | InvoiceCredited))


@given(PARCELS, STEPS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_a_return_is_worth_goes_back_as_far_as_it_is_left(
    parcels: list[int], steps: list[tuple[str, int]], on_account: bool
) -> None:
    books = Books(parcels, on_account=on_account)
    for step, cents in steps:
        number, left = min(cents, books.whole.cents), books.left
        happened = books.does(step, number)
        if step == "return":
            assert given_back(happened).cents == min(number, left.cents)
        if any(isinstance(event, RefundRequested) for event in happened):
            assert not any(invoice.left.cents for invoice in books.state.ledger.invoices.values())
        assert books.left.cents >= 0
        assert books.state.ledger.refunded.cents <= books.state.ledger.received.cents <= books.whole.cents
