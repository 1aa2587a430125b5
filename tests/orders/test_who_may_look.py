"""Who sees which page: every address of the shop, for every role, one's own and other people's orders."""

from typing import Any

import pytest

from accounts.domain.roles import ADMIN, CUSTOMER, ROLES, WAREHOUSE
from accounts.models import User
from eventstore.messages import OWNER
from tests import factories
from tests.addresses import (
    EVERYBODY,
    IN_TURN,
    NOBODY,
    WHO_MAY,
    Address,
    addresses,
    admin_addresses,
    belongings,
    nothing_there,
)
from tests.shop import PASSWORD, browsing, follow, placed_order, send, somebody

pytestmark = pytest.mark.django_db

SHUT = {401, 403, 404}
TABLE = "tests/addresses.py"


# What can stand in the addresses of Django admin.
OF_ADMIN = {"object_id": "1", "content_type_id": "1", "app_label": "projections", "url": "nowhere"}

type Both = tuple[int | str, int | str]


def answers(user: User | None, those: list[Address], values: dict[str, Any]) -> dict[Address, Both]:
    """What each address answers to somebody's GET and POST: a status, or "sign in"."""
    reading, posting = browsing(user), browsing(user)
    answers = {}
    for address in those:
        path = address.path(values)
        answers[address] = told(reading.get(path)), told(posting.post(path))
        if "sign_out" in address.name:
            reading, posting = browsing(user), browsing(user)
    return answers


def told(response: Any) -> int | str:
    """The status of an answer, or "sign in" where it leads there."""
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith(("/sign-in/", "/admin/login/"))
    return "sign in" if to_sign_in else int(response.status_code)


def is_open(both: Both) -> bool:
    """Whether somebody was let in. An address that takes no GET, or no POST, says nothing of who may."""
    return all(said not in {*SHUT, "sign in"} and int(said) < 500 for said in both) and both != (405, 405)


def is_shut(both: Both) -> bool:
    """Whether somebody was turned away."""
    return all(said in {*SHUT, 405, "sign in"} for said in both) and both != (405, 405)


def may(role: str, address: Address) -> bool:
    """Whether somebody with a role may visit an address with Clara's objects in it, who is the one customer."""
    who = address.who or frozenset()
    return role in who or (role == CUSTOMER and OWNER in who)


def test_every_address_says_who_may_visit_it() -> None:
    found = addresses()
    lacking = sorted(address.name for address in found if address.who is None)
    assert lacking == [], f"Add who may visit these addresses to WHO_MAY in {TABLE}."
    assert WHO_MAY.keys() - {address.name for address in found} == set(), f"Nothing answers to these: see {TABLE}."
    assert frozenset().union(*WHO_MAY.values()) <= EVERYBODY | {OWNER}


@pytest.mark.parametrize("role", [NOBODY, *sorted(ROLES)])
def test_every_address_for_everybody(role: str, clara: User) -> None:
    user = {NOBODY: None, CUSTOMER: clara}[role] if role in {NOBODY, CUSTOMER} else somebody(role)
    theirs = belongings(clara)
    lacking = {address.name for address in addresses() if not address.arguments <= theirs.keys()}
    assert lacking == set(), f"Add what stands in these addresses to belongings() in {TABLE}."
    both = answers(user, addresses(), theirs)
    walked = {it: said for it, said in both.items() if it.name not in IN_TURN or not may(role, it)}
    assert {it.name: said for it, said in walked.items() if may(role, it) and not is_open(said)} == {}, "who may, may"
    assert {it.name: said for it, said in both.items() if not may(role, it) and not is_shut(said)} == {}, "none other"


def test_other_peoples_objects_are_not_there(clara: User) -> None:
    olaf, theirs = somebody(CUSTOMER, "Olaf Other"), belongings(clara)
    both = answers(olaf, [it for it in addresses() if OWNER in (it.who or ())], theirs)
    assert both
    assert {it.name: said for it, said in both.items() if not {404} <= {*said} <= {404, 405}} == {}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_is_not_there_is_there_for_nobody(role: str, clara: User) -> None:
    user, nowhere = somebody(role), nothing_there()
    both = answers(user, [it for it in addresses() if it.arguments and it.name not in IN_TURN], nowhere)
    assert {it.name: said for it, said in both.items() if not {*said} <= {401, 403, 404, 405}} == {}


def test_whoever_asks_only_whether_a_page_is_there_is_told_what_they_would_see(clara: User) -> None:
    theirs, asking, reading = belongings(clara), browsing(clara), browsing(clara)
    paths = {it.path(theirs) for it in addresses() if "sign_out" not in it.name}
    both = {path: (told(asking.head(path)), told(reading.get(path))) for path in paths}
    assert {path: said for path, said in both.items() if said[0] != said[1]} == {}


@pytest.mark.parametrize("role", [NOBODY, *sorted(ROLES)])
def test_django_admin_is_for_admins(role: str, clara: User) -> None:
    user = None if role == NOBODY else somebody(role)
    both = answers(user, admin_addresses(), OF_ADMIN)
    if role == ADMIN:
        assert {it.name: said for it, said in both.items() if "sign in" in said or 500 in said} == {}
    else:
        assert {it.name: said for it, said in both.items() if not is_shut(said)} == {}


def test_a_list_of_orders_holds_ones_own(clara: User) -> None:
    olaf = somebody(CUSTOMER, "Olaf Other")
    mine, theirs = placed_order(clara), placed_order(olaf)
    page = browsing(clara).get("/orders/").content.decode()
    assert str(mine) in page
    assert str(theirs) not in page


def test_the_timeline_names_who_did_it_and_calls_the_reader_you(clara: User) -> None:
    address = f"/orders/{placed_order(clara)}/"
    said = {user: browsing(user).get(address).context["timeline"] for user in (clara, somebody(WAREHOUSE))}
    assert [[entry["who"] for entry in entries] for entries in said.values()] == [["you"], ["Clara Vogel"]]


def test_whoever_signs_in_comes_back_to_where_they_were(clara: User) -> None:
    address = f"/orders/{placed_order(clara)}/"
    client = browsing(None)
    asked = client.get(address)
    assert asked.headers["Location"] == f"/sign-in/?next={address}"
    sign_in = {"login": clara.email, "password": PASSWORD, "next": address}
    assert client.post(asked.headers["Location"], sign_in).headers["Location"] == address
    assert client.get(address).status_code == 200


def test_a_cookie_that_means_nothing_is_nobody() -> None:
    client = browsing(None)
    client.cookies["sessionid"] = "0" * 32
    assert client.get("/orders/").headers["Location"] == "/sign-in/?next=/orders/"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_navigation_leads_nowhere_that_is_closed(role: str, clara: User) -> None:
    client = browsing(somebody(role))
    page = client.get("/products/").content.decode()
    led = {address for address in ("/work/", "/orders/", "/basket/") if f'href="{address}"' in page}
    assert led == ({"/orders/", "/basket/"} if role == CUSTOMER else {"/work/"})
    assert {client.get(address).status_code for address in led} == {200}


def test_what_only_concerns_those_who_work_here_is_not_told_to_customers(clara: User) -> None:
    order_id = placed_order(clara)
    send(factories.RequestPayment.build(order_id=order_id))
    follow()
    said = {
        user: [entry["text"] for entry in browsing(user).get(f"/orders/{order_id}/").context["timeline"]]
        for user in (clara, somebody(WAREHOUSE))
    }
    placed, asked = "The order was placed, for €25.00.", "The payment provider was asked for €42.00."
    assert list(said.values()) == [[placed], [placed, asked]]
