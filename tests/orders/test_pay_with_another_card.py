"""Pay with another card: with one that was entered already or a new one, once, in time, and by its customer alone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE
from accounts.models import User
from eventstore import log
from eventstore.effects import Unanswered
from orders.domain.order import HoldOrder
from orders.domain.payment import CardReplaced, PaymentRequested
from orders.screens.customer.paying import NEW_CARD
from tests.desk import VISA, Desk, at_the_desk, keep_card
from tests.orders import life
from tests.orders.life import do
from tests.processes import play
from tests.shop import DELIVERY, KETTLE, MUG, browsing, hidden, read, refused, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)
AMEX = ("cus_1:pm_2", "amex", "0005")
VISA_NAME, AMEX_NAME = VISA[0], AMEX[0]


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The payment provider's desk, to which the shop is connected."""
    with at_the_desk() as desk:
        yield desk


@pytest.fixture
def client(clara: User, desk: Desk) -> Client:
    """Clara's browser; she has entered two cards since she signed in."""
    client = browsing(clara)
    keep_card(client, AMEX)
    keep_card(client, VISA)
    return client


def declined(customer: User) -> UUID:
    """An order of Clara's whose card was declined."""
    order_id = play.place(life.BASKET, customer=customer)
    play.decline(order_id)
    return order_id


def address(order_id: UUID) -> str:
    """Where another card is chosen."""
    return f"/orders/{order_id}/pay-with-another-card/"


def asked(order_id: UUID) -> list[str]:
    """The cards that were asked in place of the first one."""
    events = [each.event for each in log.read_stream(f"payment-{order_id}")]
    return [event.card for event in events if isinstance(event, CardReplaced)]


def chosen(page: Any) -> list[str]:
    """The choice that is made already."""
    return [str(choice.data["value"]) for choice in page.context["form"]["card"] if choice.data["selected"]]


def test_an_order_whose_card_was_declined_is_paid_with_another_one(clara: User, client: Client) -> None:
    order_id = declined(clara)
    page = client.get(address(order_id))
    assert "The payment provider says: The card has no cover. The order stands until " in read(page)
    assert "Holds €114.00 on the card that you choose." in read(page)
    assert "Pay €114.00 with this card" in read(page)
    assert chosen(page) == []
    told = read(do(client, address(order_id), card=AMEX_NAME))
    assert "The other card is asked now." in told
    assert "You pay with another card." in told
    assert "was declined, and nothing is charged" not in told
    assert asked(order_id) == [AMEX_NAME]
    play.authorize(order_id, attempt=2)
    assert "OrderConfirmed" in play.names(order_id)
    agent = browsing(somebody(CUSTOMER_SERVICE))
    assert "The customer pays with another card." in read(agent.get(f"/orders/{order_id}/"))


def test_it_holds_what_is_still_to_be_paid(clara: User, client: Client) -> None:
    order_id = declined(clara)
    do(client, f"/orders/{order_id}/cancel-lines/", sku=KETTLE, quantity=1, reason="It takes too long.")
    page = read(client.get(address(order_id)))
    assert "Holds €25.00 on the card that you choose." in page
    assert "Pay €25.00 with this card" in page
    do(client, address(order_id), card=AMEX_NAME)
    amounts = [each.event.amount for each in play.happened(order_id) if isinstance(each.event, PaymentRequested)]
    assert [amount.cents for amount in amounts] == [11400, 2500]
    play.authorize(order_id, attempt=2)
    play.pick(life.parcel(order_id))
    play.dispatch(life.parcel(order_id))
    play.capture(order_id)
    assert play.names(order_id)[-1] == "OrderCompleted"


def test_pressed_twice_one_card_is_asked_once(clara: User, client: Client) -> None:
    order_id = declined(clara)
    sent = hidden(client.get(address(order_id))) | {"card": VISA_NAME}
    first, second = (client.post(address(order_id), sent) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert asked(order_id) == [VISA_NAME]


def test_when_the_other_one_is_declined_too_there_is_another(clara: User, client: Client) -> None:
    order_id = declined(clara)
    do(client, address(order_id), card=VISA_NAME)
    play.decline(order_id, attempt=2)
    page = client.get(address(order_id))
    assert "Visa ending in 4242, which was declined" in read(page)
    do(client, address(order_id), card=AMEX_NAME)
    assert asked(order_id) == [VISA_NAME, AMEX_NAME]
    play.decline(order_id, attempt=3)
    assert read(client.get(address(order_id))).count(", which was declined") == 2


def test_who_comes_too_late_reads_why(clara: User, client: Client) -> None:
    order_id = declined(clara)
    sent = hidden(client.get(address(order_id))) | {"card": VISA_NAME}
    life.later(minutes=31)
    assert "Nothing is to be paid any more." in read(client.get(address(order_id)))
    stale = client.post(address(order_id), sent)
    assert (stale.status_code, "The authorization of €114.00 was given up." in read(stale)) == (422, True)
    late = client.post(address(order_id), hidden(stale) | {"card": VISA_NAME})
    assert (late.status_code, "Nothing is to be paid any more." in read(late)) == (422, True)
    new = client.post(address(order_id), hidden(late) | {"card": NEW_CARD})
    assert new.headers["Location"] == address(order_id)
    assert asked(order_id) == []


def test_a_card_that_is_good_is_not_replaced(clara: User, client: Client) -> None:
    order_id = life.confirmed(clara)
    assert "The card was not declined: no other one is needed." in read(client.get(address(order_id)))
    page = client.get(f"/orders/{order_id}/")
    [why] = [task.reason for task in page.context["tasks"] if task.title == "Pay with another card"]
    assert why == "The card was not declined: no other one is needed."


def test_an_order_that_is_held_as_its_card_was_declined_later_goes_on(clara: User, client: Client) -> None:
    order_id = life.confirmed(clara)
    life.later(days=6)
    play.decline(order_id, attempt=2)
    said = read(client.get(f"/orders/{order_id}/"))
    assert "The card was declined as it was to be charged anew." in said
    assert "The order is on hold until it is paid: nothing of it leaves." in said
    assert "We have a question first" not in said
    do(client, address(order_id), card=VISA_NAME)
    play.authorize(order_id, attempt=3)
    assert play.names(order_id)[-1] == "OrderReleased"


def test_but_not_if_customer_service_holds_it_for_another_reason(clara: User) -> None:
    order_id = life.confirmed(clara)
    send(HoldOrder(order_id=order_id, reason="We have a question about the address."))
    life.later(days=6)
    play.decline(order_id, attempt=2)
    play.pay_with_another_card(clara, order_id)
    play.authorize(order_id, attempt=3)
    assert play.names(order_id)[-1] == "PaymentAuthorized"
    agent = browsing(somebody(CUSTOMER_SERVICE))
    do(agent, f"/orders/{order_id}/release/")
    assert play.names(order_id)[-1] == "OrderReleased"


def test_it_is_their_customer_s_alone(clara: User, client: Client) -> None:
    order_id, dora, agent = declined(clara), browsing(somebody(CUSTOMER, "Dora")), browsing(somebody(CUSTOMER_SERVICE))
    for path in (address(order_id), f"{address(order_id)}enter/", f"{address(order_id)}entered/?page=cs_1"):
        assert (dora.get(path).status_code, agent.get(path).status_code) == (404, 403)
    page = agent.get(f"/orders/{order_id}/")
    assert "Pay with another card" not in [task.title for task in page.context["tasks"]]


def test_a_new_card_is_entered_with_the_provider_and_chosen_then(clara: User, client: Client, desk: Desk) -> None:
    order_id = declined(clara)
    sent = hidden(client.get(address(order_id))) | {"card": NEW_CARD}
    for _ in range(2):
        assert client.post(address(order_id), sent).headers["Location"] == f"{address(order_id)}enter/"
    assert len(desk.keys) == 1
    way = client.get(f"{address(order_id)}enter/")
    assert 'href="https://pay.example.com/cs_1"' in way.content.decode()
    [(_, kept_with, back), _] = desk.opened
    assert kept_with == "cus_1"
    assert back == (
        f"http://testserver{address(order_id)}entered/?page=",
        f"http://testserver{address(order_id)}?card=none",
    )
    desk.enter("cs_1", ("cus_1:pm_3", "mastercard", "4444"))
    there = f"{address(order_id)}?card=entered"
    for _ in range(2):
        assert client.get(f"{address(order_id)}entered/?page=cs_1").headers["Location"] == there
    page = client.get(there)
    assert chosen(page) == ["cus_1:pm_3"]
    client.post(address(order_id), hidden(page) | {"card": "cus_1:pm_3"})
    assert asked(order_id) == ["cus_1:pm_3"]
    assert client.get(f"{address(order_id)}enter/").headers["Location"] == address(order_id)


def test_who_comes_back_without_one_has_lost_nothing(clara: User, client: Client) -> None:
    order_id = declined(clara)
    assert "You have come back without a card." in read(client.get(f"{address(order_id)}?card=none"))
    assert client.get(f"{address(order_id)}entered/").headers["Location"] == address(order_id)
    assert client.get(f"{address(order_id)}entered/?page=4242").status_code == 404


def test_a_card_for_one_order_is_not_in_the_way_of_the_next(clara: User, client: Client, desk: Desk) -> None:
    order_id = declined(clara)
    client.post(address(order_id), hidden(client.get(address(order_id))) | {"card": NEW_CARD})
    client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
    client.post("/orders/place/", DELIVERY)
    client.post("/orders/place/payment/", {"payment_terms": "new_card"})
    assert "cs_1" in client.get(f"{address(order_id)}enter/").content.decode()
    assert "cs_2" in client.get("/orders/place/payment/card/").content.decode()
    desk.enter("cs_1")
    client.get(f"{address(order_id)}entered/?page=cs_1")
    assert "payment" not in client.session
    assert client.get("/orders/place/payment/card/").status_code == 200


def test_a_provider_that_is_away_is_told_and_asked_again(clara: User, client: Client, desk: Desk) -> None:
    order_id = declined(clara)
    sent = hidden(client.get(address(order_id))) | {"card": NEW_CARD}
    client.post(address(order_id), sent)
    desk.enter("cs_1")
    desk.trouble = Unanswered("silent")
    refused(client, address(order_id), sent, "The payment provider does not answer now.")
    back = client.get(f"{address(order_id)}entered/?page=cs_1")
    assert (back.status_code, "The payment provider does not answer now" in read(back)) == (503, True)
    desk.trouble = None
    assert client.get(f"{address(order_id)}entered/?page=cs_1").status_code == 302


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("card", ["", "pm_card_of_somebody", "4242424242424242"])
def test_nobody_pays_with_a_card_that_is_not_theirs(clara: User, client: Client, card: str) -> None:
    order_id = declined(clara)
    refused(client, address(order_id), {"card": card}, "Choose one of your cards.")
    assert asked(order_id) == []


def test_without_a_payment_provider_no_card_can_be_asked(clara: User) -> None:
    order_id, client = declined(clara), browsing(clara)
    keep_card(client)
    page = client.get(address(order_id))
    assert "No card can be entered now: we are connected to no payment provider." in read(page)
    for card in (VISA_NAME, NEW_CARD):
        sent = {"card": card, "version": "3", "command_id": "0192d5a4-6a60-7000-8000-000000000001"}
        assert client.post(address(order_id), sent).status_code == 422
    assert asked(order_id) == []
