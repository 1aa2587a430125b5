"""E-mails, through a real conversation with a mail server: one each, never twice, and none to whoever was erased."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPAuthenticationError
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from accounts.domain import roles
from accounts.domain.customer import ChangeContactDetails, CustomerErased, EmailRefused, EraseCustomer
from accounts.models import SentEmail, User
from config.services.ports import free_port
from eventstore import clock, log
from eventstore.effects import NotSent, Unanswered, asking
from eventstore.models import Effect
from eventstore.process.history import RetryCommand, SkipCommand
from eventstore.rest import to_rest
from orders.domain import order, payment
from orders.domain.money import Money
from orders.processes.notification import Kind, Tell
from orders.systems.mail import sending, writing
from orders.systems.mail.border import MailBorder
from orders.systems.mail.sending import CannotSend
from orders.systems.mail.writing import Reader
from projections.customer_page import CustomerPage
from projections.timeline import TimelineEntry
from tests.processes import play
from tests.shop import MUG, browsing, follow, open_shop, placed_order, read, send, somebody
from tests.systems.mail.postbox import Postbox, postbox

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
    "pieces_cancelled",
    "cancellation_refused",
    "card_declined",
    "invoice_credited",
    "return_rejected",
}


@pytest.fixture
def box() -> Iterator[Postbox]:
    """A shop with goods on its shelves, and a mail server."""
    open_shop()
    with postbox() as there:
        yield there


def customer_of(order_id: UUID) -> UUID:
    return writing.order_of(order_id).customer_id


def events(kind: type[Any]) -> list[Any]:
    return [fact.event for fact in log.read_log() if isinstance(fact.event, kind)]


def later(minutes: int = 5) -> None:
    """Time goes by, and everything comes to rest."""
    clock.forward(timedelta(minutes=minutes))
    to_rest()


def stuck() -> list[str]:
    return [effect.error for effect in Effect.objects.filter(next_try_at=None)]


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


def test_a_mailbox_that_is_not_there_is_shown_on_the_customers_page(box: Postbox) -> None:
    box.rcpt = "550 No such user here"
    order_id = play.place()
    (refused,) = events(EmailRefused)
    assert (refused.order_id, refused.code) == (order_id, 550)
    follow()
    page = CustomerPage.objects.get(customer_id=refused.customer_id)
    assert page.email_refused_at is not None
    entry = TimelineEntry.objects.get(order_id=order_id, sentence__contains="mail server")
    assert (entry.for_staff, entry.values_in_it) == (True, {"code": 550})
    assert [row.state for row in SentEmail.objects.all()] == ["refused"]
    assert stuck() == []
    send(ChangeContactDetails(customer_id=refused.customer_id, name="Clara", email="new@example.com", telephone=""))
    follow()
    assert CustomerPage.objects.get(customer_id=refused.customer_id).email_refused_at is None


def test_an_e_mail_that_is_refused_as_a_whole_is_refused(box: Postbox) -> None:
    box.data = "554 Looks like spam"
    play.place()
    assert [refused.code for refused in events(EmailRefused)] == [554]


@pytest.mark.parametrize("when", ["rcpt", "data"])
def test_a_server_that_says_later_is_asked_later(box: Postbox, when: str) -> None:
    setattr(box, when, "451 Try again later")
    play.place()
    assert (box.letters, [row.state for row in SentEmail.objects.all()]) == ([], ["later"])
    setattr(box, when, "250 OK")
    later()
    assert len(box.letters) == 1
    assert events(EmailRefused) == []


def test_a_server_that_says_later_for_an_hour_means_no(box: Postbox) -> None:
    box.rcpt = "452 Mailbox full"
    play.place()
    later(59)
    assert events(EmailRefused) == []
    later(2)
    assert [refused.code for refused in events(EmailRefused)] == [452]
    assert SentEmail.objects.get(content__kind="order_received").state == "refused"


@pytest.mark.parametrize("away", ["said", "silent"])
def test_the_hour_does_not_run_while_nothing_is_taken_from_us_at_all(box: Postbox, away: str) -> None:
    box.rcpt = "450 Greylisted"
    play.place()
    if away == "said":
        box.sender = "452 Insufficient storage"
        later(120)
    else:
        with override_settings(MAILERS={"default": nobody()}):
            later(120)
    box.sender = "250 OK"
    later(10)
    assert (events(EmailRefused), {row.state for row in SentEmail.objects.all()}) == ([], {"later"})
    box.rcpt = "250 OK"
    later(10)
    assert box.subjects[0].startswith("We have received your order ")


def test_another_address_has_an_hour_of_its_own(box: Postbox) -> None:
    box.rcpt = "452 Mailbox full"
    customer_id = customer_of(play.place())
    clock.forward(timedelta(minutes=61))
    send(ChangeContactDetails(customer_id=customer_id, name="Clara", email="new@example.com", telephone=""))
    to_rest()
    assert events(EmailRefused) == []
    box.rcpt = "250 OK"
    later()
    assert {letter["To"] for letter in box.letters} == {"new@example.com"}
    assert box.subjects[0].startswith("We have received your order ")


@pytest.mark.parametrize("says", ["421 Too busy", "451 Too many messages", "452 Insufficient storage"])
def test_our_own_server_that_takes_nothing_for_now_is_asked_later_and_nobody_is_bothered(
    box: Postbox, says: str
) -> None:
    box.sender = says
    play.place()
    later(90)
    assert (stuck(), box.letters, events(EmailRefused)) == ([], [], [])
    box.sender = "250 OK"
    later(90)
    assert stuck() == []
    assert box.subjects[0].startswith("We have received your order ")


def test_our_own_server_that_takes_nothing_waits_for_a_person_and_the_e_mail_is_sent_as_soon_as_they_say_so(
    box: Postbox,
) -> None:
    box.sender = "530 Authenticate first"
    play.place()
    assert stuck() == ["CannotSend: The mail server does not take our e-mails (530)."]
    box.sender = "250 OK"
    effect = Effect.objects.get(next_try_at=None)
    instance = effect.stream.removeprefix("process-")
    send(RetryCommand(instance=instance, command_id=effect.command_id, reason="The server is well again."))
    later()
    assert (stuck(), len(box.letters)) == ([], 1)


@pytest.mark.parametrize(("code", "kind"), [(454, NotSent), (535, CannotSend)])
def test_a_server_that_does_not_let_us_in_for_now_is_told_from_one_that_never_does(
    box: Postbox, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    def login(*_: object, **__: object) -> None:
        raise SMTPAuthenticationError(code, b"No")

    monkeypatch.setattr("smtplib.SMTP.login", login)
    monkeypatch.setitem(settings.MAILERS["default"]["OPTIONS"], "username", "shop")
    monkeypatch.setitem(settings.MAILERS["default"]["OPTIONS"], "password", "secret")
    with pytest.raises(kind):
        sending.opened()


def test_what_cannot_be_an_address_is_refused_as_if_the_server_had_said_so(box: Postbox) -> None:
    order_id = play.place()
    box.letters.clear()
    customer_id = customer_of(order_id)
    send(ChangeContactDetails(customer_id=customer_id, name="Clara Vogel", email="a@[1.2.3.4", telephone=""))
    play.authorize(order_id)
    assert (stuck(), box.letters) == ([], [])
    assert {(event.customer_id, event.code) for event in events(EmailRefused)} == {(customer_id, 553)}


def test_a_server_that_is_away_is_waited_for(box: Postbox) -> None:
    with override_settings(MAILERS={"default": nobody()}):
        play.place()
        later(10)
    assert (box.letters, stuck()) == ([], [])
    later()
    assert len(box.letters) == 1


def test_an_e_mail_that_comes_late_asks_for_no_money_that_has_come(box: Postbox) -> None:
    order_id = play.place(terms="on_account")
    (shipment_id,) = play.planned(order_id)
    with override_settings(MAILERS={"default": nobody()}):
        play.pick(shipment_id)
        play.dispatch(shipment_id)
        later(60 * 24 * 15)
        later(60 * 24 * 8)
        paid: dict[str, Any] = {"amount": Money(cents=2500), "transfer": "T-1"}
        send(payment.RecordInvoicePayment(order_id=order_id, shipment_id=shipment_id, **paid))
        to_rest()
    later(20)
    assert "InvoiceReminded" in play.names(order_id)
    assert any("is on its way" in subject for subject in box.subjects)
    assert [text for text in texts(box) if "ransfer" in text] == []


def test_nor_for_another_card_once_the_order_is_rejected(box: Postbox) -> None:
    order_id = play.place()
    with override_settings(MAILERS={"default": nobody()}):
        play.decline(order_id)
        later(31)
    later(20)
    assert "OrderRejected" in play.names(order_id)
    assert [text for text in texts(box) if "another card" in text] == []


def test_nor_for_an_answer_that_was_given(box: Postbox) -> None:
    order_id = play.place({MUG: 50})
    play.authorize(order_id, days=60)
    with override_settings(MAILERS={"default": nobody()}):
        later(60 * 24 * 15)
        send(order.AnswerBackorder(order_id=order_id, answer="wait"))
        to_rest()
    later(20)
    assert "BackorderAnswered" in play.names(order_id)
    assert [text for text in texts(box) if "Tell us" in text] == []


def test_what_was_put_off_until_it_was_settled_is_not_said_to_be_tried_again(box: Postbox) -> None:
    order_id = play.place()
    box.rcpt = "450 Greylisted"
    play.decline(order_id)
    assert SentEmail.objects.get(content__kind="card_declined").state == "later"
    with override_settings(MAILERS={"default": nobody()}):
        later(31)
    box.rcpt = "250 OK"
    later(20)
    assert "OrderRejected" in play.names(order_id)
    assert not SentEmail.objects.filter(content__kind="card_declined").exists()


def test_what_is_still_to_be_done_is_asked_for_however_late_it_is(box: Postbox) -> None:
    order_id = play.place(terms="on_account")
    (shipment_id,) = play.planned(order_id)
    with override_settings(MAILERS={"default": nobody()}):
        play.pick(shipment_id)
        play.dispatch(shipment_id)
        later(60 * 24 * 15)
        later(60 * 24 * 8)
    later(20)
    assert len([text for text in texts(box) if "ransfer" in text]) == 2


def texts(box: Postbox) -> list[str]:
    """What the e-mails say."""
    found = [letter.get_body(("plain",)) for letter in box.letters]
    return [" ".join(part.get_content().split()) for part in found if part]


def nobody() -> dict[str, Any]:
    """A mail server that nobody has started."""
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 0.5}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def test_where_nobody_knows_it_is_not_sent_again_unless_a_person_wants_it(box: Postbox) -> None:
    box.hangs_up = True
    order_id = play.place()
    box.hangs_up = False
    later()
    later(10)
    assert len(box.letters) == 1, "It had arrived, and nobody said so."
    assert stuck() == ["NobodyKnows: Nobody knows whether this e-mail was sent. Retry it to have it sent, or skip it."]
    assert [row.state for row in SentEmail.objects.all()] == ["unknown"]
    (effect,) = Effect.objects.filter(next_try_at=None)
    instance = f"notification:{order_id}"
    send(RetryCommand(instance=instance, command_id=effect.command_id, reason="She has not got it."))
    later()
    assert len(box.letters) == 2
    assert box.letters[0]["Message-ID"] == box.letters[1]["Message-ID"]
    assert [row.state for row in SentEmail.objects.all()] == ["sent"]


def test_that_nobody_knows_is_not_forgotten_by_a_worker_that_dies_before_it_has_said_so(box: Postbox) -> None:
    box.hangs_up = True
    play.place()
    box.hangs_up = False
    with patch.object(asking, "failed"):
        later()
    Effect.objects.update(leased_until=None)
    later()
    assert len(box.letters) == 1
    assert [error.partition(":")[0] for error in stuck()] == ["NobodyKnows"]


def test_a_person_can_let_it_be(box: Postbox) -> None:
    box.hangs_up = True
    order_id = play.place()
    box.hangs_up = False
    later()
    (effect,) = Effect.objects.filter(next_try_at=None)
    instance = f"notification:{order_id}"
    send(SkipCommand(instance=instance, command_id=effect.command_id, reason="She has got it."))
    later()
    assert (len(box.letters), Effect.objects.count()) == (1, 0)


def test_a_worker_that_dies_after_the_server_has_answered_sends_nothing_twice(box: Postbox) -> None:
    with patch.object(asking, "settle"):
        play.place()
    Effect.objects.update(leased_until=None)
    later()
    assert (len(box.letters), Effect.objects.count()) == (1, 0)


def test_a_worker_that_dies_before_it_has_spoken_to_the_server_loses_nothing(box: Postbox) -> None:
    with (
        patch("orders.systems.mail.border.MailBorder.ask", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        play.place()
    Effect.objects.update(leased_until=None)
    later()
    assert len(box.letters) == 1


def test_whoever_stood_still_for_longer_than_their_lease_does_not_send_what_others_have_sent(box: Postbox) -> None:
    order_id = placed_order(somebody(roles.CUSTOMER))
    tell = Tell(kind="order_received", order_id=order_id, customer_id=customer_of(order_id))
    key, opened = uuid7(), sending.opened

    def stood_still() -> Any:
        with patch.object(sending, "opened", opened):
            MailBorder().ask(tell, key)
        return opened()

    with patch.object(sending, "opened", stood_still), pytest.raises(Unanswered):
        MailBorder().ask(tell, key)
    assert len(box.letters) == 1
    assert SentEmail.objects.get(key=key).state == SentEmail.State.SENT


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
