"""Goods that come back, as the warehouse receives and inspects them, and the papers of parcels."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from accounts.domain.roles import CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import User
from orders.screens.warehouse.shelves import stock_now
from projections.returns_desk import Return
from tests import factories
from tests.orders.warehouse.parcels import coming_back, parcel, settle
from tests.shop import KETTLE, MUG, SEEDS, browsing, hidden, read, refused, send, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def wim(clara: User) -> Client:
    """The browser of somebody in the warehouse."""
    return browsing(somebody(WAREHOUSE, "Wim Janssen"))


def at(task: str, subject: UUID) -> str:
    return reverse(f"orders:{task}", args=[subject])


def form_of(client: Client, return_id: UUID, sku: str) -> dict[str, str]:
    page = client.get(at("inspect_return", return_id), {"sku": sku})
    assert page.context["now"].sku == sku
    return {field.html_name: str(field.value()) for field in page.context["hand"].hidden_fields()}


def test_a_return_arrives_is_inspected_and_goes_back_to_its_shelf(clara: User, wim: Client) -> None:
    return_id = coming_back(clara)
    there = at("record_return_arrival", return_id)
    sent = wim.post(there, hidden(wim.get(there)))
    assert sent.headers["Location"].startswith(at("inspect_return", return_id))
    settle()
    before = stock_now(MUG).on_hand
    inspect = at("inspect_return", return_id)
    answers = form_of(wim, return_id, MUG) | {"sellable": "1", "damaged": "1"}
    assert [wim.post(inspect, answers).status_code for _twice in range(2)] == [302, 302]
    page = read(wim.get(inspect))
    assert "1 sellable, 1 damaged" in page
    assert "Inspect this first" not in page
    last = wim.post(inspect, form_of(wim, return_id, KETTLE) | {"sellable": "1", "damaged": "0"})
    assert last.headers["Location"].startswith(at("a_return", return_id))
    settle()
    assert stock_now(MUG).on_hand == before + 1
    assert Return.objects.get(return_id=return_id).stage == "closed"
    assert "This return is closed." in read(wim.get(inspect))


def test_one_line_is_inspected_at_a_time_in_whatever_order(clara: User, wim: Client) -> None:
    return_id = coming_back(clara)
    send(factories.RecordReturnArrival.build(return_id=return_id))
    inspect = at("inspect_return", return_id)
    for asked, now in (("", MUG), (KETTLE, KETTLE), (SEEDS, MUG), ("a\0b", MUG)):
        page = wim.get(inspect, {"sku": asked})
        assert (page.context["now"].sku, read(page).count("Record inspection")) == (now, 1)
    assert f'href="?sku={MUG}"' in wim.get(inspect, {"sku": KETTLE}).content.decode()
    wim.post(inspect, form_of(wim, return_id, KETTLE) | {"sellable": "1", "damaged": "0"})
    assert wim.get(inspect).context["now"].sku == MUG


def test_more_than_was_announced_is_told_at_once_and_nothing_is_lost(clara: User, wim: Client) -> None:
    return_id = coming_back(clara)
    send(factories.RecordReturnArrival.build(return_id=return_id))
    inspect, answers = at("inspect_return", return_id), form_of(wim, return_id, MUG)
    sentence = "Enter how many came back sellable, and how many damaged: 2 at the most."
    page = refused(wim, inspect, answers | {"sellable": "2", "damaged": "1"}, sentence)
    assert 'value="2"' in page
    wrongs = {"sellable": ["", "-1", "x", "9" * 30], "damaged": ["", "1.5"], "sku": ["", "NO", "a\0b", "x" * 41]}
    for field, values in wrongs.items():
        for value in values:
            wrong = answers | {"sellable": "1", "damaged": "1", field: value}
            assert wim.post(inspect, wrong).status_code == 422, (field, value)


def test_a_colleague_who_inspected_first_is_named(clara: User, wim: Client) -> None:
    return_id = coming_back(clara)
    send(factories.RecordReturnArrival.build(return_id=return_id))
    mine = form_of(wim, return_id, MUG) | {"sellable": "2", "damaged": "0"}
    ben = somebody(WAREHOUSE, "Ben Berg")
    send(factories.InspectReturn.build(return_id=return_id, sku=KETTLE, sellable=1, damaged=0), ben.actor)
    page = wim.post(at("inspect_return", return_id), mine)
    assert page.status_code == 422
    assert "Ben Berg" in read(page)


def test_what_cannot_be_received_says_why(clara: User, wim: Client) -> None:
    return_id = coming_back(clara, approved=False)
    sentence = "This return has not been approved yet. Ask customer service."
    assert sentence in read(wim.get(at("record_return_arrival", return_id)))
    assert sentence in read(wim.get(at("inspect_return", return_id)))
    assert sentence in read(wim.get(at("a_return", return_id)))
    assert wim.get(at("inspect_return", uuid7())).status_code == 404
    assert browsing(somebody(CUSTOMER_SERVICE)).get(at("inspect_return", return_id)).status_code == 403


def test_a_return_is_found_by_the_number_in_the_parcel(clara: User, wim: Client) -> None:
    number = Return.objects.get(return_id=coming_back(clara)).reference
    assert [each["reference"] for each in wim.get("/returns/").context["returns"]] == [number]
    assert [each["reference"] for each in wim.get(f"/returns/?number={number.lower()}").context["returns"]] == [number]
    assert wim.get("/returns/?number=%00").status_code == 200
    assert "No return" in read(wim.get("/returns/?number=XXXXX"))


def test_a_packing_slip_says_what_is_in_the_parcel_and_where_it_goes(clara: User, wim: Client) -> None:
    there = parcel(clara, "packed")
    page = wim.get(at("packing_slip", there))
    assert "Lindenallee" in read(page) or "Packing slip" in read(page)
    assert "2 Enamel mug MUG-035" in read(page)
    assert "no-store" in page.headers["Cache-Control"]


def test_all_that_is_to_be_picked_is_printed_at_once(clara: User, wim: Client) -> None:
    there, other = parcel(clara), parcel(clara, pieces={MUG: 1})
    parcel(clara, "packed", {MUG: 1})
    listed = wim.get("/shipments/pick-lists/").context["lists"]
    assert [each["row"].shipment_id for each in listed] == [there, other]
    assert [(line.name, line.left) for line in listed[0]["lines"]] == [("Enamel mug", 2), ("Whistling kettle", 1)]
    assert "Whistling kettle" in read(wim.get(at("pick_list", there)))


def test_a_pick_list_names_what_is_left_to_be_picked(clara: User, wim: Client) -> None:
    page = read(wim.get(at("pick_list", parcel(clara, "picked", {MUG: 1}))))
    assert "Nothing is left to pick." in page
    assert "Enamel mug" not in page
