"""Place order, as the shop answers it step by step; how it goes in a browser stands beside this."""

from typing import Any

import pytest
from django.test import Client

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from eventstore.dispatch import Answer, dispatch
from eventstore.messages import Command
from eventstore.rest import to_rest
from orders.domain.money import Money
from orders.domain.order import reference
from tests.shop import (
    DELIVERY,
    KETTLE,
    MUG,
    SEEDS,
    browsing,
    change_price,
    follow,
    hidden,
    orders_in_the_log,
    read,
    somebody,
    suspend,
    withdraw,
)

pytestmark = pytest.mark.django_db

CHECK = "/orders/place/check/"


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, with two mugs and a kettle in the basket, and every question answered."""
    client = browsing(clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "1"})
    client.post("/orders/place/", DELIVERY)
    client.post("/orders/place/payment/", {"payment_terms": "on_account"})
    return client


def test_each_question_leads_to_the_next(clara: User) -> None:
    client = browsing(clara)
    steps = ["/orders/place/", "/orders/place/payment/", CHECK]
    assert [client.get(step).headers["Location"] for step in steps] == ["/basket/"] * 3
    client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
    assert [client.get(step).headers["Location"] for step in steps[1:]] == ["/orders/place/"] * 2
    assert client.post("/orders/place/", DELIVERY).headers["Location"] == "/orders/place/payment/"
    assert client.get(CHECK).headers["Location"] == "/orders/place/payment/"
    assert client.post("/orders/place/payment/", {"payment_terms": "prepaid"}).headers["Location"] == CHECK
    assert client.post("/orders/place/", DELIVERY | {"city": "Halle"}).headers["Location"] == CHECK
    page = read(client.get(CHECK))
    assert "04103 Halle Germany" in page
    assert "By card" in page


def test_what_was_checked_is_what_is_ordered(clara: User, client: Client) -> None:
    page = client.get(CHECK)
    assert "€114.00" in read(page)
    answer = client.post(CHECK, hidden(page))
    [placed] = orders_in_the_log()
    assert answer.headers["Location"].startswith(f"/orders/{placed.order_id}/placed/?after=")
    assert [(line.sku, line.quantity, line.price.cents) for line in placed.lines] == [(MUG, 2, 1250), (KETTLE, 1, 8900)]
    assert (placed.customer_id, placed.total, placed.payment_terms) == (clara.id, Money(cents=11400), "on_account")
    assert placed.delivery_address is not None
    assert placed.delivery_address.street == "Lindenallee 7"
    assert reference(placed.order_id) in read(client.get(answer.headers["Location"]))
    assert "Your basket is empty." in read(client.get("/basket/"))


def test_which_goods_will_be_waited_for_is_said_before_they_are_ordered(client: Client) -> None:
    assert "out of stock" not in read(client.get(CHECK))
    client.post("/basket/add/", {"sku": KETTLE, "quantity": "3"})
    assert "Whistling kettle KET-120, €89.00 each 1 piece is out of stock. We send it" in read(client.get(CHECK))
    client.post("/basket/add/", {"sku": SEEDS, "quantity": "2"})
    assert "each 2 pieces are out of stock. We send them when they are back." in read(client.get(CHECK))


def test_sent_twice_is_ordered_once_and_answered_the_same(client: Client) -> None:
    sent = hidden(client.get(CHECK))
    answers = [client.post(CHECK, sent).headers["Location"] for _ in range(3)]
    assert len(orders_in_the_log()) == len(set(answers)) == 1


def test_two_tabs_of_one_basket_are_one_order(client: Client) -> None:
    one, other = hidden(client.get(CHECK)), hidden(client.get(CHECK))
    assert one["command_id"] != other["command_id"]
    assert client.post(CHECK, one).status_code == 302
    second = client.post(CHECK, other)
    assert second.status_code == 422
    assert "This order has been placed already." in read(second)
    [placed] = orders_in_the_log()
    follow()
    lead = f"/orders/{placed.order_id}/"
    assert f'href="{lead}"' in second.content.decode()
    assert 'name="answers"' not in second.content.decode()  # it can't be sent once more
    assert client.get(lead).status_code == 200


def test_what_came_into_the_basket_meanwhile_waits_for_the_next_order(client: Client) -> None:
    sent = hidden(client.get(CHECK))
    client.post("/basket/add/", {"sku": MUG, "quantity": "3"})
    client.post("/basket/add/", {"sku": SEEDS, "quantity": "1"})
    client.post(CHECK, sent)
    client.post(CHECK, sent)
    assert client.session["basket"] == {MUG: 3, SEEDS: 1}
    client.post(CHECK, hidden(client.get(CHECK)))
    assert len({placed.order_id for placed in orders_in_the_log()}) == 2


def test_what_comes_into_the_basket_while_the_order_is_sent_waits_as_well(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = Client()
    tab.cookies = client.cookies

    def dispatched_late(command: Command, **options: Any) -> Answer:
        tab.post("/basket/add/", {"sku": MUG, "quantity": "3"})
        return dispatch(command, **options)

    sent = hidden(client.get(CHECK))
    monkeypatch.setattr("orders.screens.task.dispatch", dispatched_late)
    assert client.post(CHECK, sent).status_code == 302
    assert client.session["basket"] == {MUG: 3}


def test_a_changed_price_is_shown_and_asked_about_again(client: Client) -> None:
    sent = hidden(client.get(CHECK))
    change_price(KETTLE, 9500)
    again = client.post(CHECK, sent)
    assert again.status_code == 422
    assert "Whistling kettle €89.00 €95.00" in read(again)
    assert "Nothing has been ordered." in read(again)
    assert "you buy these products for €120.00" in read(again)
    assert orders_in_the_log() == []
    assert client.post(CHECK, hidden(again)).status_code == 302
    assert orders_in_the_log()[0].total == Money(cents=12000)


def test_a_price_that_changes_again_is_asked_about_again(client: Client) -> None:
    page = client.get(CHECK)
    for cents, shown in ((9500, "Whistling kettle €89.00 €95.00"), (8000, "Whistling kettle €95.00 €80.00")):
        change_price(KETTLE, cents)
        page = client.post(CHECK, hidden(page))
        assert shown in read(page)
    assert client.post(CHECK, hidden(page)).status_code == 302
    assert orders_in_the_log()[0].total == Money(cents=10500)


def test_a_price_that_the_read_model_does_not_know_yet_is_told_at_once(client: Client) -> None:
    change_price(KETTLE, 9500)
    assert "Whistling kettle €89.00 €95.00" in read(client.get(CHECK))
    follow()
    assert "€89.00" not in read(client.get(CHECK))


def test_a_page_that_was_refused_is_refused_again_when_reloaded(client: Client) -> None:
    sent = hidden(client.get(CHECK))
    change_price(KETTLE, 9500)
    client.post(CHECK, sent)
    change_price(KETTLE, 8900)
    reloaded = client.post(CHECK, sent)
    assert "Whistling kettle now costs €95.00 instead of €89.00." in read(reloaded)
    assert client.post(CHECK, hidden(reloaded)).status_code == 302


def test_a_withdrawn_product_is_told_and_nothing_is_lost(client: Client) -> None:
    sent = hidden(client.get(CHECK))
    withdraw(KETTLE)
    change_price(MUG, 1300)
    follow()
    refused = client.post(CHECK, sent)
    assert "Whistling kettle is no longer in our catalogue. Remove it to go on." in read(refused)
    assert "Enamel mug €12.50 €13.00" in read(refused)
    assert "Lindenallee 7" in read(refused)
    assert "No longer sold." in read(client.get("/basket/"))
    client.post("/basket/change/", {"sku": KETTLE, "quantity": "0"})
    page = client.get(CHECK)
    assert "Lindenallee 7" in read(page)
    assert client.post(CHECK, hidden(page)).status_code == 302
    assert [line.sku for line in orders_in_the_log()[0].lines] == [MUG]


def test_a_suspended_customer_is_told(clara: User, client: Client) -> None:
    sent = hidden(client.get(CHECK))
    suspend(clara)
    refused = client.post(CHECK, sent)
    assert "You cannot place orders at the moment. Please get in touch with customer service." in read(refused)
    assert orders_in_the_log() == []


def test_a_line_of_the_basket_stays_in_its_place_when_its_quantity_changes(client: Client) -> None:
    client.post("/basket/change/", {"sku": MUG, "quantity": "5"})
    client.post("/basket/add/", {"sku": SEEDS, "quantity": "1"})
    assert list(client.session["basket"].items()) == [(MUG, 5), (KETTLE, 1), (SEEDS, 1)]


def test_a_basket_outlives_signing_in(clara: User) -> None:
    client = browsing(None)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    client.force_login(clara)
    assert "Enamel mug" in read(client.get("/basket/"))


def test_a_basket_is_not_left_to_the_next_person(client: Client) -> None:
    client.post("/sign-out/")
    assert "Your basket is empty." in read(client.get("/basket/"))


@pytest.mark.usefixtures("no_reader_follows")
def test_an_order_page_says_when_it_is_behind_and_then_shows_all(clara: User, client: Client) -> None:
    placed = client.post(CHECK, hidden(client.get(CHECK))).headers["Location"]
    address = client.get(placed).context["url"]
    behind = client.get(address)
    assert "Updating…" in read(behind)
    assert "Lindenallee 7" not in read(behind)
    seen = {"seen": behind.context["seen"]}
    assert client.get(address, seen).status_code == 204
    follow()
    news = client.get(address, seen)
    assert "Updating…" not in read(news)
    assert "Lindenallee 7" in read(news)
    assert "The order was placed, for €114.00." in read(news)
    assert client.get(address, {"seen": news.context["seen"]}).status_code == 204


def test_what_needs_doing_is_asked_for_cheaply_and_told_once(clara: User, client: Client) -> None:
    warehouse = browsing(somebody(WAREHOUSE))
    empty = warehouse.get("/work/")
    assert "Nothing needs doing. A task appears here when a customer" in read(empty)
    assert warehouse.get("/work/", {"seen": empty.context["seen"]}).status_code == 204
    client.post(CHECK, hidden(client.get(CHECK)))
    to_rest()
    news = warehouse.get("/work/", {"seen": empty.context["seen"]})
    [placed] = orders_in_the_log()
    assert f"Pick shipment {reference(placed.order_id)}" in read(news)
    assert "2 × Enamel mug, 1 × Whistling kettle" in read(news)
    assert warehouse.get("/work/", {"seen": news.context["seen"]}).status_code == 204


def test_so_it_does_in_a_refusal_that_is_told_again(client: Client) -> None:
    client.post("/language/", {"language": "de", "next": CHECK})
    sent = hidden(client.get(CHECK))
    change_price(MUG, 123450)
    client.post(CHECK, sent)
    change_price(MUG, 1250)
    assert "Enamel mug kostet jetzt 1.234,50 € statt 12,50 €." in read(client.post(CHECK, sent))


@pytest.mark.parametrize(("language", "price", "title"), [("en", "€114.00", "en"), ("de", "114,00", "de")])
def test_money_follows_the_language(client: Client, language: str, price: str, title: str) -> None:
    client.post("/language/", {"language": language, "next": CHECK})
    page = client.get(CHECK)
    assert f'<html lang="{title}">' in page.content.decode()
    assert price in read(page)
