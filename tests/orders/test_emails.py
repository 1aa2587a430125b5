"""The pages of what customers were told, in a browser."""

from typing import get_args
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from accounts.domain.customer import EraseCustomer
from accounts.domain.roles import CUSTOMER_SERVICE
from accounts.models import SentEmail, User
from orders.processes.notification import Kind, Tell
from orders.systems.mail.border import note
from orders.systems.mail.sent import ABOUT
from tests.orders.conftest import Visit
from tests.shop import follow, placed_order, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)


def told(customer: User) -> UUID:
    """A customer was told of an order, and of a parcel."""
    order_id = placed_order(customer)
    for kind in ("order_received", "parcel_sent"):
        tell = Tell(
            kind=kind,
            order_id=order_id,
            customer_id=customer.id,
            pieces={"MUG-035": 2},
            tracking_number="PP1",
        )
        note(tell, uuid7(), "en", SentEmail.State.SENT)
    return order_id


def test_each_kind_of_e_mail_has_a_name() -> None:
    assert ABOUT.keys() == set(get_args(Kind.__value__))


def test_what_was_sent_can_be_looked_at(visit: Visit, clara: User) -> None:
    told(clara)
    page = visit(somebody(CUSTOMER_SERVICE))
    page.goto("/e-mails/")
    page.get_by_role("link", name="parcel sent").click()
    assert "Its tracking number is PP1." in page.inner_text("main")
    assert "2 × Enamel mug: €25.00" in page.inner_text("main")


def test_of_whoever_was_erased_nothing_is_left(visit: Visit, clara: User) -> None:
    told(clara)
    send(EraseCustomer(customer_id=clara.id, open_orders=0))
    follow()
    page = visit(somebody(CUSTOMER_SERVICE))
    page.goto("/e-mails/")
    assert "Nothing was sent yet." in page.inner_text("main")
