"""The books of stock and money balance, whatever is asked in whatever order."""

from collections.abc import Iterable
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.messages import Event
from orders.domain import payment
from orders.domain.money import total
from orders.domain.order import Confirmed, OrderLinesCancelled, OrderPlaced, Placed
from orders.domain.payment import (
    AuthorizationRequest,
    CapturePayment,
    InvoiceCredited,
    InvoiceIssued,
    InvoicePaid,
    InvoicePartlyPaid,
    LatePaymentReceived,
    PaymentAuthorized,
    PaymentCaptured,
    RecordCapture,
)
from orders.domain.stock_item import (
    BackorderAllocated,
    StockCounted,
    StockDispatched,
    StockItem,
    StockReceived,
    StockReturned,
    StockWrittenOff,
)
from orders.domain.stock_item.states import Claim
from orders.streams import ORDER, PAYMENT, STOCK_ITEM
from tests.orders.domain.anything import Life
from tests.orders.domain.ids import ORDER as OUR_ORDER
from tests.orders.domain.payments import AUTHORIZED, REQUESTED, after, eur
from tests.scenario import Scenario

OFTEN = settings(max_examples=100, deadline=None)
SEEDS = st.integers(0, 2**32)


def on_hand(history: Iterable[Event]) -> int:
    """How many pieces lie in the warehouse, as the events say."""
    pieces = 0
    for event in history:
        if isinstance(event, StockReceived | StockReturned):
            pieces += event.quantity
        if isinstance(event, StockDispatched | StockWrittenOff):
            pieces -= event.quantity
        if isinstance(event, StockCounted):
            pieces += event.difference
    return pieces


@given(SEEDS)
@OFTEN
def test_stock_on_hand_is_what_came_less_what_went_and_never_less_than_is_reserved(seed: int) -> None:
    life = Life(STOCK_ITEM, seed, length=0)
    for _ in range(40):
        happened = life.step()
        item: StockItem = life.state
        assert 0 <= item.reserved <= item.on_hand == on_hand(life.history)
        assert all(claim.reserved >= 0 and claim.waiting >= 0 for claim in item.claims.values())
        if any(claim.waiting for claim in item.claims.values()):
            assert item.available == 0
        for event in happened:
            if isinstance(event, BackorderAllocated):
                assert not anybody_waits_before(event, item)


def anybody_waits_before(event: BackorderAllocated, item: StockItem) -> bool:
    """Whether an order that came before the one that got a piece still waits."""
    row = list(item.claims)
    return any(item.claims[order_id].waiting for order_id in row[: row.index(event.order_id)])


@given(SEEDS)
@OFTEN
def test_what_an_order_wants_is_reserved_or_waited_for_until_it_leaves_or_is_let_go(seed: int) -> None:
    life = Life(STOCK_ITEM, seed, length=0)
    for _ in range(40):
        before: StockItem = life.state
        sent = {event.order_id for event in life.step() if isinstance(event, StockDispatched)}
        for order_id in (before.claims.keys() & life.state.claims.keys()) - sent:
            assert everything(before.claims[order_id]) == everything(life.state.claims[order_id])


def everything(claim: Claim) -> int:
    """All pieces that an order has ever asked for and that have not left."""
    return claim.reserved + claim.waiting + claim.released


@given(SEEDS)
@OFTEN
def test_captured_is_no_more_than_authorized_and_refunded_no_more_than_came_in(seed: int) -> None:
    life = Life(PAYMENT, seed, length=0)
    for _ in range(40):
        life.step()
        held = total(event.amount for event in life.history if isinstance(event, PaymentAuthorized))
        captured = total(event.amount for event in life.history if isinstance(event, PaymentCaptured))
        late = total(
            event.amount
            for event in life.history
            # What is only held on a card has not come in.
            if isinstance(event, LatePaymentReceived) and not isinstance(event.request, AuthorizationRequest)
        )
        paid = total(event.amount for event in life.history if isinstance(event, InvoicePaid | InvoicePartlyPaid))
        ledger = life.state.ledger
        assert 0 <= ledger.refunded.cents <= ledger.received.cents
        assert captured.cents <= held.cents
        assert ledger.received == captured + late + paid


@given(SEEDS)
@OFTEN
def test_no_authorization_is_asked_for_more_than_it_holds(seed: int) -> None:
    life = Life(PAYMENT, seed, length=40)
    for event in life.history:
        if isinstance(event, PaymentAuthorized):
            assert life.state.ledger.committed(event.attempt).cents <= event.amount.cents


@given(SEEDS)
@OFTEN
def test_a_shipment_is_captured_once(seed: int) -> None:
    life = Life(PAYMENT, seed, length=60)
    taken = [event.shipment_id for event in life.history if isinstance(event, PaymentCaptured)]
    assert len(taken) == len(set(taken))


@given(SEEDS)
@OFTEN
def test_what_is_left_of_an_invoice_is_neither_paid_nor_credited(seed: int) -> None:
    life = Life(PAYMENT, seed, length=60)
    for shipment_id, invoice in life.state.ledger.invoices.items():
        mine = [event for event in life.history if getattr(event, "shipment_id", None) == shipment_id]
        issued = total(event.amount for event in mine if isinstance(event, InvoiceIssued))
        paid = total(event.amount for event in mine if isinstance(event, InvoicePaid | InvoicePartlyPaid))
        credited = total(event.amount for event in mine if isinstance(event, InvoiceCredited))
        assert invoice.left == issued - paid - credited


@given(SEEDS)
@example(4527647)  # parcels with less than nothing in them
@OFTEN
def test_what_is_cancelled_of_a_line_was_ordered_and_adds_up_to_the_cent(seed: int) -> None:
    life = Life(ORDER, seed, length=0)
    for _ in range(30):
        life.step()
        if isinstance(life.state, Placed | Confirmed):
            placed = next(event for event in life.history if isinstance(event, OrderPlaced))
            gone = [event for event in life.history if isinstance(event, OrderLinesCancelled)]
            left = {sku: life.state.wanted(sku) for sku in life.state.lines}
            assert all(0 <= left[line.sku] <= line.quantity for line in placed.lines)
            worth = total(line.price * left[line.sku] for line in placed.lines)
            assert total(event.amount for event in gone) + worth == placed.total


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 10_000_000)), min_size=1, max_size=20), st.randoms())
def test_the_shares_of_an_orders_shipments_add_up_to_its_total(lines: list[tuple[int, int]], chance: Random) -> None:
    """However an order is split: each shipment is charged for its pieces, and all of them for the order."""
    whole = sum(quantity * cents for quantity, cents in lines)
    held = (replace(REQUESTED, amount=eur(whole)), replace(AUTHORIZED, amount=eur(whole)))
    state, left = Scenario(payment).given(*held).state, [quantity for quantity, _ in lines]
    for number in count(1):
        sent = [chance.randint(0, pieces) for pieces in left] if number < 5 else left
        left = [pieces - gone for pieces, gone in zip(left, sent, strict=True)]
        cents = sum(gone * price for gone, (_, price) in zip(sent, lines, strict=True))
        share: Any = {"order_id": OUR_ORDER, "shipment_id": UUID(int=number), "amount": eur(cents)}
        if cents:
            state = after(state, CapturePayment(**share), RecordCapture(**share, attempt=1, reference="ch"))
        if not any(left):
            break
    assert state.ledger.received == state.ledger.captured(1) == eur(whole)
