"""How to pay: a customer enters a card on the payment provider's page, and the order goes on with its name there."""

from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from eventstore import clock
from eventstore.effects import NotSent, Unanswered, at_once, borders
from eventstore.models import Border
from orders.processes.payment_requests import SYSTEM
from orders.systems.payment_provider.port import DeskClosed
from tests.desk import Desk, at_the_desk
from tests.orders.test_place_order import CHECK
from tests.shop import DELIVERY, KETTLE, MUG, browsing, hidden, orders_in_the_log, read, refused, somebody

pytestmark = pytest.mark.django_db

PAYMENT, ENTER, BACK = ("/orders/place/payment/", "/orders/place/payment/card/", "/orders/place/payment/card/entered/")
AWAY = "The payment provider does not answer now."
MINE = f"{BACK}?page=cs_1"


@pytest.fixture
def client(clara: User) -> Client:
    """Clara's browser, who has said what and where to."""
    return on_the_way(clara)


def on_the_way(customer: User) -> Client:
    """The browser of a customer who is asked how they pay."""
    client = browsing(customer)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    client.post("/orders/place/", DELIVERY)
    return client


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The payment provider's desk, to which the shop is connected."""
    with at_the_desk() as desk:
        yield desk


def ask_for_page(client: Client) -> None:
    """Choose a card that is still to be entered."""
    client.get(PAYMENT)
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).headers["Location"] == ENTER


def test_a_card_is_entered_with_the_provider_and_pays_for_the_order(client: Client, desk: Desk) -> None:
    ask_for_page(client)
    assert 'href="https://pay.example.com/cs_1"' in client.get(ENTER).content.decode()
    [(email, kept_with, back)] = desk.opened
    assert (email, kept_with) == ("clara.vogel@example.com", "")
    assert back == (f"http://testserver{BACK}?page=", f"http://testserver{PAYMENT}?card=none")
    desk.enter("cs_1")
    assert client.get(MINE).headers["Location"] == CHECK
    page = client.get(CHECK)
    assert "By card: Visa ending in 4242" in read(page)
    assert "04103 Leipzig" in read(page)
    client.post(CHECK, hidden(page))
    [placed] = orders_in_the_log()
    assert (placed.payment_terms, placed.card) == ("prepaid", "cus_1:pm_1")


def test_the_card_can_be_chosen_again_and_others_are_kept_beside_it(client: Client, desk: Desk) -> None:
    ask_for_page(client)
    desk.enter("cs_1")
    client.get(MINE)
    assert "By card: Visa ending in 4242" in read(client.get(PAYMENT))
    ask_for_page(client)
    assert [kept_with for _, kept_with, _ in desk.opened] == ["", "cus_1"]
    desk.enter("cs_2", ("cus_1:pm_2", "amex", "0005"))
    client.get(f"{BACK}?page=cs_2")
    assert "By card: American Express ending in 0005" in read(client.get(CHECK))
    assert client.post(PAYMENT, {"payment_terms": "prepaid-cus_1:pm_1"}).headers["Location"] == CHECK
    client.post(CHECK, hidden(client.get(CHECK)))
    assert orders_in_the_log()[0].card == "cus_1:pm_1"


def test_pressed_twice_it_is_one_page_and_asked_anew_it_is_another(client: Client, desk: Desk) -> None:
    client.get(PAYMENT)
    for _ in range(2):
        client.post(PAYMENT, {"payment_terms": "new_card"})
    assert len(desk.keys) == 1
    ask_for_page(client)
    assert len(desk.keys) == 2
    desk.enter("cs_2")
    client.get(f"{BACK}?page=cs_2")
    # Back to a page that was put back from the history, and on.
    client.post(PAYMENT, {"payment_terms": "new_card"})
    assert len(desk.keys) == 3


def test_whoever_comes_back_again_has_the_same_card_once(client: Client, desk: Desk) -> None:
    ask_for_page(client)
    desk.enter("cs_1")
    assert [client.get(MINE).headers["Location"] for _ in range(2)] == [CHECK] * 2
    assert client.get(ENTER).headers["Location"] == PAYMENT
    assert read(client.get(PAYMENT)).count("Visa ending in 4242") == 1


def test_what_is_put_into_the_basket_while_the_provider_is_asked_stays_there(
    client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_in_another_tab(quantity: int) -> None:
        tab = Client()
        tab.cookies = client.cookies
        assert tab.post("/basket/add/", {"sku": KETTLE, "quantity": str(quantity)}).status_code == 302

    client.get(PAYMENT)
    monkeypatch.setattr(desk, "suffer", lambda: fill_in_another_tab(1))
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).headers["Location"] == ENTER
    assert client.session["basket"] == {MUG: 2, KETTLE: 1}
    desk.enter("cs_1")
    assert client.get(MINE).headers["Location"] == CHECK
    assert client.session["basket"] == {MUG: 2, KETTLE: 2}
    assert "By card: Visa ending in 4242" in read(client.get(CHECK))


def test_whoever_is_signed_out_while_the_provider_is_asked_begins_no_session(
    client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(PAYMENT)
    monkeypatch.setattr(desk, "suffer", lambda: Session.objects.all().delete())
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).status_code == 400
    assert not Session.objects.exists()


def test_whoever_comes_back_without_a_card_has_lost_nothing(client: Client, desk: Desk) -> None:
    ask_for_page(client)
    assert "You have come back without a card." in read(client.get(f"{PAYMENT}?card=none"))
    assert client.get(CHECK).headers["Location"] == PAYMENT
    client.post(PAYMENT, {"payment_terms": "on_account"})
    assert "04103 Leipzig" in read(client.get(CHECK))


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [("open", "No card has been entered yet."), ("expired", "The page for your card has closed")],
)
def test_a_page_on_which_no_card_was_entered(client: Client, desk: Desk, standing: str, sentence: str) -> None:
    ask_for_page(client)
    desk.pages["cs_1"] = desk.pages["cs_1"]._replace(standing=standing)  # type: ignore[arg-type]
    assert client.get(MINE).headers["Location"] == PAYMENT
    assert sentence in read(client.get(PAYMENT))
    assert "payment" not in client.session


def test_nobody_pays_with_what_somebody_else_has_entered(client: Client, desk: Desk) -> None:
    ask_for_page(client)
    desk.enter("cs_1")
    dora = on_the_way(somebody(CUSTOMER, "Dora"))
    assert dora.get(MINE).status_code == 404
    assert "cards" not in dora.session


@pytest.mark.parametrize("page", ["cs_2", "pi_1", "cs_1/..", "cs_1\0", "cs_\N{PILE OF POO}", "cs_" + "1" * 9000])
def test_a_page_that_is_none(client: Client, desk: Desk, page: str) -> None:
    ask_for_page(client)
    assert client.get(BACK, {"page": page}).status_code == 404


@pytest.mark.parametrize("trouble", [NotSent("away"), Unanswered("silent"), DeskClosed("api_key_expired")])
def test_a_provider_in_trouble_leaves_the_other_ways_to_pay(client: Client, desk: Desk, trouble: Exception) -> None:
    desk.trouble = trouble
    answer = client.post(PAYMENT, {"payment_terms": "new_card"})
    assert (answer.status_code, AWAY in read(answer)) == (503, True)
    assert client.post(PAYMENT, {"payment_terms": "on_account"}).headers["Location"] == CHECK


def test_a_provider_that_is_away_when_somebody_comes_back_is_asked_again(client: Client, desk: Desk) -> None:
    ask_for_page(client)
    desk.enter("cs_1")
    desk.trouble = Unanswered("silent")
    answer = client.get(MINE)
    assert (answer.status_code, AWAY[:-1] in read(answer)) == (503, True)
    assert f'href="{MINE}"' in answer.content.decode()
    desk.trouble = None
    assert client.get(MINE).headers["Location"] == CHECK


def test_a_provider_that_is_left_alone_is_not_asked_and_whoever_asks_is_counted(client: Client, desk: Desk) -> None:
    desk.trouble = Unanswered("silent")
    for _ in range(borders.FAILURES):
        client.post(PAYMENT, {"payment_terms": "new_card"})
    desk.trouble = None
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).status_code == 503
    assert (len(desk.opened), Border.objects.get(system=SYSTEM).errors) == (0, borders.FAILURES)
    Border.objects.update(open_until=clock.now())
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).status_code == 302
    border = Border.objects.get(system=SYSTEM)
    assert (border.open_until, border.failures, border.requests) == (None, 0, borders.FAILURES + 1)


def test_so_many_wait_for_a_provider_and_no_more(client: Client, desk: Desk) -> None:
    waiting = [at_once.at_once(SYSTEM) for _ in range(at_once.MOST)]
    for each in waiting:
        each.__enter__()
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).status_code == 503
    for each in waiting:
        each.__exit__(None, None, None)
    assert client.post(PAYMENT, {"payment_terms": "new_card"}).status_code == 302


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("way", ["prepaid", "prepaid-", "prepaid-pm_card_of_somebody", "prepaid-4242424242424242"])
def test_nobody_pays_with_a_card_that_is_not_there(client: Client, way: str) -> None:
    refused(client, PAYMENT, {"payment_terms": way}, "Choose one of these ways to pay.")


@pytest.mark.usefixtures("desk")
def test_an_order_on_account_names_no_card(client: Client) -> None:
    client.post(PAYMENT, {"payment_terms": "on_account"})
    client.post(CHECK, hidden(client.get(CHECK)))
    [placed] = orders_in_the_log()
    assert (placed.payment_terms, placed.card) == ("on_account", None)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("way", ["prepaid", "new_card", "prepaid-pm_card_visa"])
def test_who_chose_what_is_no_way_to_pay_any_more_is_asked_again(client: Client, way: str) -> None:
    session = client.session
    session["payment"] = way
    session.save()
    assert client.get(CHECK).headers["Location"] == PAYMENT


def test_without_a_payment_provider_there_are_no_cards(client: Client) -> None:
    page = read(client.get(PAYMENT))
    assert ("By card" in page, "enter it next" in page) == (True, False)
    refused(client, PAYMENT, {"payment_terms": "new_card"}, "Choose one of these ways to pay.")
    assert client.get(MINE).status_code == 404
