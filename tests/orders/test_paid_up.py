"""Paid up: whoever was suspended for an unpaid invoice is customer service's to look at, once nothing is overdue."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain.roles import CUSTOMER_SERVICE
from accounts.models import User
from eventstore import clock
from eventstore.rest import to_rest
from orders.domain.payment import RecordInvoicePayment
from tests.processes import play
from tests.shop import MUG, browsing, follow, hidden, read, send, somebody, suspend

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


@pytest.fixture
def agent() -> Client:
    return browsing(somebody(CUSTOMER_SERVICE))


def sent(clara: User) -> UUID:
    """A parcel that has left, and is to be paid for within two weeks."""
    order_id = play.place({MUG: 1}, terms="on_account", customer=clara)
    (parcel,) = play.planned(order_id)
    play.pick(parcel)
    play.dispatch(parcel)
    return order_id


def pays(order_id: UUID) -> None:
    (parcel,) = play.planned(order_id)
    left = play.ledger(order_id).invoices[parcel].left
    send(RecordInvoicePayment(order_id=order_id, shipment_id=parcel, amount=left, transfer=f"T {order_id}"))
    to_rest()
    follow()


def test_who_pays_all_that_was_overdue_is_to_be_reinstated(clara: User, agent: Client) -> None:
    orders = [sent(clara), sent(clara)]
    for days in (15, 7, 7, 14, 4):
        clock.forward(timedelta(days=days))
        to_rest()
    follow()
    for order_id in orders:
        assert "Suspended" in read(agent.get(f"/customers/{clara.id}/"))
        assert "Reinstate customer" not in read(agent.get("/work/"))
        pays(order_id)
    page = agent.get("/work/")
    assert "Reinstate customer Clara Vogel" in read(page)
    task = f"/customers/{clara.id}/reinstate/"
    assert f'href="{task}"' in page.content.decode()
    sent_now = hidden(agent.get(task)) | {"reason": "The invoices are paid."}
    assert agent.post(task, sent_now).status_code == 302
    follow()
    assert "Reinstate customer" not in read(agent.get("/work/"))


def test_whoever_suspends_somebody_by_hand_need_not_be_told(clara: User, agent: Client) -> None:
    suspend(clara)
    follow()
    assert "Reinstate customer" not in read(agent.get("/work/"))
