"""Shipments and their tasks, as a browser without scripts uses them: done, refused, stale, twice, and by whom."""

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import User
from eventstore.dispatch import load
from orders.domain import order as orders
from orders.domain import shipment
from orders.domain.shipment import StartPicking
from orders.streams import SHIPMENT
from orders.systems.carrier import labels
from projections.shipments import Shipment
from tests import factories
from tests.orders.warehouse.parcels import parcel, settle
from tests.shop import KETTLE, MUG, browsing, hidden, read, refused, send, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def wim(clara: User) -> Client:
    """The browser of somebody in the warehouse."""
    return browsing(somebody(WAREHOUSE, "Wim Janssen"))


def at(task: str, shipment_id: UUID) -> str:
    return reverse(f"orders:{task}", args=[shipment_id])


def state(shipment_id: UUID) -> shipment.Shipment:
    found: shipment.Shipment = load(SHIPMENT, f"shipment-{shipment_id}").state
    return found


def do(client: Client, task: str, shipment_id: UUID, **answers: object) -> str:
    """Open a task's screen, answer, send it; what is read on the page after it."""
    page = client.get(at(task, shipment_id))
    sent = client.post(at(task, shipment_id), hidden(page) | {name: str(value) for name, value in answers.items()})
    assert sent.status_code == 302, read(sent)
    settle()
    return read(client.get(sent.headers["Location"]))


def scan(client: Client, shipment_id: UUID, sku: str) -> str:
    page = client.get(at("pick_shipment", shipment_id))
    carried = {"command_id": page.context["scan"]["command_id"].value(), "quantity": "1", "sku": sku}
    return read(client.post(at("pick_shipment", shipment_id), carried, follow=True))


def test_a_parcel_of_which_nothing_is_there_is_cancelled(clara: User, wim: Client) -> None:
    picking = parcel(clara, "picking", {MUG: 2})
    do(wim, "report_short_pick", picking, sku=MUG, missing=1)
    assert wim.get(at("pack_shipment", picking)).context["instead"]["title"] == "Pick"
    do(wim, "report_short_pick", picking, sku=MUG, missing=1)
    cancel = at("cancel_shipment", picking)
    pick = wim.get(at("pick_shipment", picking)).content.decode()
    assert (cancel in pick, at("pack_shipment", picking) in pick) == (True, False)
    packing = wim.get(at("pack_shipment", picking))
    assert "Nothing was picked for this parcel. Cancel the shipment instead." in read(packing)
    assert packing.context["instead"] == {"title": "Cancel shipment", "url": cancel}
    page = read(wim.get(cancel))
    assert "The customer reads it on the order’s page." in page
    assert "written off" not in page, "as they were, once they were missed"


def test_a_parcel_from_the_shelf_to_the_carrier(clara: User, wim: Client) -> None:
    planned = parcel(clara)
    assert "Picking has begun." in do(wim, "start_picking", planned)
    assert "Enamel mug: 1 of 2. 2 pieces are left to pick." in scan(wim, planned, MUG)
    assert "Enamel mug: 2 of 2. 1 piece is left to pick." in scan(wim, planned, MUG.lower())
    assert "Everything is picked." in scan(wim, planned, KETTLE)
    assert "The parcel is packed." in do(wim, "pack_shipment", planned, grams="2,35 kg")
    assert Shipment.objects.get().grams == 2350
    assert "waits for the carrier’s label" in read(wim.get(at("shipment", planned)))
    send(factories.RecordLabel.build(shipment_id=planned, tracking_number="PP77"))
    settle()
    page = read(wim.get(at("dispatch_shipment", planned)))
    assert "€114.00 is invoiced." in page
    assert "PP77" in page
    assert "The parcel has left." in do(wim, "dispatch_shipment", planned)
    assert isinstance(state(planned), shipment.Dispatched)


@pytest.mark.parametrize(
    ("sku", "sentence"),
    [
        ("SED-012", "SED-012 does not belong in this parcel."),
        ("KET-120", "All pieces of KET-120 are picked, or known to be missing."),
        ("", "Scan a product, or type its number."),
        ("x" * 41, "That is too long for a product number. Scan it once more."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_a_scan_that_does_not_fit_is_told_in_a_sentence(clara: User, wim: Client, sku: str, sentence: str) -> None:
    picking = parcel(clara, "picking")
    scan(wim, picking, KETTLE)
    assert sentence in scan(wim, picking, sku)
    assert state(picking).picked == {KETTLE: 1}  # type: ignore[union-attr]


def hand(client: Client, shipment_id: UUID, sku: str, quantity: object) -> dict[str, str]:
    page = client.get(at("pick_shipment", shipment_id))
    [form] = [form for line, form in page.context["lines"] if line.sku == sku]
    return {field.html_name: str(field.value()) for field in form} | {"quantity": str(quantity)}


def test_a_quantity_by_hand(clara: User, wim: Client) -> None:
    picking = parcel(clara, "picking")
    address = at("pick_shipment", picking)
    refused(wim, address, hand(wim, picking, MUG, 3), "MUG-035: only 2 left to pick.")
    for wrong, sentence in {
        "": "Enter how many.",
        "0": "Enter 1 or more.",
        "-1": "Enter 1",
        "1.5": "whole number",
    }.items():
        refused(wim, address, hand(wim, picking, MUG, wrong), sentence)
    sent = hand(wim, picking, MUG, 2)
    assert [wim.post(address, sent).status_code for _twice in range(2)] == [302, 302]
    assert state(picking).picked == {MUG: 2}  # type: ignore[union-attr]


def test_a_colleague_who_was_faster_is_named_and_one_can_go_on(clara: User, wim: Client) -> None:
    picking = parcel(clara, "picking")
    address = at("pick_shipment", picking)
    mine = hand(wim, picking, MUG, 2)
    ben = somebody(WAREHOUSE, "Ben Berg")
    send(factories.RecordPick.build(shipment_id=picking, sku=KETTLE, quantity=1), ben.actor)
    page = wim.post(address, mine)
    assert page.status_code == 422
    assert "Picked: 1 × KET-120." in read(page)
    assert "Ben Berg" in read(page)
    assert wim.post(address, hand_of(page, MUG)).status_code == 302
    assert state(picking).picked == {KETTLE: 1, MUG: 2}  # type: ignore[union-attr]


def hand_of(page: object, sku: str) -> dict[str, str]:
    [form] = [form for line, form in page.context["lines"] if line.sku == sku]  # type: ignore[attr-defined]
    return {field.html_name: str(field.value()) for field in form}


def test_pieces_that_are_not_there_are_reported_and_the_rest_is_packed(clara: User, wim: Client) -> None:
    picking = parcel(clara, "picking")
    page = wim.get(f"{at('report_short_pick', picking)}?sku={KETTLE}")
    assert page.context["form"]["sku"].value() == KETTLE
    do(wim, "report_short_pick", picking, sku=KETTLE, missing=1)
    refused(wim, at("report_short_pick", picking), hidden(page) | {"sku": "NO", "missing": "1"}, "Choose the product")
    scan(wim, picking, MUG)
    assert "Still to be picked: 1." in read(wim.get(at("pack_shipment", picking)))
    scan(wim, picking, MUG)
    do(wim, "pack_shipment", picking, grams=700)
    assert state(picking).picked == {MUG: 2}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("grams", "sentence"),
    [
        ("", "Enter the weight."),
        ("heavy", "Enter a weight such as 850 g or 1.2 kg."),
        ("1.2", "Say whether that is g or kg."),
        ("0", "Enter a weight between 1 and 31500 grams."),
        ("32 kg", "Enter a weight between 1 and 31500 grams."),
        ("-5", "Enter a weight such as"),
        ("9" * 30, "Enter a weight such as"),
        ("١ kg", "Enter a weight such as"),
        ("<b>1</b>", "Enter a weight such as"),
    ],
)
def test_a_weight_that_cannot_be(clara: User, wim: Client, grams: str, sentence: str) -> None:
    picked = parcel(clara, "picked")
    carried = hidden(wim.get(at("pack_shipment", picked)))
    refused(wim, at("pack_shipment", picked), carried | {"grams": grams}, sentence)
    assert isinstance(state(picked), shipment.Picking)


@pytest.mark.parametrize(
    ("stage", "task", "sentence"),
    [
        ("picking", "start_picking", "This shipment is being picked already."),
        ("packed", "pick_shipment", "This parcel is packed already."),
        ("planned", "report_short_pick", "Start picking this shipment first."),
        ("planned", "pack_shipment", "Start picking this shipment first."),
        ("planned", "dispatch_shipment", "This shipment is not packed yet."),
        ("packed", "dispatch_shipment", "This parcel has no label yet."),
        ("dispatched", "cancel_shipment", "The parcel has left. You can return the goods instead."),
    ],
)
def test_what_cannot_be_done_now_says_why_on_its_page_and_on_the_shipments(
    clara: User, wim: Client, stage: str, task: str, sentence: str
) -> None:
    there = parcel(clara, stage)
    assert sentence in read(wim.get(at(task, there)))
    assert sentence in read(wim.get(at("shipment", there)))


def test_what_can_be_done_now_comes_first_on_the_shipments_page(clara: User, wim: Client) -> None:
    tasks = wim.get(at("shipment", parcel(clara, "labelled"))).context["tasks"]
    assert [str(task.title) for task in tasks if not task.reason] == ["Dispatch shipment", "Cancel shipment"]
    assert len(tasks) == 6
    assert [bool(task.reason) for task in tasks] == sorted(bool(task.reason) for task in tasks)


def test_the_label_is_printed_from_where_the_parcel_is_sent(clara: User, wim: Client) -> None:
    labelled = parcel(clara, "labelled")
    link = f'href="{reverse("systems:print_label", args=[labelled])}"'
    for kept in (False, True):
        if kept:
            labels.keep(labelled, b"%PDF-")
        for task in ("shipment", "dispatch_shipment", "pack_shipment"):
            assert (link in wim.get(at(task, labelled)).content.decode()) is kept, task


def test_a_cancelled_shipment_says_why_and_the_order_gets_another(clara: User, wim: Client) -> None:
    picked = parcel(clara, "picked")
    page = read(wim.get(at("cancel_shipment", picked)))
    assert "3 pieces go back to their shelves." in page
    assert "planned as a new shipment" in page
    refused(wim, at("cancel_shipment", picked), hidden(wim.get(at("cancel_shipment", picked))), "Choose why.")
    assert "It has to be packed anew." in do(wim, "cancel_shipment", picked, reason="It has to be packed anew.")
    assert Shipment.objects.filter(stage="planned").count() == 1


def test_the_order_stands_on_the_parcel_that_must_not_leave(clara: User, wim: Client) -> None:
    labelled = parcel(clara, "labelled")
    carried = hidden(wim.get(at("dispatch_shipment", labelled)))
    send(factories.HoldOrder.build(order_id=state(labelled).order_id))  # type: ignore[union-attr]
    assert "The order is on hold." in read(wim.get(at("shipment", labelled)))
    refused(wim, at("dispatch_shipment", labelled), carried, "The order is on hold. Put the parcel aside.")
    assert isinstance(state(labelled), shipment.Labelled)


def test_who_wants_to_cancel_and_who_dispatches_at_the_same_moment(clara: User, wim: Client) -> None:
    labelled = parcel(clara, "labelled")
    order_id = state(labelled).order_id  # type: ignore[union-attr]
    carried = hidden(wim.get(at("dispatch_shipment", labelled)))
    seen = (orders.Parcel(stage="packed", pieces={MUG: 2, KETTLE: 1}),)
    send(factories.CancelOrder.build(order_id=order_id, parcels=seen), clara.actor)
    sentence = "The customer has asked to cancel the order. Put the parcel aside."
    refused(wim, at("dispatch_shipment", labelled), carried, sentence)
    settle()
    assert isinstance(state(labelled), shipment.Cancelled)
    assert "This shipment was cancelled. Put the goods back." in read(wim.get(at("dispatch_shipment", labelled)))


@pytest.mark.parametrize("task", ["shipment", "start_picking", "pick_shipment", "pack_shipment", "cancel_shipment"])
def test_a_shipment_that_nobody_planned_is_not_there(wim: Client, task: str) -> None:
    assert wim.get(at(task, uuid4())).status_code == 404
    if task != "shipment":
        assert wim.post(at(task, uuid4()), {"command_id": "x"}).status_code == 404


def test_only_the_warehouse_does_what_others_may_look_at(clara: User) -> None:
    there = parcel(clara)
    sofia = browsing(somebody(CUSTOMER_SERVICE))
    [lost] = sofia.get(at("shipment", there)).context["tasks"]
    assert (str(lost.title), lost.url) == ("Report shipment lost", at("report_shipment_lost", there))
    assert "left" in lost.reason
    for task in ("start_picking", "pick_shipment", "report_short_pick", "pack_shipment", "cancel_shipment"):
        assert sofia.get(at(task, there)).status_code == 403
    assert browsing(clara).get(at("shipment", there)).status_code == 403


def test_the_list_shows_a_stage_and_is_read_a_portion_at_a_time(wim: Client) -> None:
    made = [factories.Shipment.create() for _each in range(60)]
    factories.Shipment.create(stage="delivered")
    first = wim.get("/shipments/")
    rest = wim.get(f"/shipments/{first.context['more']}")
    shown = [each["url"] for page in (first, rest) for each in page.context["shipments"]]
    assert sorted(shown) == sorted(at("shipment", each.shipment_id) for each in made)
    assert rest.context["more"] == ""
    assert len(wim.get("/shipments/?stage=delivered").context["shipments"]) == 1
    for odd in ("stage=none", "from=x", "from=x&from=y", "from=2026-01-01&from=%00", "stage=%00"):
        assert len(wim.get(f"/shipments/?{odd}").context["shipments"]) == 50
    assert "There are none." in read(wim.get("/shipments/?stage=lost"))


def test_nothing_new_is_answered_with_nothing(clara: User, wim: Client) -> None:
    there = parcel(clara)
    for address in (at("shipment", there), "/shipments/"):
        seen = wim.get(address).context["following"].seen
        assert wim.get(f"{address}?seen={seen}").status_code == 204
    send(StartPicking(shipment_id=there))
    settle()
    assert wim.get(f"{at('shipment', there)}?seen=old").status_code == 200
