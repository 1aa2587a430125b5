"""The feed: paged from any position, the same for ever, of one's own orders and the catalogue only."""

from typing import Any

import pytest

from accounts.domain.roles import CUSTOMER
from eventstore.models import Parked
from eventstore.personal import destroy_key
from eventstore.subscriptions import advance
from orders.systems.partners.feed import FOR_EVER
from tests.shop import KETTLE, MUG, change_price, follow, placed_order, somebody
from tests.systems.partners.asking import Systems, systems_of, token_of

pytestmark = pytest.mark.django_db

PLACED, CONFIRMED = "example.shop.order.placed.v1", "example.shop.order.confirmed.v1"


def types(page: Any) -> list[str]:
    return [each["type"].removeprefix("example.shop.").removesuffix(".v1") for each in page["events"]]


def all_of(systems: Systems, address: str = "events/?limit=2") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = systems.get(address).json()
        found += page["events"]
        address = page["next"]
        if not page["more"]:
            return found


def test_a_partner_is_told_of_the_catalogue_and_of_its_own_orders(systems: Systems) -> None:
    order_id, other = systems.placed(), systems_of("Others")
    other.placed()
    placed_order(somebody(CUSTOMER))
    typed = systems.post(f"orders/{order_id}/cancellation/", {"reason": "Clara Vogel is ill."})
    assert (typed.status_code, "$.reason" in str(typed.json())) == (400, True)
    systems.post(f"orders/{order_id}/cancellation/", {"reason": "other"})
    change_price(KETTLE, 9900)
    follow()
    page = systems.get("events/").json()
    assert types(page) == [*["product.listed"] * 3, "order.placed", "order.cancelled", "product.price_changed"]
    assert {each["subject"] for each in page["events"] if each["type"].startswith("example.shop.order")} == {
        str(order_id)
    }
    assert "Clara" not in str(page)
    assert len(all_of(other)) == 5
    positions = [int(each["sequence"]) for each in page["events"]]
    assert positions == sorted(positions)


def test_pages_add_up_to_the_whole_and_go_on_from_anywhere(systems: Systems) -> None:
    for _ in range(3):
        systems.placed()
    follow()
    whole = systems.get("events/").json()
    assert all_of(systems) == whole["events"]
    assert not whole["more"]
    third = int(whole["events"][2]["sequence"])
    assert systems.get(f"events/?after={third}").json()["events"] == whole["events"][3:]
    order = systems.placed()
    follow()
    assert [each["subject"] for each in systems.get(whole["next"]).json()["events"]] == [str(order)]


def test_a_full_page_may_be_kept_for_ever_and_others_are_asked_about(systems: Systems) -> None:
    full = systems.get("events/?limit=2")
    assert full.headers["Cache-Control"] == FOR_EVER
    rest = systems.get(full.json()["next"])
    assert rest.headers["Cache-Control"] == "private, no-cache"
    again = systems.get(full.json()["next"], **{"If-None-Match": rest.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    change_price(MUG, 1300)
    follow()
    newer = systems.get(full.json()["next"], **{"If-None-Match": rest.headers["ETag"]})
    assert newer.status_code == 200
    kept = systems.get("events/?limit=2", **{"If-None-Match": full.headers["ETag"]})
    assert kept.status_code == 304
    assert systems.get("events/?limit=2").content == full.content


def test_only_some_types(systems: Systems) -> None:
    systems.placed()
    follow()
    assert types(systems.get(f"events/?types={PLACED},{CONFIRMED}").json()) == ["order.placed"]
    assert "There is no type none." in systems.get("events/?types=none").json()["detail"]


def test_personal_data_is_for_whoever_asks_and_may(systems: Systems) -> None:
    customer = systems.customer()
    systems.place(customer)
    follow()
    address = f"events/?types={PLACED}&personal_data=true"
    assert systems.get(address).status_code == 403
    systems.partner.may_see_personal_data = True
    systems.partner.save()
    page = systems.get(f"{address}&limit=1")
    assert page.json()["events"][0]["data"]["delivery_address"]["city"] == "Leipzig"
    assert page.headers["Cache-Control"] == "private, no-cache"
    unasked = systems.get(f"events/?types={PLACED}").json()
    assert unasked["events"][0]["data"]["delivery_address"] is None
    weaker = Systems(systems.partner, token_of(systems.partner, ["events:read"]))
    assert weaker.get(address).status_code == 403
    destroy_key(customer)
    assert systems.get(f"{address}&limit=1").json()["events"][0]["data"]["delivery_address"] is None


def test_the_feed_ends_before_what_is_not_settled(systems: Systems) -> None:
    systems.placed()
    before = systems.get("events/").json()
    assert "order.placed" not in types(before)
    advance("partner_events")
    [placed] = systems.get(before["next"]).json()["events"]
    Parked.objects.create(reader="partner_events", stream="order-x", position=int(placed["sequence"]), error="No.")
    assert systems.get(before["next"]).json()["events"] == []
    Parked.objects.all().delete()
    assert systems.get(before["next"]).json()["events"] == [placed]


def test_a_rebuilt_read_model_tells_the_same(systems: Systems) -> None:
    from django.core.management import call_command

    systems.placed()
    follow()
    before = systems.get("events/").content
    call_command("replay", "partner_events", verbosity=0)
    assert systems.get("events/").content == before
