"""Who sees which page: every address of the shop, for every role, one's own and other people's orders."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.domain.roles import ADMIN, CUSTOMER, OPERATIONS, ROLES, STAFF, WAREHOUSE
from accounts.models import User
from tests import factories
from tests.shop import MUG, PASSWORD, browsing, follow, placed_order, send, somebody

pytestmark = pytest.mark.django_db

SIGN_IN, PRODUCTS, BASKET, WORK = "/sign-in/", "/products/", "/basket/", "/work/"
OPERATORS = frozenset({OPERATIONS, ADMIN})
# What the address answers: to nobody in particular, to a customer, to who works here, and to who runs the shop.
ADDRESSES: dict[str, tuple[int | str, int | str, int | str, int | str]] = {
    "home": (PRODUCTS, PRODUCTS, WORK, WORK),
    "health": (200, 200, 200, 200),
    "projections_health": (200, 200, 200, 200),
    "metrics": (401, 403, 403, 200),
    "set_language": ("/", "/", "/", "/"),
    "accounts:sign_in": (200, 200, 200, 200),
    "accounts:sign_out": (SIGN_IN, 405, 405, 405),
    "orders:products": (200, 200, 200, 200),
    "orders:product": (200, 200, 200, 200),
    "orders:basket": (200, 200, 200, 200),
    "orders:add_to_basket": (PRODUCTS, PRODUCTS, PRODUCTS, PRODUCTS),
    "orders:change_quantity": (BASKET, BASKET, BASKET, BASKET),
    "orders:my_orders": (SIGN_IN, 200, 403, 403),
    "orders:place_order": (SIGN_IN, BASKET, 403, 403),
    "orders:place_order_payment": (SIGN_IN, BASKET, 403, 403),
    "orders:place_order_check": (SIGN_IN, BASKET, 403, 403),
    "orders:order": (SIGN_IN, 200, 200, 200),
    "orders:order_placed": (SIGN_IN, 200, 404, 404),
    "orders:what_needs_doing": (SIGN_IN, 403, 200, 200),
    "orders:take_work": (SIGN_IN, 404, 404, 404),
    "orders:give_back_work": (SIGN_IN, 404, 404, 404),
}


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield f"{space}{each.name}"
        elif each.namespace != "admin":
            yield from names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)


def test_no_address_is_forgotten() -> None:
    assert set(names(get_resolver().url_patterns)) == ADDRESSES.keys()


def answer(client: Client, name: str, order_id: UUID) -> int | str:
    arguments: dict[str, tuple[object]] = {
        "orders:product": (MUG,),
        "orders:order": (order_id,),
        "orders:order_placed": (order_id,),
        "orders:take_work": ("nothing@1",),
        "orders:give_back_work": ("nothing@1",),
    }
    response = client.get(reverse(name, args=arguments.get(name, ())))
    return response.headers["Location"].partition("?")[0] if response.status_code == 302 else response.status_code


def test_every_address_for_every_role(clara: User) -> None:
    order_id = placed_order(clara)
    nobody, customer, staff, operators = zip(*ADDRESSES.values(), strict=True)
    expected = dict.fromkeys(STAFF, staff) | dict.fromkeys(OPERATORS, operators)
    visits = [(None, nobody), (clara, customer), *((somebody(role), expected[role]) for role in sorted(STAFF))]
    for user, answers in visits:
        client = browsing(user)
        assert tuple(answer(client, name, order_id) for name in ADDRESSES) == answers, user


@pytest.mark.parametrize("name", ["orders:order", "orders:order_placed"])
def test_other_peoples_orders_are_not_there(name: str, clara: User) -> None:
    order_id = placed_order(clara)
    assert answer(browsing(somebody(CUSTOMER, "Olaf Other")), name, order_id) == 404
    assert {answer(browsing(somebody(role)), name, uuid4()) for role in sorted(ROLES)} == {404}


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
    sign_in = {"username": clara.email, "password": PASSWORD, "next": address}
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
