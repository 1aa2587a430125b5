"""Timeline: every event of an order in a sentence, with money and moments for the reader's language to write."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from eventstore.messages import Event
from orders.domain.money import Money
from orders.templatetags.shop import sentence
from projections import timeline
from projections.timeline import ANSWERS, FOR_ALL, FOR_STAFF, TimelineEntry
from tests import factories
from tests.orders.domain.ids import ORDER


def entry(event: Event, **envelope: Any) -> TimelineEntry:
    fact = factories.Fact.build(event=event, **envelope)
    [key] = timeline.keys(fact)
    row = timeline.project(None, fact, key)
    assert row is not None
    assert row.event_id == key == fact.id
    return row


def test_it_tells_who_did_what_and_when() -> None:
    placed = factories.OrderPlaced.build(order_id=ORDER)
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    row = entry(placed, actor="sofia", recorded_at=at, position=7)
    assert (row.order_id, row.at, row.actor, row.position) == (ORDER, at, "sofia", 7)
    assert (row.sentence, row.for_staff) == ("The order was placed, for {total}.", False)
    assert str(row) == f"The order was placed, for {placed.total}."


@pytest.mark.parametrize("wanted", timeline.PROJECTION.wants, ids=lambda wanted: wanted.__name__)
def test_every_event_is_told_in_a_sentence(wanted: type[Event]) -> None:
    row = entry(getattr(factories, wanted.__name__).build())
    text = str(row)
    assert text[0].isupper() or text[0] in "€0123456789"
    assert not set("{}_") & set(text)
    assert row.for_staff == (wanted in FOR_STAFF)


def test_there_is_one_sentence_for_each_event_and_none_for_others() -> None:
    told = FOR_ALL.keys() | FOR_STAFF.keys() | {factories.BackorderAnswered._meta.model}
    assert told == set(timeline.PROJECTION.wants)
    assert not FOR_ALL.keys() & FOR_STAFF.keys()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("wait", "The customer waits for what is not there."),
        ("take_what_is_there", "The customer takes what is there."),
        ("cancel", "The customer does not want what is not there."),
    ],
)
def test_what_a_customer_answers(answer: Any, text: str) -> None:
    assert str(entry(factories.BackorderAnswered.build(answer=answer))) == text
    assert len(ANSWERS) == 3


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (factories.OrderRejected.build(reason="Nobody paid."), "The order was rejected: Nobody paid."),
        (
            factories.OrderLinesCancelled.build(sku="MUG", quantity=2, amount=Money(cents=2500), reason="Too many."),
            "Cancelled: 2 × MUG, for €25.00. Too many.",
        ),
        (
            factories.InvoicePartlyPaid.build(amount=Money(cents=100), left=Money(cents=200)),
            "€1.00 of an invoice were paid, €2.00 are left.",
        ),
        (
            factories.LabelPrinted.build(carrier="Parcel Post", tracking_number="PP1"),
            "A parcel got its label: Parcel Post, PP1.",
        ),
        (
            factories.ReturnInspected.build(sku="MUG", sellable=1, damaged=2),
            "Inspected: MUG, 1 sellable, 2 damaged.",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_stands_in_a_sentence(event: Event, text: str) -> None:
    assert str(entry(event)) == text


def test_a_return_is_closed_with_what_came_or_because_nothing_did() -> None:
    came, did_not = (factories.ReturnClosed.build(refund=Money(cents=cents)) for cents in (2500, 0))
    assert str(entry(came)) == "The return was closed. The goods that came back are worth €25.00."
    assert str(entry(did_not)) == "The return was closed. No goods came back, so nothing is paid back."


def test_that_a_refund_is_tried_again_is_for_staff_and_that_it_is_due_is_said_to_all() -> None:
    once, again = (entry(factories.RefundRequested.build(attempt=attempt)) for attempt in (1, 2))
    assert (once.for_staff, again.for_staff) == (False, True)


def test_money_and_moments_are_written_when_they_are_shown() -> None:
    due = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)
    row = entry(factories.InvoiceIssued.build(amount=Money(cents=123450), due_at=due))
    assert row.values_in_it == {
        "amount": {"cents": 123450, "currency": "EUR"},
        "due_at": {"moment": "2026-03-16T23:30:00+00:00"},
    }
    assert row.filled == {"amount": Money(cents=123450), "due_at": due}
    assert sentence(row.sentence, row.filled) == "An invoice of €1,234.50 was issued, due on 17 March 2026."
    with translation.override("de"):
        assert "17. März 2026" in sentence(row.sentence, row.filled)


def test_a_day_is_written_as_the_reader_does() -> None:
    assert sentence("It came on {day}.", {"day": datetime(2026, 3, 2, tzinfo=UTC).date()}) == "It came on 2 March 2026."
