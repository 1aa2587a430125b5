"""Customer service: find, a customer on one page, and what is done for them, or about them."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.customer import CustomerReinstated, CustomerSuspended
from accounts.domain.roles import CUSTOMER_SERVICE, FINANCE
from accounts.models import SentEmail, User
from eventstore import clock, log
from orders.domain.order import reference
from orders.screens.order_now import nth_return
from projections.customer_page import CustomerPage
from projections.order_page import OrderPage
from projections.refunds import Refund
from projections.returns_desk import Return
from projections.search import Kind, SearchTerm
from tests import factories
from tests.eventstore.statements import counted
from tests.orders import life
from tests.orders.life import do
from tests.processes import play
from tests.shop import KETTLE, MUG, browsing, follow, hidden, placed_order, read, refused, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clock_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


@pytest.fixture
def agent(clara: User) -> Client:
    """The browser of Kim, who works in customer service."""
    return browsing(somebody(CUSTOMER_SERVICE, "Kim Kind"))


def found(agent: Client, asked: str) -> list[str]:
    return [each["title"] for each in agent.get("/find/", {"q": asked}).context["found"]]


def test_everything_is_found_by_what_it_is_known_by(clara: User, agent: Client) -> None:
    order_id = life.packed(clara)
    number, tracking = reference(order_id), f"P{life.parcel(order_id).hex[:10]}"
    follow()
    assert found(agent, number[:6].lower()) == [number]
    assert found(agent, tracking) == [number]
    assert found(agent, "ket-120 vogel") == [number]
    assert set(found(agent, "vogel")) == {number, "Clara Vogel"}
    assert found(agent, "clara.vogel@") == ["Clara Vogel"]
    assert found(agent, "nobody") == []
    assert agent.get("/find/", {"q": number}).headers["Location"] == f"/orders/{order_id}/"
    for typed in (number.replace("-", "").lower(), number.replace("-", " "), f"#{number}", f" # {number.lower()} "):
        assert agent.get("/find/", {"q": typed}).headers["Location"] == f"/orders/{order_id}/", typed
    assert found(agent, f"#{number[:7]}") == [number]
    assert "Nothing begins with “nobody”." in read(agent.get("/find/", {"q": "nobody"}))
    assert "appear here once you type" in read(agent.get("/find/"))


def test_a_name_that_could_be_an_order_number_is_looked_for_as_a_name(agent: Client) -> None:
    customer = factories.CustomerPage.create(name="Bernd Katze")
    for word in ("bernd", "katze"):
        SearchTerm.objects.create(item=word, kind=Kind.NAME, text=word, subject=customer.customer_id)
    assert found(agent, "Bernd Katze") == ["Bernd Katze"]


def test_what_is_found_is_paged_by_key(clara: User, agent: Client) -> None:
    for number in range(60):
        order = factories.OrderPage.create(customer_id=clara.id)
        SearchTerm.objects.create(item=f"n:{number}", kind=Kind.SKU, text="tea-070", subject=order.order_id)
    pages, address = [], "?q=TEA-0"
    while address:
        page = agent.get(f"/find/{address}")
        pages.append([each["url"] for each in page.context["found"]])
        address = page.context["more"]
    assert list(map(len, pages)) == [25, 25, 10]
    assert len({url for page in pages for url in page}) == 60


def test_whatever_is_looked_for_is_answered(agent: Client) -> None:
    for odd in ("", " ", "%", "_", "'; drop table", "<script>alert(1)</script>", "a\0b", "x" * 201, "🫖"):
        page = agent.get("/find/", {"q": odd})
        assert page.status_code in {200, 422}, odd
        assert "<script>alert" not in page.content.decode()
    assert "Use at most 200 characters; these are 201." in read(agent.get("/find/", {"q": "x" * 201}))


def test_a_customer_on_one_page(clara: User, agent: Client) -> None:
    order_id = life.delivered(clara, terms="on_account")
    send(factories.RequestReturn.build(return_id=nth_return(order_id, 1), order_id=order_id, customer_id=clara.id))
    follow()
    page = agent.get(f"/customers/{clara.id}/")
    said = read(page)
    for words in ("Clara Vogel May order", reference(order_id), clara.email, "To be approved", "€114.00 Open"):
        assert words in said
    with counted() as statements:
        agent.get(f"/customers/{clara.id}/")
    assert len([each for each in statements if each.lstrip().startswith("SELECT")]) <= 12


def test_emails_that_did_not_arrive_stand_on_the_customers_page(clara: User, agent: Client) -> None:
    order_id = placed_order(clara)
    emails = [(SentEmail.State.REFUSED, uuid7()), (SentEmail.State.SENT, uuid7())]
    for state, key in emails:
        SentEmail.objects.create(
            key=key,
            customer_id=clara.id,
            order_id=order_id,
            content={"kind": "order_received"},
            language="en",
            state=state,
        )
    CustomerPage.objects.filter(customer_id=clara.id).update(email_refused_at=clock.now())
    page = agent.get(f"/customers/{clara.id}/")
    assert "No e-mail reaches this customer: the address was refused" in read(page)
    assert f"Refused by the mail server order {reference(order_id)}" in read(page)
    assert [str(key) in page.content.decode() for _, key in emails] == [True, False]


def test_a_customer_is_suspended_and_reinstated(clara: User, agent: Client) -> None:
    page = read(do(agent, f"/customers/{clara.id}/suspend/", reason="Invoices are unpaid."))
    assert "The customer is suspended." in page
    assert "Suspended: Invoices are unpaid." in page
    assert "Reinstate customer" in page
    page = read(do(agent, f"/customers/{clara.id}/reinstate/", reason="The invoices are paid."))
    assert "The customer is reinstated." in page
    assert "May order" in page
    happened = [type(fact.event) for fact in log.read_stream(f"customer-{clara.id}")]
    assert happened[1:] == [CustomerSuspended, CustomerReinstated]
    assert browsing(somebody(FINANCE)).get(f"/customers/{clara.id}/suspend/").status_code == 403


def test_an_order_is_held_and_released(clara: User, agent: Client) -> None:
    order_id = life.confirmed(clara)
    page = read(do(agent, f"/orders/{order_id}/hold/", reason="We have a question about the address."))
    assert "The order is on hold." in page
    assert "Release order" in page
    assert OrderPage.objects.get().status == "held"
    assert "This order is on hold already." in read(agent.get(f"/orders/{order_id}/hold/"))
    held = read(agent.get(f"/orders/{order_id}/release/"))
    assert "It is on hold: We have a question about the address." in held
    do(agent, f"/orders/{order_id}/release/")
    assert OrderPage.objects.get().status == "confirmed"


def goodwill(agent: Client, order_id: Any, amount: str, **more: str) -> Any:
    """A goodwill refund, as far as "check your answers", or with checked="yes" to its end."""
    address = f"/orders/{order_id}/goodwill-refund/"
    sent = hidden(agent.get(address)) | {"amount": amount, "reason": "It came late."}
    checked = agent.post(address, sent)
    return checked if not more or checked.status_code != 200 else agent.post(address, sent | more)


def test_a_small_refund_is_checked_and_goes_back_at_once(clara: User, agent: Client) -> None:
    order_id = life.sent(clara)
    assert "Refunds €12.50 to where the money came from." in read(goodwill(agent, order_id, "12.50"))
    assert Refund.objects.count() == 0
    done = goodwill(agent, order_id, "12.50", checked="yes")
    assert done.status_code == 302
    follow()
    assert [(each.standing, each.cents) for each in Refund.objects.all()] == [("requested", 1250)]


def test_a_large_refund_is_proposed_to_a_second_person(clara: User, agent: Client) -> None:
    order_id = life.sent(clara)
    checked = read(goodwill(agent, order_id, "60.00"))
    assert "Proposes a refund of €60.00. It is paid once somebody in finance has approved it." in checked
    done = goodwill(agent, order_id, "60.00", checked="yes")
    assert "The refund was proposed." in read(agent.get(done.headers["Location"]))
    follow()
    assert [(each.standing, each.cents) for each in Refund.objects.all()] == [("proposed", 6000)]


def test_more_than_was_paid_is_refused(clara: User, agent: Client) -> None:
    order_id = life.sent(clara)
    address = f"/orders/{order_id}/goodwill-refund/"
    sent = hidden(agent.get(address)) | {"amount": "500.00", "reason": "It came late."}
    for answer in (agent.post(address, sent), agent.post(address, sent | {"checked": "yes"})):
        assert answer.status_code == 422
        assert "Only €114.00 can still be refunded." in read(answer)
    for wrong in ("", "0", "-5", "ten", "1.234", "9" * 50):
        assert goodwill(agent, order_id, wrong).status_code == 422
    assert "Only €0.00 can still be refunded." in read(agent.get(f"/orders/{placed_order(clara)}/goodwill-refund/"))


def test_a_lost_shipment_is_refunded(clara: User, agent: Client) -> None:
    order_id = life.sent(clara)
    address = f"/shipments/{life.parcel(order_id)}/lost/"
    assert "Refunds €114.00: what the customer paid, or owes, for this parcel." in read(agent.get(address))
    page = read(do(agent, address))
    assert "The shipment is reported lost." in page
    assert play.ledger(order_id).refunds[life.parcel(order_id)].amount.cents == 11400
    not_yet = life.parcel(life.confirmed(clara))
    assert "This parcel has not left yet." in read(agent.get(f"/shipments/{not_yet}/lost/"))


def test_a_return_is_approved_or_rejected(clara: User, agent: Client) -> None:
    order_id = life.delivered(clara)
    for _ in (1, 2):
        answers = {f"pieces-{MUG}": 1, f"pieces-{KETTLE}": 0, "reason": "changed_mind"}
        do(browsing(clara), f"/orders/{order_id}/return/", **answers)
    first, second = nth_return(order_id, 1), nth_return(order_id, 2)
    assert "1 × Enamel mug" in read(agent.get("/returns/"))
    assert "€12.50 goes back to the customer" in read(agent.get(f"/returns/{first}/approve/"))
    page = read(do(agent, f"/returns/{first}/approve/"))
    assert "The return is approved." in page
    page = read(do(agent, f"/returns/{second}/reject/", reason="The goods were used."))
    assert "The reason given: The goods were used." in page
    assert {each.stage for each in Return.objects.all()} == {"approved", "rejected"}
    assert "This return was approved already." in read(agent.get(f"/returns/{first}/reject/"))
    assert "This return was rejected." in read(agent.get(f"/returns/{second}/approve/"))
    assert "No return stands there now." in read(agent.get("/returns/"))
    assert len(agent.get("/returns/?stage=all").context["returns"]) == 2
    own = read(browsing(clara).get(f"/returns/{second}/"))
    assert "The return was rejected: The goods were used." in own
    assert "Approve return" not in own


def test_backorders_and_those_that_wait_for_an_answer(clara: User, agent: Client) -> None:
    order_id = life.confirmed(clara, {KETTLE: 5})
    assert "Whistling kettle KET-120 2 3" in read(agent.get("/backorders/"))
    assert "No answer is waited for." in read(agent.get("/backorders/?which=unanswered"))
    life.later(days=15)
    page = agent.get("/backorders/?which=unanswered")
    assert f'href="/orders/{order_id}/answer-backorder/"' in page.content.decode()
    do(agent, f"/orders/{order_id}/answer-backorder/", answer="wait")
    assert "No answer is waited for." in read(agent.get("/backorders/?which=unanswered"))
    empty = browsing(somebody(FINANCE)).get("/backorders/")
    assert "Answer backorder" not in read(empty)


def test_what_is_typed_wrongly_is_answered_with_a_sentence(clara: User, agent: Client) -> None:
    order_id = placed_order(clara)
    for address in (f"/orders/{order_id}/hold/", f"/customers/{clara.id}/suspend/"):
        for reason in ("", "It is Clara Vogel who is late."):
            refused(agent, address, hidden(agent.get(address)) | {"reason": reason}, "Choose why.")
