"""Erasure: once a person's key is destroyed and the read models are made anew, nothing of the person is in them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from eventstore import log
from eventstore.messages import Event
from eventstore.personal import destroy_key
from eventstore.streams import stored_as
from projections import order_page
from projections.engine import AnyProjection, projections, room
from projections.engine.background import is_outdated
from projections.engine.erased import forget_formers
from projections.engine.inspection import as_it_was
from tests import factories
from tests.eventstore.pieces import METADATA, rows
from tests.orders.domain.ids import CLARA, CUSTOMER, ORDER
from tests.projections.rooms import nobody, rebuild
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = factories.Address.build(recipient="Clara Vogel", street="Lindenallee 7")
EVENTS: list[tuple[str, Event]] = [
    (f"customer-{CUSTOMER}", factories.CustomerRegistered.build(customer_id=CUSTOMER, name="Clara Vogel")),
    (f"customer-{CUSTOMER}", factories.ContactDetailsChanged.build(customer_id=CUSTOMER, name="Clara Vogel")),
    (
        f"customer-{CUSTOMER}",
        factories.DeliveryAddressAdded.build(customer_id=CUSTOMER, address_id=CLARA, address=ADDRESS),
    ),
    (
        f"order-{ORDER}",
        factories.OrderPlaced.build(order_id=ORDER, customer_id=CUSTOMER, delivery_address=ADDRESS),
    ),
    (
        f"order-{ORDER}",
        factories.DeliveryAddressChanged.build(order_id=ORDER, customer_id=CUSTOMER, delivery_address=ADDRESS),
    ),
]


def knowing() -> set[str]:
    """The read models in which something of the person stands."""
    pattern = "vogel|lindenallee|0341|341 123456"
    return {
        name
        for name, projection in projections().items()
        if rows(f"SELECT 1 FROM {projection.model._meta.db_table} t WHERE t::text ~* %s LIMIT 1", pattern)
    }


def personal(projection: AnyProjection) -> bool:
    """Whether a read model is made of events that say something of a person."""
    return any(stored_as(event).personal for event in projection.wants)


def test_nothing_of_a_person_is_left_in_any_read_model() -> None:
    for stream, event in EVENTS:
        log.append([log.New(stream, [event])], METADATA)
    follow()
    assert knowing() == {"customer_page", "order_page", "search"}

    log.append([log.New(f"customer-{CUSTOMER}", [factories.CustomerErased.build(customer_id=CUSTOMER)])], METADATA)
    destroy_key(str(CUSTOMER))
    follow()
    assert "customer_page" not in knowing()
    for projection in filter(personal, projections().values()):
        rebuild(projection)

    assert knowing() == set()


def test_whoever_knows_a_person_is_made_of_personal_events() -> None:
    assert {name for name, projection in projections().items() if personal(projection)} >= {
        "customer_page",
        "order_page",
        "search",
    }


@contextmanager
def erasing() -> Iterator[None]:
    """Inside, the person is being erased, and it is not committed yet."""
    begun, going = threading.Event(), threading.Event()

    def erase() -> None:
        try:
            with transaction.atomic():
                destroy_key(str(CUSTOMER))
                begun.set()
                going.wait()
        finally:
            connection.close()

    thread = threading.Thread(target=erase)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        going.set()
        thread.join()


def known() -> None:
    """A person is known to the read models."""
    for stream, event in EVENTS:
        log.append([log.New(stream, [event])], METADATA)
    follow()


def test_a_table_that_was_built_while_somebody_was_erased_is_built_once_more() -> None:
    known()
    with erasing():
        rebuild(order_page.PROJECTION)
        assert "order_page" in knowing()
    assert is_outdated(order_page.PROJECTION)
    rebuild(order_page.PROJECTION)
    assert not is_outdated(order_page.PROJECTION)
    assert "order_page" not in knowing()


def test_what_a_rebuild_that_was_killed_left_in_parts_goes_as_the_table_is_built_without_the_person() -> None:
    known()
    model, part = order_page.PROJECTION.model, room.part(room.NEXT)
    with transaction.atomic():
        room.create(model, part)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {part}.{model._meta.db_table} SELECT * FROM {model._meta.db_table}")
    destroy_key(str(CUSTOMER))
    rebuild(order_page.PROJECTION)
    assert not room.exists(model, part)


def test_a_clock_that_is_ahead_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    known()
    ahead = timezone.now() + timedelta(seconds=60)
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: ahead)
        rebuild(order_page.PROJECTION)
    destroy_key(str(CUSTOMER))
    assert is_outdated(order_page.PROJECTION)


def test_a_table_made_to_look_at_is_dropped_when_it_tells_of_somebody_erased() -> None:
    known()
    there = "SELECT to_regclass('projections_then.projections_order_page')"
    as_it_was(order_page.PROJECTION, log.number(), nobody)
    forget_formers()
    assert rows(there) != [(None,)]
    destroy_key(str(CUSTOMER))
    forget_formers()
    assert rows(there) == [(None,)]
