"""What those who work here read of the orders and returns of a customer who was erased: nobody can be told any more."""

import pytest

from accounts.domain.customer import EraseCustomer
from accounts.domain.roles import CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import User
from eventstore import log
from orders.domain.returns import ApproveReturn, ReturnRequested
from orders.screens.order_now import order_now
from orders.screens.order_tasks import any_return
from projections import order_page
from tests.orders import life
from tests.projections.rooms import rebuild
from tests.shop import KETTLE, MUG, browsing, follow, hidden, read, refused, send, somebody

pytestmark = pytest.mark.django_db
ERASED = "The customer was erased"
NO_MORE = f"{ERASED}: no return can be requested in their name any more."


def test_the_returns_of_an_erased_customer_say_so_and_can_be_settled(clara: User) -> None:
    agent, clerk = browsing(somebody(CUSTOMER_SERVICE)), browsing(somebody(WAREHOUSE))
    order_id = life.delivered(clara)
    asked = any_return(order_now(order_id))
    send(asked, clara.actor)
    follow()
    order, of_one = f"/orders/{order_id}/", f"/returns/{asked.return_id}/"
    lists, decisions = ("/returns/", "/returns/?stage=all"), (f"{of_one}approve/", f"{of_one}reject/")
    before = {address: read(agent.get(address)) for address in (order, of_one, *lists, *decisions)}
    assert [address for address, page in before.items() if "erased" in page] == []
    send(EraseCustomer(customer_id=clara.id, open_orders=0))
    follow()
    rebuild(order_page.PROJECTION)
    for address in lists:
        assert "Customer erased" in read(agent.get(address))
    for address in (of_one, *decisions):
        assert ERASED in read(agent.get(address))
    assert "The customer reads it." not in read(agent.get(decisions[1]))
    page = agent.get(order)
    assert {str(task.title): task.reason for task in page.context["tasks"]}["Request a return"] == NO_MORE
    assert page.context["order"]["next"] == NO_MORE
    assert agent.get(f"{order}return/").context["reason"] == NO_MORE
    send(ApproveReturn(return_id=asked.return_id))
    follow()
    assert "Goods that come within 21 days are refunded all the same." in read(clerk.get(of_one))
    assert "Receive return" in [str(task.title) for task in clerk.get(of_one).context["tasks"] if not task.reason]
    assert "The return has arrived." in read(life.do(clerk, f"{of_one}arrival/"))


def test_a_form_that_was_open_before_requests_nothing_in_their_name(clara: User) -> None:
    agent, order_id = browsing(somebody(CUSTOMER_SERVICE)), life.delivered(clara)
    follow()
    address = f"/orders/{order_id}/return/"
    answers = hidden(agent.get(address)) | {f"pieces-{MUG}": "1", f"pieces-{KETTLE}": "0", "reason": "damaged"}
    send(EraseCustomer(customer_id=clara.id, open_orders=0))
    refused(agent, address, answers, NO_MORE)
    assert not [fact for fact in log.read_log() if isinstance(fact.event, ReturnRequested)]
