"""Customer page: registered, reached, suspended, and forgotten so that nothing of the person is left."""

from typing import Any

import pytest

from eventstore.messages import Event
from projections import customer_page
from projections.customer_page import CustomerPage, Standing
from tests import factories
from tests.orders.domain.ids import CLARA, CUSTOMER, DORA
from tests.projections.folding import row_after, rows_after


def of(kind: str, **fields: Any) -> Event:
    event: Event = getattr(factories, kind).build(customer_id=CUSTOMER, **fields)
    return event


REGISTERED = of("CustomerRegistered", name="Clara Vogel", email="clara@example.com")
MOVED = of("ContactDetailsChanged", name="Clara Sommer", email="c@example.com", telephone="0341 1234")
HOME = of("DeliveryAddressAdded", address_id=CLARA, address=factories.Address.build(city="Leipzig"))
WORK = of("DeliveryAddressAdded", address_id=DORA)
SUSPENDED = of("CustomerSuspended", reason="Three invoices are unpaid.")


def test_somebody_is_a_customer() -> None:
    [fact] = factories.history(REGISTERED)
    assert rows_after(customer_page.PROJECTION, REGISTERED) == {
        CUSTOMER: {
            "customer_id": CUSTOMER,
            "name": "Clara Vogel",
            "email": "clara@example.com",
            "telephone": "",
            "addresses": [],
            "standing": Standing.ACTIVE,
            "reason": "",
            "email_refused_at": None,
            "orders": 0,
            "registered_at": fact.recorded_at,
            "ordered_at": None,
            "version": 1,
        }
    }


def page(*events: Event) -> dict[str, Any]:
    return row_after(customer_page.PROJECTION, REGISTERED, *events)


def test_we_reach_them_in_another_way() -> None:
    changed = {"name": "Clara Sommer", "email": "c@example.com", "telephone": "0341 1234", "version": 2}
    assert page(MOVED) == page() | changed


def test_an_address_that_takes_no_e_mails_is_marked_until_there_is_another_one() -> None:
    refused = of("EmailRefused")
    assert page(refused)["email_refused_at"] is not None
    assert page(refused, of("ContactDetailsChanged", email="clara@example.com"))["email_refused_at"] is not None
    assert page(refused, MOVED)["email_refused_at"] is None
    assert page(refused, of("CustomerErased"))["email_refused_at"] is None


def test_where_their_parcels_go() -> None:
    row = page(HOME, WORK)
    assert [each["address_id"] for each in row["addresses"]] == [str(CLARA), str(DORA)]
    assert row["addresses"][0]["address"]["city"] == "Leipzig"
    assert page(HOME, WORK, of("DeliveryAddressRemoved", address_id=CLARA))["addresses"] == row["addresses"][1:]


def test_whether_they_may_order() -> None:
    row = page(SUSPENDED)
    assert (row["standing"], row["reason"]) == (Standing.SUSPENDED, "Three invoices are unpaid.")
    row = page(SUSPENDED, of("CustomerReinstated"))
    assert (row["standing"], row["reason"]) == (Standing.ACTIVE, "")


def test_how_often_they_have_ordered_and_when_last() -> None:
    *_, last = factories.history(REGISTERED, of("OrderPlaced"), of("OrderPlaced"))
    row = page(of("OrderPlaced"), of("OrderPlaced"))
    assert (row["orders"], row["ordered_at"], row["version"]) == (2, last.recorded_at, 1)


def test_who_was_erased_is_nobody() -> None:
    row = page(MOVED, HOME, SUSPENDED, of("OrderPlaced"), of("CustomerErased"))
    personal = {"name": "", "email": "", "telephone": "", "addresses": [], "reason": ""}
    assert row == row | personal | {"standing": Standing.ERASED, "orders": 1}


def test_a_page_made_anew_after_the_key_was_destroyed_is_the_same() -> None:
    told = [REGISTERED, MOVED, HOME, of("CustomerErased")]
    silent = [
        of("CustomerRegistered", name=None, email=None),
        of("ContactDetailsChanged", name=None, email=None, telephone=None),
        of("DeliveryAddressAdded", address_id=CLARA, address=None),
        told[-1],
    ]
    live, anew = row_after(customer_page.PROJECTION, *told), row_after(customer_page.PROJECTION, *silent)
    assert live == anew
    assert "Clara" not in str(anew)


@pytest.mark.parametrize("event", [MOVED, HOME, of("OrderPlaced")])
def test_who_never_registered_has_no_page(event: Event) -> None:
    assert rows_after(customer_page.PROJECTION, event) == {}


def test_a_customer_by_name_as_far_as_there_is_one() -> None:
    assert str(CustomerPage(name="Clara Vogel", standing=Standing.ACTIVE)) == "Clara Vogel"
    assert str(CustomerPage(name="", standing=Standing.ERASED)) == "Erased"
