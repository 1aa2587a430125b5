"""The audit trail: every command that was taken, by whom, when, for what, and what came of it; and nothing personal."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from uuid_utils.compat import uuid7

from accounts.domain import roles
from accounts.domain.customer import RegisterCustomer
from eventstore import clock, personal, trail
from eventstore.dispatch import Actor
from eventstore.errors import Forbidden, Invalid
from eventstore.messages import Refused
from eventstore.models import Outcome, TrailEntry
from eventstore.rest import to_rest
from eventstore.trail import Place, Question, page
from orders.domain.stock_item import ReceiveStock, ReleaseReservation
from tests import factories
from tests.eventstore.people import ADA, DELIVERY, MUG, WIM, customer, send
from tests.eventstore.pieces import rows
from tests.shop import browsing, read, somebody

pytestmark = pytest.mark.django_db(transaction=True)

PROCESS = Actor("process:prepaid", frozenset({roles.PROCESS}))
LET_GO = ReleaseReservation(sku="MUG", order_id=UUID(int=1), no_longer_wanted=1)


ALL = Question()


def told(question: Question = ALL) -> list[tuple[str, str, str]]:
    """What the trail says: who asked for what, and what came of it."""
    return [(each.actor, each.name, each.outcome) for each in page(question).entries]


def some_commands() -> None:
    """Two that were done, one that was refused, and one of a process for which nothing had to happen."""
    send(MUG, ADA)
    send(DELIVERY, WIM)
    with pytest.raises(Refused):
        send(MUG, ADA)
    send(LET_GO, PROCESS)


def test_what_was_done_refused_or_needless_stands_there_with_who_asked_when_and_for_what() -> None:
    before = clock.now()
    some_commands()
    entries = page(Question(processes=True)).entries
    assert [(each.actor, each.name, each.outcome, each.stream, each.happened) for each in entries] == [
        ("process:prepaid", "ReleaseReservation", Outcome.NOTHING, "stock_item-MUG", []),
        ("ada", "ListProduct", Outcome.REFUSED, "product-MUG", []),
        ("wim", "ReceiveStock", Outcome.DONE, "stock_item-MUG", ["StockReceived"]),
        ("ada", "ListProduct", Outcome.DONE, "product-MUG", ["ProductListed"]),
    ]
    assert [str(each.refused or "") for each in entries] == ["", "Enamel mug is in the catalogue already.", "", ""]
    assert all(before < each.asked_at < clock.now() for each in entries)


def test_it_is_asked_by_who_asked_for_what_when_and_with_which_outcome() -> None:
    some_commands()
    listed, received, refused = "ListProduct", "ReceiveStock", Outcome.REFUSED
    assert told() == [("ada", listed, "refused"), ("wim", received, "done"), ("ada", listed, "done")]
    assert told(Question(actor="ada")) == [("ada", listed, "refused"), ("ada", listed, "done")]
    assert told(Question(actor="process:prepaid")) == [("process:prepaid", "ReleaseReservation", "nothing")]
    assert told(Question(name=received)) == [("wim", received, "done")]
    assert told(Question(outcome=refused)) == [("ada", listed, "refused")]
    assert told(Question(outcome=Outcome.NOTHING)) == []
    assert [name for _, name, _ in told(Question(stream="stock_item-MUG", processes=True))] == [
        "ReleaseReservation",
        received,
    ]
    middle = page(Question(name=received)).entries[0].asked_at
    assert told(Question(since=middle)) == [("ada", listed, "refused"), ("wim", received, "done")]
    assert told(Question(until=middle)) == [("ada", listed, "done")]
    assert told(Question(actor="ada", name=received)) == []


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8])
def test_page_by_page_nothing_is_left_out_or_shown_twice(most: int) -> None:
    commands = [send(ReceiveStock(sku="MUG", quantity=each + 1), WIM).command for each in range(7)]
    rows("ALTER TABLE eventstore_receipt DISABLE TRIGGER USER")
    rows("UPDATE eventstore_receipt SET recorded_at = (SELECT min(recorded_at) FROM eventstore_receipt)")
    rows("ALTER TABLE eventstore_receipt ENABLE TRIGGER USER")
    found, before = list[UUID](), None
    while True:
        entries, before = page(Question(), before=before, most=most)
        assert len(entries) <= most
        found += [each.command for each in entries]
        if before is None:
            break
        before = Place.read(str(before))
    assert found == sorted(commands, reverse=True)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_time_that_no_calendar_reaches_is_no_place(time: str) -> None:
    with pytest.raises(Invalid, match="no place in the audit trail"):
        Place.read(f"{time}_{UUID(int=1)}")


def test_a_place_is_where_its_time_is_whatever_the_offset() -> None:
    send(ReceiveStock(sku="MUG", quantity=1), WIM)
    before = Place.read(f"9999-12-31T00:00:00+23:59_{UUID(int=1)}")
    assert len(page(Question(), before=before).entries) == 1


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-01_x", f"2026-01-01T00:00:00_{UUID(int=1)}", "_"])
def test_what_is_no_place_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Invalid, match="no place in the audit trail"):
        Place.read(text)


def test_who_may_not_ask_at_all_leaves_no_trace_as_nothing_was_taken() -> None:
    with pytest.raises(Forbidden):
        send(DELIVERY, customer())
    assert told() == []


def test_nothing_personal_stands_in_it_and_nothing_is_left_to_erase() -> None:
    clara = uuid7()
    register = RegisterCustomer(customer_id=clara, name="Clara Vogel", email="clara@example.com")
    send(register, Actor(str(clara), frozenset({roles.CUSTOMER})))
    with pytest.raises(Refused):
        send(register, Actor(str(clara), frozenset({roles.CUSTOMER})))
    text = str(rows("SELECT to_jsonb(t) FROM eventstore_trail t"))
    assert "RegisterCustomer" in text
    assert "Clara" not in text
    assert "example.com" not in text
    before = told()
    personal.destroy_key(str(clara))
    assert told() == before


def test_bringing_everything_to_rest_changes_nothing_of_what_was_asked_for() -> None:
    some_commands()
    before = told(Question(processes=True))
    to_rest()
    assert told(Question(processes=True)) == before


INDEXES = {
    "time": Question(processes=True),
    "actor": Question(actor="ada"),
    "name": Question(name="ListProduct"),
    "refused": Question(outcome=Outcome.REFUSED, processes=True),
}


# So many that the database knows which way is short, whatever the tests before have let it learn.
MANY_RECEIPTS = """
    INSERT INTO eventstore_receipt (command, name, digest, actor, events, refusal, recorded_at)
    SELECT gen_random_uuid(), 'Name' || mod(n, 97), '', 'actor' || mod(n, 997), '{}',
           CASE WHEN mod(n, 100) = 0 THEN '{}'::jsonb END, now() - n * interval '1 s'
      FROM generate_series(1, 5000) n
"""


@pytest.mark.parametrize("index", sorted(INDEXES))
def test_a_page_is_found_without_reading_all_receipts(index: str) -> None:
    rows(MANY_RECEIPTS)
    rows("ANALYZE eventstore_receipt")
    rows("SET enable_seqscan = off")
    rows("SET enable_bitmapscan = off")
    rows("SET enable_sort = off")
    before = Place(clock.now() + timedelta(days=1), UUID(int=0))
    entries = trail.newest_first(trail.matching(INDEXES[index], before))[:50]
    explained = entries.explain()
    assert f"Index Scan Backward using eventstore_receipt_{index}" in explained
    assert "Sort" not in explained
    for each in ("seqscan", "bitmapscan", "sort"):
        rows(f"RESET enable_{each}")


# In Django admin


def test_operators_look_at_it_in_the_admin_and_change_nothing() -> None:
    some_commands()
    ada = browsing(somebody(roles.ADMIN, "Ada Brandt"))
    listed = read(ada.get(reverse("admin:eventstore_trailentry_changelist"), {"outcome__exact": "refused"}))
    assert "Enamel mug is in the catalogue already." in listed
    entry = TrailEntry.objects.get(name="ReceiveStock")
    assert "stock_item-MUG" in read(ada.get(reverse("admin:eventstore_trailentry_change", args=[entry.pk])))
    assert ada.get(reverse("admin:eventstore_trailentry_add")).status_code == 403
    assert ada.post(reverse("admin:eventstore_trailentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403


def test_an_entry_says_what_it_is() -> None:
    assert str(factories.TrailEntry.build()).startswith("ReceiveStock by 0192f7a1")
