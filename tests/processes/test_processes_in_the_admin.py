"""Processes in Django admin: operators look at instances, at what they owe and wait for, and change nothing."""

import pytest
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.domain import roles
from eventstore.models import DueDeadline, OwedCommand, ProcessInstance
from tests.processes.errands.at_work import begin, rest
from tests.shop import browsing, read, somebody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

MODELS = pytest.mark.parametrize("model", [ProcessInstance, OwedCommand, DueDeadline])


@pytest.fixture
def ada() -> Client:
    """The browser of an admin, in a shop in which something waits for a person."""
    begin("tea", "ann", how="not")
    rest()
    return browsing(somebody(roles.ADMIN, "Ada Brandt"))


def page(model: type[Model], kind: str, *row: Model) -> str:
    """The address of a page."""
    return reverse(f"admin:eventstore_{model._meta.model_name}_{kind}", args=[quote(each.pk) for each in row])


@MODELS
def test_rows_are_listed_and_looked_at(ada: Client, model: type[Model]) -> None:
    listed = read(ada.get(page(model, "changelist")))
    assert "process-errand:tea" in listed
    row = model._default_manager.get()
    assert "process-errand:tea" in read(ada.get(page(model, "change", row)))
    assert ada.get(page(model, "changelist"), {"q": "tea"}).status_code == 200


def test_state_content_and_what_was_said_can_be_read(ada: Client) -> None:
    instance, owed = ProcessInstance.objects.get(), OwedCommand.objects.get()
    assert '{"type":"Called","errand":"tea","left":["ann"]}' in read(ada.get(page(ProcessInstance, "change", instance)))
    said = read(ada.get(page(OwedCommand, "change", owed)))
    assert "ann is away." in said
    assert '{"helper":"ann","errand":"tea","how":"not"}' in said


@MODELS
def test_what_no_row_can_be_is_answered_as_elsewhere_in_the_admin(ada: Client, model: type[Model]) -> None:
    listed = page(model, "changelist")
    for query in ("stream__exact=%00", "name__exact=%00", "since__gte=%00", "pk__exact=x%00"):
        answer = ada.get(f"{listed}?{query}")
        assert answer.headers["Location"] == f"{listed}?e=1", query
    for key in ("%00", "99999999999999999999999", "-1", "x", "_00"):
        for name in ("change", "history"):
            assert ada.get(f"{listed}{key}/{name}/").status_code == 302, (key, name)


@MODELS
def test_nobody_adds_changes_or_deletes_one(ada: Client, model: type[Model]) -> None:
    row = model._default_manager.get()
    assert ada.get(page(model, "add")).status_code == 403
    assert ada.post(page(model, "change", row), {"name": "other"}).status_code == 403
    assert ada.post(page(model, "delete", row), {"post": "yes"}).status_code == 403
    assert model._default_manager.get() == row


@MODELS
def test_who_is_no_operator_sees_nothing(ada: Client, model: type[Model]) -> None:
    warehouse = somebody(roles.WAREHOUSE, "Wim Stork")
    warehouse.is_staff = True
    warehouse.save()
    assert browsing(warehouse).get(page(model, "changelist")).status_code == 403
