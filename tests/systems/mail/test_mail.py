"""E-mails, through a real conversation with a mail server: what they say, in whose language, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import override_settings
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from accounts.domain import roles
from accounts.domain.customer import ChangeContactDetails, CustomerErased, EraseCustomer
from accounts.models import SentEmail, User
from config.environment import Address
from eventstore import clock
from eventstore.models import Effect
from eventstore.rest import to_rest
from orders.domain import order, returns
from orders.processes.notification import Kind, Tell
from orders.systems.mail import writing
from orders.systems.mail.writing import Reader
from tests import factories
from tests.processes import play
from tests.shop import KETTLE, MUG, browsing, read, send, somebody
from tests.systems.mail.looking import customer_of, events, later, nobody, texts
from tests.systems.mail.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
# A reason of the shop's own, and the e-mails that give one.
LATE = {
    "en": "The payment was not authorized in time.",
    "de": "Die Zahlung wurde nicht rechtzeitig autorisiert.",
}
LAST_MOMENT = datetime(2026, 3, 23, 22, 59, 59, tzinfo=UTC)  # of a day in Berlin
CLARA = Reader("Clara", "clara@example.com", "en")
SAYS_WHY = {
    "order_rejected",
    "order_cancelled",
    "charge_declined",
    "charge_declined_all_sent",
    "pieces_cancelled",
    "last_pieces_cancelled",
    "cancellation_refused",
    "card_declined",
    "invoice_credited",
    "return_rejected",
}


def test_whoever_orders_is_told_so_as_text_and_as_html(box: Postbox) -> None:
    order_id = play.place()
    (letter,) = box.letters
    customer_id = customer_of(order_id)
    assert letter["To"] == f"{customer_id}@example.com"
    assert letter["Subject"] == f"We have received your order {order.reference(order_id)}"
    assert letter["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in letter.iter_parts())
    for content in (text, html):
        assert "Dear Clara Vogel" in content
        assert "2 × Enamel mug: €25.00" in content
        assert f"/orders/{order_id}/" in content
    assert "style" not in html
    assert [(row.state, row.customer_id) for row in SentEmail.objects.all()] == [("sent", customer_id)]


def test_each_step_is_told_once(box: Postbox) -> None:
    order_id = play.place()
    play.authorize(order_id)
    (shipment_id,) = play.planned(order_id)
    play.pick(shipment_id)
    play.dispatch(shipment_id)
    later()
    number = order.reference(order_id)
    assert box.subjects == [
        f"We have received your order {number}",
        f"Your order {number} is confirmed",
        f"A parcel of your order {number} is on its way",
    ]
    assert len({letter["Message-ID"] for letter in box.letters}) == 3


def test_a_name_that_is_html_is_only_a_name(box: Postbox) -> None:
    order_id = play.place()
    change = ChangeContactDetails(
        customer_id=customer_of(order_id), name="<b>Clara</b> & {{ tell }}", email="clara@example.com", telephone=""
    )
    send(change)
    play.authorize(order_id)
    letter = box.letters[-1]
    assert letter["To"] == "clara@example.com"
    text, html = (part.get_content() for part in letter.iter_parts())
    assert "<b>Clara</b> & {{ tell }}" in text
    assert "&lt;b&gt;Clara&lt;/b&gt; &amp; {{ tell }}" in html


def test_whoever_was_erased_gets_nothing_and_leaves_nothing(box: Postbox) -> None:
    order_id = play.place()
    customer_id = customer_of(order_id)
    with override_settings(MAILERS={"default": nobody()}):
        send(order.RejectOrder(order_id=order_id, reason="Nobody paid."))
        to_rest()
    send(EraseCustomer(customer_id=customer_id, open_orders=0))
    later()
    assert len(box.letters) == 1
    assert events(CustomerErased)
    assert not SentEmail.objects.filter(customer_id=customer_id).exists()
    assert Effect.objects.count() == 0


def test_replay_sends_nothing(box: Postbox) -> None:
    play.place()
    call_command("replay", "--processes")
    call_command("replay", "--all")
    later()
    assert len(box.letters) == 1


def test_a_customer_is_written_to_in_the_language_that_they_chose(box: Postbox) -> None:
    order_id = play.place()
    customer_id = customer_of(order_id)
    User.objects.create_user(f"{customer_id}@example.com", None, [roles.CUSTOMER], id=customer_id, name="Clara")
    client = browsing(User.objects.get(id=customer_id))
    client.post("/language/", {"language": "de"})
    play.authorize(order_id)
    assert [letter["Content-Language"] for letter in box.letters] == ["en", "de"]
    client.post("/language/", {"language": "klingon"})
    assert User.objects.get(id=customer_id).language == "de"


def test_what_was_sent_can_be_seen_by_who_has_to_do_with_customers(box: Postbox) -> None:
    order_id = play.place()
    agent = browsing(somebody(roles.CUSTOMER_SERVICE))
    page = read(agent.get("/e-mails/"))
    assert "order received" in page
    assert order.reference(order_id) in page
    (row,) = SentEmail.objects.all()
    page = read(agent.get(f"/e-mails/{row.key}/"))
    assert "Dear Clara Vogel" in page
    assert browsing(somebody(roles.WAREHOUSE)).get("/e-mails/").status_code == 403


def test_when_an_e_mail_was_sent_is_said_by_the_clock_of_the_shop(box: Postbox) -> None:
    clock.forward(timedelta(days=14))
    before = clock.now()
    play.place()
    assert before <= SentEmail.objects.get().at <= clock.now()


def test_nothing_personal_is_kept_with_what_was_sent(box: Postbox) -> None:
    play.place()
    assert "Clara" not in str(list(SentEmail.objects.values()))


def test_a_return_that_is_approved_names_the_day_by_which_it_has_to_come(box: Postbox) -> None:
    order_id = play.place()
    tell = Tell(kind="return_approved", order_id=order_id, customer_id=customer_of(order_id), due_at=LAST_MOMENT)
    assert "has to arrive by 23 March 2026." in writing.write(tell, CLARA).text
    assert "within 21 days." in writing.write(replace(tell, due_at=None), CLARA).text


def test_of_two_returns_of_an_order_each_e_mail_says_which_goods_it_means_and_where_they_go(box: Postbox) -> None:
    order_id = play.place({MUG: 3, KETTLE: 1})
    mugs, all_else = uuid7(), uuid7()
    for return_id, pieces in ((mugs, {MUG: 1}), (all_else, {MUG: 2, KETTLE: 1})):
        came = [factories.Delivery.build(sku=sku, quantity=quantity) for sku, quantity in pieces.items()]
        one = {"return_id": return_id, "order_id": order_id, "deliveries": came}
        send(factories.RequestReturn.build(**one, pieces=pieces))
    to_rest()
    with override_settings(SHOP_ADDRESS=Address("Kettle & Spade", "Am Markt 1", "07743", "Jena", "DE")):
        send(returns.ApproveReturn(return_id=mugs))
        to_rest()
    send(returns.RejectReturn(return_id=all_else, reason="The goods were used."))
    to_rest()
    received, approved, rejected = texts(box)
    assert "We have approved your return." in approved
    assert "The parcel goes to Kettle & Spade, Am Markt 1, 07743 Jena." in approved
    assert "1 × Enamel mug: €12.50 Your order:" in approved
    assert "Whistling kettle" not in approved
    assert "we cannot take these goods back. The goods were used." in rejected
    assert "2 × Enamel mug: €25.00 1 × Whistling kettle: €89.00 Your order:" in rejected
    assert "The parcel goes to" not in rejected + received


def test_a_shop_without_an_address_says_nothing_of_where_goods_go(box: Postbox) -> None:
    order_id = play.place()
    tell = Tell(kind="return_approved", order_id=order_id, customer_id=customer_of(order_id), due_at=LAST_MOMENT)
    with override_settings(SHOP_ADDRESS=None):
        assert "The parcel goes to" not in writing.write(tell, CLARA).text


@pytest.mark.parametrize("kind", Kind.__value__.__args__)
def test_every_e_mail_can_be_written(box: Postbox, kind: Kind) -> None:
    order_id = play.place()
    tell = Tell(kind=kind, order_id=order_id, customer_id=customer_of(order_id), reason=LATE["en"], reminder=2)
    for language, other in (("en", "de"), ("de", "en")):
        written = writing.write(tell, Reader("Clara", "clara@example.com", language))
        assert order.reference(order_id) in written.subject
        assert "\n" not in written.subject
        assert "{" not in written.text + written.html
        assert len(written.text) > 100
        assert LATE[other] not in written.text + written.html
        assert (LATE[language] in written.text) == (kind in SAYS_WHY)
