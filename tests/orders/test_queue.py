"""What needs doing, on its screen: taken by one person at a time, and given back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.domain.roles import FINANCE, WAREHOUSE
from accounts.models import User
from eventstore import clock
from orders.templatetags.shop import ago
from projections.work_queue import Task, WorkItem
from tests import factories
from tests.shop import browsing, follow, read, somebody, to_be_picked

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(clara: User) -> str:
    to_be_picked(clara)
    return WorkItem.objects.get().work


def steer(client: Client, work: str, how: str) -> str:
    response = client.post(f"/work/{work}/{how}/", follow=True)
    follow()
    return read(response)


def test_whoever_takes_a_task_is_named_to_everybody_else(work: str) -> None:
    anna, ben = somebody(WAREHOUSE, "Anna Ast"), somebody(WAREHOUSE, "Ben Berg")
    assert "Take" in read(browsing(anna).get("/work/"))
    steer(browsing(anna), work, "take")
    assert "Give back" in read(browsing(anna).get("/work/"))
    assert "Anna Ast does it" in read(browsing(ben).get("/work/"))


def test_whoever_comes_second_is_told_so(work: str) -> None:
    anna, ben = browsing(somebody(WAREHOUSE, "Anna Ast")), browsing(somebody(WAREHOUSE, "Ben Berg"))
    steer(anna, work, "take")
    assert "A colleague has taken this a moment ago." in steer(ben, work, "take")
    assert WorkItem.objects.get().taken_by == str(User.objects.get(name="Anna Ast").id)


def test_what_is_given_back_is_there_for_others(work: str) -> None:
    anna, ben = browsing(somebody(WAREHOUSE, "Anna Ast")), browsing(somebody(WAREHOUSE, "Ben Berg"))
    steer(anna, work, "take")
    steer(anna, work, "give-back")
    steer(ben, work, "take")
    assert WorkItem.objects.get().taken_by == str(User.objects.get(name="Ben Berg").id)


@pytest.mark.parametrize("of", ["another role", "no work", "an earlier turn"])
def test_nobody_takes_what_is_not_theirs_to_do(work: str, of: str) -> None:
    role = FINANCE if of == "another role" else WAREHOUSE
    name = {"no work": "shipment:nothing@1", "an earlier turn": f"{work}0"}.get(of, work)
    assert browsing(somebody(role)).post(f"/work/{name}/take/").status_code == 404
    assert WorkItem.objects.get().taken_by == ""


def test_the_list_is_paged_by_key_and_by_kind(clara: User) -> None:
    for number in range(60):
        factories.WorkItem.create(role=WAREHOUSE, task=Task.PACK_SHIPMENT if number % 2 else Task.PICK_SHIPMENT)
    anna = browsing(somebody(WAREHOUSE))
    first = anna.get("/work/")
    rest = anna.get(f"/work/{first.context['more']}")
    shown = [item["work"] for page in (first, rest) for item in page.context["items"]]
    assert len(shown) == len(set(shown)) == 60
    assert rest.context["more"] == ""
    [kind] = [kind for kind in first.context["kinds"] if kind["name"] == "Pack shipment"]
    assert kind["count"] == len(anna.get(f"/work/{kind['url']}").context["items"]) == 30


def test_how_long_work_has_waited_is_a_picture_with_its_figures(clara: User) -> None:
    hours = [0, 0.5, 2, 3, 3.9, 5, 23, 25, 71, 73, 1000, 2000]
    for waited in hours:
        since = clock.now() - timedelta(hours=waited, minutes=1)
        factories.WorkItem.create(role=WAREHOUSE, task=Task.PICK_SHIPMENT, waiting_since=since)
    factories.WorkItem.create(role=FINANCE, task=Task.APPROVE_REFUND)
    page = browsing(somebody(WAREHOUSE)).get("/work/")
    assert [(age["count"], age["height"], age["y"]) for age in page.context["ages"]] == [
        (2, 16, 8),
        (3, 24, 0),
        (2, 16, 8),
        (2, 16, 8),
        (3, 24, 0),
    ]
    assert "How long it has waited up to an hour 2 up to 4 hours 3 up to a day 2 up to 3 days 2 longer 3" in read(page)


def test_what_is_seen_at_a_glance_needs_no_picture(work: str) -> None:
    assert "How long it has waited" not in read(browsing(somebody(WAREHOUSE)).get("/work/"))


def test_a_list_that_is_left_open_says_so_when_work_grows_old(work: str) -> None:
    for _ in range(6):
        factories.WorkItem.create(role=WAREHOUSE, task=Task.PACK_SHIPMENT)
    anna = browsing(somebody(WAREHOUSE))
    asked = {"seen": anna.get("/work/").context["seen"]}
    assert anna.get("/work/", asked, headers={"HX-Request": "true"}).status_code == 204
    clock.forward(timedelta(hours=2))
    assert anna.get("/work/", asked, headers={"HX-Request": "true"}).status_code == 200


def test_how_long_something_has_waited_is_told_by_the_clock_that_was_moved(
    monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)
    clock.forward(timedelta(days=3))
    page = read(browsing(somebody(WAREHOUSE)).get("/work/"))
    assert "3 days ago" in page, page


def test_nobody_asks_for_it_where_no_clock_is_moved(django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(0):
        assert ago(timezone.now() - timedelta(days=3)) == "3\N{NO-BREAK SPACE}days ago"
