"""Where each role goes: few places, each with its glyph, and the one where somebody is."""

import pytest

from accounts.domain.roles import CUSTOMER, STAFF, WAREHOUSE
from orders.screens.navigation import places
from tests.shop import browsing, somebody


def titles(*roles: str, path: str = "/") -> list[str]:
    return [str(place.title) for place in places(path, frozenset(roles))]


def test_each_role_sees_where_it_goes() -> None:
    assert titles() == ["Products"]
    assert titles(CUSTOMER)[:2] == ["Products", "My orders"]
    assert titles(WAREHOUSE) == ["What needs doing", "Shipments", "Stock", "Returns"]
    assert all(titles(role)[0] == "What needs doing" for role in STAFF)


def test_the_place_where_one_is_says_so_and_the_nearest_only() -> None:
    def current(path: str) -> dict[str, str]:
        return {str(place.title): place.current for place in places(path, frozenset({CUSTOMER})) if place.current}

    assert current("/products/") == {"Products": "page"}
    assert current("/products/MUG-035/") == {"Products": "true"}
    assert current("/sign-in/") == {}


@pytest.mark.django_db
def test_the_glyphs_stand_in_the_page_and_are_not_read_out() -> None:
    page = browsing(somebody(WAREHOUSE)).get("/work/").content.decode()
    navigation = page.partition("<nav")[2].partition("</nav>")[0]
    assert navigation.count("<svg") == navigation.count('aria-hidden="true"') == len(titles(WAREHOUSE))
