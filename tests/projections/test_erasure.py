"""Erasure: once a person's key is destroyed and the read models are made anew, nothing of the person is in them."""

import pytest

from eventstore import log
from eventstore.messages import Event
from eventstore.personal import destroy_key
from eventstore.streams import stored_as
from projections.engine import projections
from projections.engine.rebuild import AnyProjection
from tests import factories
from tests.eventstore.pieces import METADATA, rows
from tests.orders.domain.ids import CLARA, CUSTOMER, ORDER
from tests.projections.rooms import rebuild
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
