"""Every list of an empty shop, as everybody sees it: what fills it is said, and the reader's own tasks are linked."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER, ROLES
from eventstore.messages import OWNER
from orders.screens.empty_lists import LISTS, Empty
from tests import factories
from tests.addresses import IN_TURN, NOBODY, Address, addresses
from tests.orders.visits import ENDS_THE_SESSION
from tests.reading import Page
from tests.shop import browsing, follow, somebody

# Somebody, or something, that can fill a list.
WHO = re.compile(
    r"\b(you|we|customers?|customer service|finance|operations|the warehouse|the carrier|the payment provider|the shop|"
    r"another system|other systems|a process|the process|a reader|whoever|somebody|by itself)\b",
    re.IGNORECASE,
)
# Lists that are read by what somebody typed, of which nothing is found.
ASKED = {
    "orders:find": "?q=zzz",
    "orders:stock": "?q=zzz",
    "orders:event_log": "?stream=order-1",
    "orders:audit_trail": "?stream=order-1",
}


class Seen(NamedTuple):
    """An empty list as somebody sees it: where, who, what it says, and where its links lead."""

    name: str
    role: str
    text: str
    links: frozenset[str]

    @property
    def entries(self) -> list[Empty]:
        """What of the table it says."""
        return [each for each in LISTS.values() if str(each.says).partition("%")[0] in self.text]


@pytest.mark.django_db
def test_an_empty_list_says_who_fills_it_and_links_the_readers_own_tasks_that_do() -> None:
    clara = somebody(CUSTOMER, "Clara Vogel")
    follow()
    clients = {role: browsing(somebody(role, f"Any {role}")) for role in sorted(ROLES - {CUSTOMER})}
    clients |= {CUSTOMER: browsing(clara), NOBODY: browsing(None)}
    lists = list(looks(clients, {"process": "prepaid", "customer_id": clara.id}))
    product, order = factories.Product.create(on_hand=0), factories.OrderPage.create(order_id=uuid7())
    of_one: dict[str, dict[str, Any]] = {
        "orders:stock_item": {"sku": product.sku},
        "orders:payment_ledger": {"order_id": order.order_id},
    }
    lists += [each for name, values in of_one.items() for each in looks(clients, values, name)]

    assert [each for each in lists if not each.entries] == []
    told = {id(entry) for each in lists for entry in each.entries}
    assert {name for name, entry in LISTS.items() if id(entry) not in told} == set()
    for each in lists:
        ways = [way for entry in each.entries for way in entry.ways]
        theirs = {way.url for way in ways if way.command is None or each.role in way.command.sent_by}
        assert each.links == theirs, each
        assert each.links or WHO.search(each.text), each
    dead = {
        (role, url)
        for role, url in {(each.role, url) for each in lists for url in each.links}
        if not leads(clients[role], url)
    }
    assert dead == set()


def looks(clients: dict[str, Client], values: dict[str, Any], only: str = "") -> Iterator[Seen]:
    """Every empty list at the addresses that are made of these values, of each kind by which it can be read."""
    for address in addresses():
        if address.arguments <= values.keys() and address.name not in {*IN_TURN, ENDS_THE_SESSION}:
            for role in {CUSTOMER if who == OWNER else who for who in address.who or () if only in {"", address.name}}:
                yield from read(clients[role], role, address, values)


def read(client: Client, role: str, address: Address, values: dict[str, Any]) -> Iterator[Seen]:
    """The empty lists of a page, and of the same page by its kinds."""
    path = address.path(values)
    page = shown(client, path)
    kinds = [
        link.attributes["href"] for nav in page.all("nav", "kinds") for link in page.inside(nav) if link.tag == "a"
    ]
    further = {url for url in [*kinds, ASKED.get(address.name, "")] if url.startswith("?") and url != "?"}
    for looked in [page, *(shown(client, path + url) for url in sorted(further))]:
        for each in looked.all("div", "empty"):
            links = frozenset(it.attributes["href"] for it in looked.inside(each) if it.tag == "a")
            yield Seen(address.name, role, each.text, links)


def shown(client: Client, url: str) -> Page:
    """A page; nothing where there is none to be read."""
    response = client.get(url)
    readable = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
    return Page(response.content.decode() if readable else "")


def leads(client: Client, url: str) -> bool:
    """Whether somebody may go there."""
    return client.get(url).status_code == 200


def test_no_list_has_words_of_its_own_for_being_empty() -> None:
    """What is not in the table would be walked past."""
    boxes = [
        path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if 'class="empty' in path.read_text()
    ]
    assert [path.name for path in boxes] == ["_nothing.html"]
