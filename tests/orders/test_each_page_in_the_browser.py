"""Each page of the shop in a browser, as those see it who buy and as those who work here: it is for everybody."""

import pytest
from playwright.sync_api import Error, Page

from accounts.domain.roles import ADMIN, CUSTOMER, CUSTOMER_SERVICE, FINANCE, OPERATIONS, ROLES, WAREHOUSE
from accounts.models import User
from eventstore.messages import OWNER
from tests.addresses import EVERYBODY, NOBODY, Address, addresses, admin_addresses, belongings
from tests.browser import for_everybody
from tests.orders.conftest import Visit
from tests.shop import MUG, WHERE_TO, somebody

BUY, WORK = (NOBODY, CUSTOMER), (CUSTOMER_SERVICE, WAREHOUSE, FINANCE, OPERATIONS, ADMIN)
# Half an order, whose answers are about to be checked.
ANSWERS = {"basket": {MUG: 2}, "delivery": WHERE_TO, "payment": "on_account"}
# Pages that show more when they are asked for it.
ASKED = {"orders:find": "?q=vogel", "orders:order": "?events=raw", "orders:stock": "?q=nothing"}


def pages_of(role: str) -> list[Address]:
    """The pages that somebody with a role looks at: the first who may, of those who buy, and of those who work here."""
    stays = [it for it in addresses() if "sign_out" not in it.name]
    own = [it for it in stays if role in (reader(it, BUY), it.who != EVERYBODY and reader(it, WORK))]
    lists = [it for it in admin_addresses() if it.name.endswith(("index", "changelist"))]
    return own + (lists if role == ADMIN else [])


def reader(address: Address, those: tuple[str, ...]) -> str | None:
    """The first of them who may visit an address."""
    who = {CUSTOMER if each == OWNER else each for each in address.who or ()}
    return next((each for each in those if each in who), None)


def is_shown(page: Page, path: str) -> bool:
    """Whether a page stands there: a file is offered for saving, and some addresses lead elsewhere."""
    try:
        response = page.goto(path)
    except Error as error:
        if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
            raise
        return False
    is_page = response and response.ok and response.headers["content-type"].startswith("text/html")
    return bool(is_page) and page.url.endswith(path)


@pytest.mark.parametrize("role", [NOBODY, *sorted(ROLES)])
def test_each_page_is_for_everybody_and_breaks_no_policy(role: str, clara: User, visit: Visit) -> None:
    """In German, whose words are longer."""
    values = belongings(clara) | {"object_id": "1", "content_type_id": "1", "app_label": "projections"}
    user = {NOBODY: None, CUSTOMER: clara}[role] if role in {NOBODY, CUSTOMER} else somebody(role)
    page = visit(user, locale="de-DE", **ANSWERS if role == CUSTOMER else {})
    for address in pages_of(role):
        for path in {address.path(values), address.path(values) + ASKED.get(address.name, "")}:
            if is_shown(page, path) and "admin:" not in address.name:  # whose pages are Django's
                for_everybody(page)


def test_what_breaks_the_policy_would_be_heard(clara: User, visit: Visit, complaints: list[str]) -> None:
    page = visit(None)
    page.goto("/products/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')")
    page.wait_for_timeout(200)
    assert ["Content Security Policy" in each for each in complaints] == [True]
    complaints.clear()
