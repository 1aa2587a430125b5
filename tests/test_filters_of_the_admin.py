"""Lists in Django admin are narrowed by what their filters offer; whatever else is typed is answered as elsewhere."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.domain import roles
from accounts.models import Partner
from tests.shop import browsing, somebody

pytestmark = pytest.mark.django_db(transaction=True)

MODELS = pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=lambda model: model.__name__)
TYPED = ("=x", "__regex=(", "__range=x", "__range=%25%25%25", "__gte=%00", f"__year={'9' * 30}")
WORTHLESS = ("x", "", "%00", "9" * 30, "2026-01-01T00:00%2B23:59", "2026-01-01T00:00Z&{}=x")


@pytest.fixture
def ada() -> Client:
    """The browser of an admin of a shop with a partner."""
    Partner.objects.create(name="Tea & Co")
    return browsing(somebody(roles.ADMIN, "Ada Brandt"))


def listed(model: type[Model]) -> str:
    """The address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def offered(ada: Client, model: type[Model]) -> Iterator[str]:
    """What the filters of a list can be set to, as the browser sends it."""
    shown: ChangeList = ada.get(listed(model)).context["cl"]
    for each in shown.filter_specs:
        queries = (str(choice["query_string"]) for choice in each.choices(shown))
        yield from (query for query in queries if query != "?")


@MODELS
def test_whatever_is_typed_is_answered(ada: Client, model: type[Model]) -> None:
    for field, typed in zip(model._meta.concrete_fields, cycle(TYPED), strict=False):
        query = f"{field.name}{typed}"
        answer = ada.get(f"{listed(model)}?{query}")
        assert answer.status_code in {200, 302, 400}, query
    assert ada.get(f"{listed(model)}?pk=x").headers["Location"] == f"{listed(model)}?e=1"


@MODELS
def test_what_a_filter_offers_narrows_the_list_and_nothing_else_can_be_made_of_it(
    ada: Client, model: type[Model]
) -> None:
    queries = list(offered(ada, model))
    for query in queries:
        assert ada.get(f"{listed(model)}{query}").status_code == 200, query
    for name in {query[1:].partition("=")[0] for query in queries}:
        for worthless in WORTHLESS:
            answer = ada.get(f"{listed(model)}?{name}={worthless.format(name)}")
            assert answer.status_code in {200, 302}, (name, worthless)
