"""The read models in Django admin: everything can be looked at, and nothing can be added, changed or deleted."""

import random
import re
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.domain import roles
from accounts.models import User
from eventstore import log
from projections import admin as read_models
from projections import order_page, timeline
from projections.engine import ReadModel, projections
from projections.engine.origins import all_origins, origins
from projections.products import Product
from tests import factories
from tests.eventstore.pieces import METADATA, rows
from tests.laid_out import laid_out
from tests.projections.newer_subscriptions import NEWER
from tests.projections.rooms import contents, deployed
from tests.projections.trade import record_everything
from tests.shop import MUG, PASSWORD, browsing, follow, open_shop, placed_order, somebody

pytestmark = pytest.mark.django_db(transaction=True)
ALL = pytest.mark.parametrize("name", sorted(projections()))


@pytest.fixture
def order() -> UUID:
    """A shop with one order."""
    return laid_out(ordered)


@pytest.fixture
def everything() -> dict[str, tuple[int, str]]:
    """What the tables hold, for comparison: something in each of them."""
    return laid_out(filled)


def ordered() -> UUID:
    """An order in a shop that has no other."""
    open_shop()
    return placed_order(somebody(roles.CUSTOMER, "Clara Vogel"))


def filled() -> dict[str, tuple[int, str]]:
    """What is in the tables once every story was told, and somebody has placed an order."""
    ordered()
    record_everything(random.Random(4))
    follow()
    return contents()


@pytest.fixture
def ada() -> Client:
    """The browser of an admin."""
    return browsing(somebody(roles.ADMIN, "Ada Brandt"))


def superuser() -> Client:
    """The browser of one who may do everything."""
    return browsing(User.objects.create_superuser("root@example.com", None, name="Root"))


def page(model: type[ReadModel], name: str, *keys: Any) -> str:
    """The address of a page of a read model."""
    return reverse(f"admin:projections_{model._meta.model_name}_{name}", args=[quote(key) for key in keys])


def text(client: Client, url: str) -> str:
    """What a page says."""
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


# Looking


def test_what_no_row_can_be_is_answered_as_elsewhere_in_the_admin(order: UUID, ada: Client) -> None:
    products, orders = page(Product, "changelist"), page(order_page.PROJECTION.model, "changelist")
    for query in ("sku__exact=%00", "sku__exact=MUG&sku__exact=%00"):
        assert ada.get(f"{products}?{query}").headers["Location"] == f"{products}?e=1"
    for name, status in (("events", 404), ("change", 302), ("history", 302)):
        assert ada.get(f"{products}%00/{name}/").status_code == status
    for address, key in ((products, "\0"), (orders, "x")):
        answer = ada.post(address, {"action": "verify", "_selected_action": [key]})
        assert answer.headers["Location"] == f"{address}?e=1"


def test_every_page_has_the_shops_icon(ada: Client) -> None:
    for address in (reverse("admin:index"), page(Product, "changelist")):
        assert re.search(
            r'<link rel="icon" type="image/svg\+xml" href="/static/favicon[.\w]*\.svg">', text(ada, address)
        )


def test_every_read_model_is_there(ada: Client) -> None:
    assert {projection.model for projection in projections().values()} <= set(admin.site._registry)
    index = text(ada, reverse("admin:index"))
    for projection in projections().values():
        assert page(projection.model, "changelist") in index


@ALL
def test_list_search_filters_and_detail(everything: object, ada: Client, name: str) -> None:
    model = projections()[name].model
    for row in model._default_manager.order_by("-pk")[:3]:
        assert str(row) in text(ada, page(model, "changelist"))
        assert str(row) in text(ada, page(model, "changelist") + f"?q={row.pk}")
        detail = text(ada, page(model, "change", row.pk))
        assert all(str(field.verbose_name).capitalize() in detail for field in model._meta.concrete_fields)
        assert not re.search(r"<(input|select|textarea)(?![^>]*(hidden|search|nav-filter))", detail.split("main")[-1])
    assert "0 results" in text(ada, page(model, "changelist") + "?q=nothing-is-called-that")
    for wrong in ("?e=1", "?p=99999", "?q=%00", f"?q={10**30}", "?o=99.x"):
        assert ada.get(page(model, "changelist") + wrong).status_code in {200, 302}


def test_filters_are_what_can_be_chosen_from(order: UUID, ada: Client) -> None:
    assert str(Product.objects.get(sku=MUG)) in text(ada, page(Product, "changelist") + "?listed__exact=1")
    assert "0 products" in text(ada, page(Product, "changelist") + "?listed__exact=0")
    assert "0 orders" in text(ada, page(order_page.OrderPage, "changelist") + "?placed_at__lt=2020-01-01T00:00Z")


def test_a_row_that_is_not_there(order: UUID, ada: Client) -> None:
    assert ada.get(page(Product, "change", "NONE")).status_code == 302
    assert ada.get(page(Product, "events", "NONE")).status_code == 404
    assert ada.get(page(order_page.OrderPage, "events", "no-uuid")).status_code == 404


@pytest.mark.parametrize("role", sorted(roles.ROLES - {roles.ADMIN}))
def test_nobody_else_gets_in(everything: object, role: str) -> None:
    user = somebody(role)
    for staff in (False, True):
        User.objects.filter(pk=user.pk).update(is_staff=staff)
        client = browsing(User.objects.get(pk=user.pk))
        for name, projection in projections().items():
            row = projection.model._default_manager.first()
            for url in ("changelist", "events", "change", "history"):
                address = page(projection.model, url, *([] if url == "changelist" else [row.pk]))
                assert client.get(address).status_code == 403, (name, url)


# Changing


@ALL
@pytest.mark.parametrize("who", ["admin", "superuser"])
def test_nothing_can_be_added_changed_or_deleted(everything: object, ada: Client, name: str, who: str) -> None:
    client = ada if who == "admin" else superuser()
    model = projections()[name].model
    row = model._default_manager.all()[0]
    fields = {field: str(value) for field, value in row.values().items()}
    listed = page(model, "changelist")

    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "add"), fields).status_code == 403
    assert client.post(page(model, "change", row.pk), fields | {"_save": "Save"}).status_code == 403
    assert client.post(page(model, "change", row.pk), fields | {"_saveasnew": "Save"}).status_code == 403
    assert client.get(page(model, "delete", row.pk)).status_code == 403
    assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    deleting = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    assert client.post(listed, deleting).status_code == 302
    editing = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save"}
    editing |= {f"form-0-{field}": value for field, value in fields.items()}
    assert client.post(listed, editing).status_code in {200, 302, 403}
    assert "delete_selected" not in text(client, listed)

    assert contents() == everything
    assert not LogEntry.objects.exists()


# What a row was made of


def screens_of(row: ReadModel) -> list[str]:
    """Where the tasks of the order and of the product begin that a row names."""
    named = row.values()
    orders = [reverse("orders:order", args=[order_id])] if (order_id := named.get("order_id")) else []
    return orders + ([reverse("orders:product", args=[sku])] if (sku := named.get("sku")) else [])


@ALL
def test_each_row_leads_to_its_events_and_its_screen(everything: object, ada: Client, name: str) -> None:
    model = projections()[name].model
    for row in model._default_manager.order_by("-pk")[:3]:
        url = page(model, "events", row.pk)
        for place in (page(model, "changelist"), page(model, "change", row.pk)):
            found = text(ada, place)
            assert f'href="{url}"' in found
            for screen in screens_of(row):
                assert f'href="{screen}"' in found
                # A product that has come and was never listed has no page yet.
                assert ada.get(screen).status_code == (404 if getattr(row, "name", None) == "" else 200)
        assert "<tbody>" in text(ada, url)


@pytest.mark.parametrize("name", sorted(projections().keys() - {"revenue_per_day"}))  # a day names no stream
def test_the_events_near_a_row_are_all_of_its_events(name: str) -> None:
    record_everything(random.Random(4))
    follow()
    projection = projections()[name]
    found = [origins(projection, row) for row in projection.model._default_manager.all()]
    assert found == [all_origins(projection, row) for row in projection.model._default_manager.all()]
    assert all(found)


def test_the_events_of_a_product(everything: object, ada: Client) -> None:
    shown = text(ada, page(Product, "events", MUG))
    table = shown[shown.index("<tbody>", shown.index("content-main")) :]
    assert table.index("ProductListed") < table.index("StockReceived")
    assert "quantity: 40" in table
    assert "KET-120" not in table


def test_what_is_personal_in_events_is_not_shown(order: UUID, ada: Client) -> None:
    for model, key in ((order_page.OrderPage, order), (timeline.TimelineEntry, None)):
        row = model._default_manager.get(pk=key) if key else model._default_manager.get()
        for how in ("", "?everywhere"):
            shown = text(ada, page(model, "events", row.pk) + how)
            assert "delivery_address: (personal)" in shown
            assert "Lindenallee" not in shown


def test_all_events_of_one_cause(order: UUID, ada: Client) -> None:
    log.append(
        [log.New("stock_item-A", [factories.StockReceived.build(sku="A")]), log.New("product-B", [LISTED])], METADATA
    )
    follow()
    near = text(ada, page(Product, "events", "A"))
    assert "ProductListed" not in near
    [cause] = set(re.findall(r"\?correlation=([-0-9a-f]+)", near))
    whole = text(ada, page(Product, "events", "A") + f"?correlation={cause}")
    assert "ProductListed" in whole
    assert "StockReceived" in whole
    assert "is no id" in text(ada, page(Product, "events", "A") + "?correlation=x")


LISTED = factories.ProductListed.build(sku="B")


def test_an_event_that_cannot_be_read_is_said(order: UUID, ada: Client) -> None:
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows("UPDATE eventstore_event SET data = 'rotten' WHERE stream = %s", f"stock_item-{MUG}")
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    assert "cannot be read" in text(ada, page(Product, "events", MUG))


# Actions


def act(client: Client, action: str, *skus: str) -> str:
    """Do something with these products; what is said."""
    response = client.post(page(Product, "changelist"), {"action": action, "_selected_action": skus}, follow=True)
    return "\n".join(str(message) for message in response.context["messages"])


def test_rows_are_made_anew_which_leaves_a_trace(order: UUID, ada: Client) -> None:
    right = contents()
    rows("UPDATE projections_products SET available = 99")
    assert act(ada, "rebuild", MUG) == "1 row was made anew of 2 events."
    assert Product.objects.get(sku=MUG).available == 40
    assert act(ada, "rebuild", *Product.objects.values_list("pk", flat=True)).startswith("3 rows were made anew of ")
    assert contents() == right

    traces = LogEntry.objects.filter(object_id=MUG)
    assert [(each.user.email, each.change_message) for each in traces] == [
        ("ada.brandt@example.com", "Made anew from the log.")
    ] * 2
    assert "Made anew from the log." in text(ada, page(Product, "history", MUG))


def test_rows_are_verified_which_leaves_a_trace(order: UUID, ada: Client) -> None:
    skus = list(Product.objects.values_list("pk", flat=True))
    assert act(ada, "verify", *skus) == "3 rows are what the log says."
    rows("UPDATE projections_products SET available = 99, listed = false WHERE sku = %s", MUG)
    assert act(ada, "verify", *skus) == (
        f"{Product.objects.get(sku=MUG)}: the log says otherwise of available, listed.\n2 rows are what the log says."
    )
    assert Product.objects.get(sku=MUG).available == 99
    assert [each.change_message for each in LogEntry.objects.filter(object_id=MUG).order_by("id")] == [
        "Verified: it is what the log says.",
        "Verified: the log says otherwise of available, listed.",
    ]


def test_what_is_personal_is_not_in_the_audit_trail(order: UUID, ada: Client) -> None:
    rows('UPDATE projections_order_page SET delivery_address = \'{"street": "Elsewhere 1"}\'')
    url = page(order_page.OrderPage, "changelist")
    for action in ("verify", "rebuild"):
        ada.post(url, {"action": action, "_selected_action": [str(order)]})
    trail = [each.change_message for each in LogEntry.objects.order_by("id")]
    assert trail == ["Verified: the log says otherwise of delivery_address.", "Made anew from the log."]


def test_what_hinders_an_action_is_said_and_leaves_no_trace(
    everything: object, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployed(NEWER):
        monkeypatch.setattr(admin.site._registry[Product], "projection", NEWER)
        assert "it has to be built anew as a whole" in act(ada, "rebuild", MUG)
        assert "it has to be built anew as a whole" in act(ada, "verify", MUG)
    monkeypatch.setattr(read_models, "MOST", 2)
    skus = list(Product.objects.values_list("pk", flat=True))
    assert act(ada, "rebuild", *skus) == "Select up to 2 rows. For all of them: manage.py replay."
    assert contents() == everything
    assert not LogEntry.objects.exists()


def test_actions_are_for_admins_only(everything: object) -> None:
    user = somebody(roles.WAREHOUSE)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = browsing(User.objects.get(pk=user.pk))
    for action in ("rebuild", "verify"):
        data = {"action": action, "_selected_action": [MUG]}
        assert client.post(page(Product, "changelist"), data).status_code == 403
    assert not LogEntry.objects.exists()


# The whole of it


def test_django_has_nothing_to_say_about_it() -> None:
    call_command("check")


def test_a_browser_is_content_with_it(order: UUID, live_server: Any, page: Page) -> None:
    """The strict content security policy holds in Django's own pages, too."""
    somebody(roles.ADMIN, "Ada Brandt", password=PASSWORD)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(f"{live_server.url}/admin/projections/product/")
    page.get_by_label("E-mail address").fill("ada.brandt@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=re.compile("Enamel mug")).click()
    page.get_by_role("link", name="Events", exact=True).click()
    page.get_by_role("link", name="Search the whole log").click()
    expect(page.get_by_role("cell", name="ProductListed")).to_be_visible()
    page.goto(f"{live_server.url}/admin/projections/product/")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "verify")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("3 rows are what the log says.")).to_be_visible()
    assert said == []
