"""Somebody orders in one browser and has themselves erased in another, at the same moment: one of both is refused."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from accounts.domain.customer import CustomerErased, EraseCustomer
from accounts.domain.roles import CUSTOMER
from accounts.models import User
from eventstore import log, personal
from eventstore.messages import Event
from orders.domain.order import OrderPlaced
from tests.eventstore.together import elsewhere, until_blocked
from tests.shop import about_to_order, browsing, follow, hidden, open_shop, orders_in_the_log, read, send, somebody
from tests.systems.partners.asking import systems_of

pytestmark = pytest.mark.django_db(transaction=True)

CHECK = "/orders/place/check/"


@pytest.fixture
def clara() -> User:
    open_shop()
    user = somebody(CUSTOMER, "Clara Vogel")
    follow()
    return user


@pytest.fixture
def ordering(clara: User) -> Callable[[], Any]:
    """What places her order, which she has checked."""
    client = about_to_order(clara, "on_account")
    return partial(client.post, CHECK, hidden(client.get(CHECK)))


@pytest.fixture
def erasing(clara: User) -> Callable[[], Any]:
    """What has her erased."""
    return partial(browsing(clara).post, "/my-data/erase/", {"command_id": str(uuid7())})


def just_before(monkeypatch: pytest.MonkeyPatch, event: type[Event], deed: Callable[[], Any]) -> list[Future[Any]]:
    """Begin a deed on another connection when such an event is about to be recorded, and record it once that waits."""
    append, begun = log.append, list[Future[Any]]()

    def appending(news: Any, *rest: Any) -> Any:
        if isinstance(news[0].events[0], event) and not begun:
            begun.append(elsewhere(deed))
            until_blocked()
        return append(news, *rest)

    monkeypatch.setattr(log, "append", appending)
    return begun


def erased() -> bool:
    return any(isinstance(fact.event, CustomerErased) for fact in log.read_log())


def test_whoever_is_just_ordering_is_not_erased(
    ordering: Callable[[], Any], erasing: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = just_before(monkeypatch, OrderPlaced, erasing)
    assert ordering().status_code == 302
    answer = begun[0].result()
    assert "Orders that are still open: 1." in read(answer)
    assert (answer.status_code, len(orders_in_the_log()), erased()) == (422, 1, False)


def test_whoever_is_just_erased_orders_nothing(
    ordering: Callable[[], Any], erasing: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = just_before(monkeypatch, CustomerErased, ordering)
    assert erasing().status_code == 302
    answer = begun[0].result()
    assert "The data of this customer were erased." in read(answer)
    assert (answer.status_code, orders_in_the_log(), erased()) == (422, [], True)


def test_an_order_that_no_page_shows_yet_is_open_all_the_same(
    ordering: Callable[[], Any], erasing: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    holding, placed = personal.holding, list[int]()

    def ordered_first(person: str) -> Any:
        if not placed:
            placed.append(0)
            placed.append(ordering().status_code)
        return holding(person)

    monkeypatch.setattr(personal, "holding", ordered_first)
    answer = erasing()
    assert placed == [0, 302]
    assert (answer.status_code, "Orders that are still open: 1." in read(answer)) == (422, True)


def test_an_order_of_a_partner_holds_its_customer_as_well(clara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    systems = systems_of("Tea & Co")
    customer = systems.customer()
    begun = just_before(monkeypatch, OrderPlaced, lambda: held_for(customer))
    assert systems.place(customer).status_code == 201
    assert begun[0].result() == 1


def held_for(customer: str) -> int:
    """How many orders there are once somebody else holds this customer."""
    with personal.holding(customer):
        return len(orders_in_the_log())


def test_a_refusal_is_kept_as_its_answer(clara: User, ordering: Callable[[], Any]) -> None:
    send(EraseCustomer(customer_id=clara.id, open_orders=0))
    first, again = ordering(), ordering()
    assert (first.status_code, again.status_code) == (422, 422)
    assert "The data of this customer were erased." in read(again)
