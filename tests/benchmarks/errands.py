"""What is asked of the shop to measure it: tasks, each ready to be sent, and pages that follow what happens."""

from collections.abc import Callable, Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from accounts.models import User
from orders.domain.reasons import HELD
from orders.domain.stock_item import ReceiveStock
from tests.benchmarks.online import HOST, Browser
from tests.orders.done import form_of
from tests.reading import Page
from tests.shop import follow, placed_order, send

SKU = "MUG-035"


def who(name: str) -> User:
    """Somebody of the shop."""
    user: User = User.objects.get(email=f"{name}@example.com")
    return user


def errands(port: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """A POST that does nothing, and some that do something, each ready to be sent, and answered as it should be."""
    held, cancelled = placed_order(who("customer")), placed_order(who("customer"))
    price = {"price": f"{10 + uuid7().int % 1000 / 100:.2f}"}
    yield "nothing", ready(port, "operations", f"/products/{SKU}/price/", price, "/trivial/")
    yield "Change price", ready(port, "operations", f"/products/{SKU}/price/", price)
    yield "Receive stock", ready(port, "warehouse", "/stock/receive/", {"sku": SKU, "quantity": "1"})
    yield "Hold order", ready(port, "customer-service", f"/orders/{held}/hold/", {"reason": HELD[0]})
    yield "Cancel order", ready(port, "customer", f"/orders/{cancelled}/cancel/", {"reason": "It was found elsewhere."})


def ready(port: int, name: str, address: str, answers: dict[str, str], to: str = "") -> Callable[[], None]:
    """Ask for a form and fill it; what is left is to send it."""
    browser = Browser(port, who(name))
    fields, _typed = form_of(Page(browser.get(address).text), answers)

    def sent() -> None:
        answer = browser.post(to or address, fields | answers)
        assert answer.status == 302, (address, answer.text)

    return sent


def followed() -> Iterator[tuple[str, User, str]]:
    """Pages that are left open: what they are, who looks, and where."""
    send(ReceiveStock(sku=SKU, quantity=40))
    orders = [placed_order(who("customer")) for _ in range(20)]
    follow()
    yield "An order's page", who("customer"), f"/orders/{orders[0]}/"
    yield "What needs doing", who("warehouse"), "/work/"


def questions_of(user: User, address: str) -> int:
    """How often the database is asked for an answer."""
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers={"host": HOST})
    assert answer.status_code in {200, 204}, address
    return len(asked)
