"""Stock and its tasks, as a browser without scripts uses them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from eventstore.dispatch import Answer, dispatch
from eventstore.messages import Command
from orders.screens.warehouse.picture import steps
from orders.screens.warehouse.shelves import stock_now
from projections.stock_movements import Movement
from tests import factories
from tests.orders.warehouse.parcels import parcel, place, settle
from tests.shop import KETTLE, MUG, SEEDS, browsing, follow, hidden, read, refused, send, somebody

pytestmark = pytest.mark.django_db

RECEIVE, COUNT, WRITE_OFF = "/stock/receive/", "/stock/count/", "/stock/write-off/"
MOVED = "Pieces have come or left since: the books say 50 now. Did you count before that?"
DAMAGED = "It is damaged."
ANSWERS = {RECEIVE: {"quantity": "5"}, COUNT: {"counted": "5"}, WRITE_OFF: {"quantity": "5", "reason": DAMAGED}}


@pytest.fixture
def wim(clara: User) -> Client:
    """The browser of somebody in the warehouse."""
    return browsing(somebody(WAREHOUSE, "Wim Janssen"))


def sent(client: Client, address: str, **answers: str) -> str:
    response = client.post(address, hidden(client.get(address)) | answers)
    assert response.status_code == 302, read(response)
    follow()
    return read(client.get(response.headers["Location"]))


def test_who_waits_gets_what_arrives(clara: User, wim: Client) -> None:
    place(clara, {SEEDS: 2})
    assert "Waited for 2" in read(wim.get(f"/stock/items/{SEEDS}/"))
    page = sent(wim, RECEIVE, sku=SEEDS.lower(), quantity="20")
    assert "Received: 20 × Heirloom seeds." in page
    assert "On hand 20 Reserved 2 Available 18 Waited for 0" in page
    assert "Reserved for who waited" in page
    assert "Wim Janssen" not in page  # who reads it is called so
    assert "you" in page


def test_what_is_broken_is_written_off_with_its_reason(wim: Client) -> None:
    page = sent(wim, WRITE_OFF, sku=MUG, quantity="3", reason=DAMAGED)
    assert "Written off: 3 × Enamel mug." in page
    assert DAMAGED in page
    too_many = hidden(wim.get(WRITE_OFF)) | {"sku": MUG, "quantity": "38", "reason": DAMAGED}
    refused(wim, WRITE_OFF, too_many, "only 37 pieces")


def test_the_shop_s_own_reasons_are_in_the_reader_s_language(wim: Client) -> None:
    for version, reason in enumerate(("Came back damaged.", "Missing when picked.", "Dropped."), start=900):
        factories.StockMovement.create(sku=MUG, movement=Movement.WRITTEN_OFF, reason=reason, version=version)
    page = read(wim.get(f"/stock/items/{MUG}/", headers={"accept-language": "de"}))
    for said in ("Kam beschädigt zurück.", "Fehlte beim Kommissionieren.", "Dropped."):
        assert said in page


def test_a_count_shows_the_difference_and_asks(wim: Client) -> None:
    carried = hidden(wim.get(f"{COUNT}?sku={MUG}"))
    page = wim.post(COUNT, carried | {"sku": MUG, "counted": "38"})
    assert "Check your answers" in read(page)
    assert "2 pieces fewer than in the books: 40." in read(page)
    assert stock_now(MUG).on_hand == 40
    answers = {name: page.context["form"].data[name] for name in ("command_id", "on_hand", "sku", "counted")}
    back = wim.post(COUNT, answers | {"change": "counted"})
    assert back.context["form"]["counted"].value() == "38"
    done = wim.post(COUNT, answers | {"checked": "yes"})
    assert done.status_code == 302
    assert stock_now(MUG).on_hand == 38


def test_a_count_is_asked_about_again_when_pieces_have_moved_since(wim: Client) -> None:
    carried = hidden(wim.get(COUNT)) | {"sku": MUG, "counted": "38"}
    shown = wim.post(COUNT, carried).context["form"].data
    send(factories.ReceiveStock.build(sku=MUG, quantity=10))
    refused(wim, COUNT, {name: shown[name] for name in carried} | {"on_hand": "40", "checked": "yes"}, MOVED)
    assert stock_now(MUG).on_hand == 50


def test_what_arrives_while_a_count_is_sent_stays_in_the_books(wim: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = wim.post(COUNT, hidden(wim.get(COUNT)) | {"sku": MUG, "counted": "40"}).context["form"].data

    def dispatched_late(command: Command, **options: Any) -> Answer:
        send(factories.ReceiveStock.build(sku=MUG, quantity=10))
        return dispatch(command, **options)

    with monkeypatch.context() as patch:
        patch.setattr("orders.screens.task.dispatch", dispatched_late)
        page = refused(wim, COUNT, shown.dict() | {"checked": "yes"}, MOVED)
    assert "10 pieces fewer than in the books: 50." in page
    assert stock_now(MUG).on_hand == 50
    assert "10 pieces fewer than in the books: 50." in read(wim.post(COUNT, shown.dict()))


def test_a_count_below_what_is_reserved_says_who_waits_then(clara: User, wim: Client) -> None:
    parcel(clara)
    page = read(wim.post(COUNT, hidden(wim.get(COUNT)) | {"sku": KETTLE, "counted": "0"}))
    assert "1 piece that an order has reserved is not there: the youngest order waits again." in page


@pytest.mark.parametrize("address", [RECEIVE, COUNT, WRITE_OFF])
def test_bad_input_is_told_at_its_field_and_nothing_is_lost(wim: Client, address: str) -> None:
    carried = hidden(wim.get(address)) | ANSWERS[address] | {"sku": MUG}
    number = "counted" if address == COUNT else "quantity"
    wrong = {
        "sku": ["", "NO-SUCH", "x" * 41, "<script>", "a b", "a\0b", "-"],
        number: ["", "-1", "1.5", "9" * 30, "many"],
    }
    for field, values in wrong.items():
        for value in values:
            page = wim.post(address, carried | {field: value})
            assert page.status_code == 422, (field, value)
            assert page.context["form"].errors.keys() == {field}
            assert "<script>alert" not in page.content.decode()
    for changed in ("", "garbage", "0" * 5000):
        assert wim.post(address, carried | {"command_id": changed}).status_code == 422
    assert stock_now(MUG).on_hand == 40


def test_stock_is_found_by_number_or_name_and_read_a_portion_at_a_time(clara: User, wim: Client) -> None:
    for _each in range(60):
        factories.Product.create(name="Garden gnome")
    assert [item.sku for item in wim.get("/stock/?q=kettle").context["items"]] == [KETTLE]
    assert [item.sku for item in wim.get("/stock/?q=mug-").context["items"]] == [MUG]
    first = wim.get("/stock/?q=gnome")
    rest = wim.get(f"/stock/{first.context['more']}")
    assert len({item.sku for page in (first, rest) for item in page.context["items"]}) == 60
    place(clara, {SEEDS: 2})
    assert [item.sku for item in wim.get("/stock/?show=waited_for").context["items"]] == [SEEDS]
    assert "None is like that." in read(wim.get("/stock/?q=%00nothing%25"))


def test_the_picture_goes_by_steps_and_ends_at_what_is_there_now() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    drawn = steps([(noon, 10), (noon + timedelta(days=1), 5), (noon + timedelta(days=2), 20)])
    assert drawn.line == "0.0,80.0 300.0,80.0 300.0,120.0 600.0,120.0 600.0,0.0 600,0.0"
    assert (drawn.least, drawn.most, drawn.latest) == (5, 20, 20)
    assert steps([(noon, 0)]).line == "0.0,160.0 600,160.0"


def test_what_follows_a_dispatch_stands_among_the_movements(clara: User, wim: Client) -> None:
    parcel(clara, "dispatched")
    settle()
    movements = wim.get(f"/stock/items/{MUG}/").context["movements"]
    assert [(each["movement"], each["on_hand"]) for each in movements[:2]] == [("Left", "-2"), ("Reserved", "")]
