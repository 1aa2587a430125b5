"""E-mails, and a mail server that does not take them: never, not for this one, not now, or not at all."""

from datetime import timedelta
from smtplib import SMTPAuthenticationError

import pytest
from django.conf import settings
from django.test import override_settings

from accounts.domain.customer import ChangeContactDetails, EmailRefused
from accounts.models import SentEmail
from eventstore import clock
from eventstore.effects import NotSent
from eventstore.models import Effect
from eventstore.process.history import RetryCommand
from eventstore.rest import to_rest
from orders.systems.mail import sending
from orders.systems.mail.sending import CannotSend
from projections.customer_page import CustomerPage
from projections.timeline import TimelineEntry
from tests.processes import play
from tests.shop import follow, send
from tests.systems.mail.looking import customer_of, events, later, nobody, stuck
from tests.systems.mail.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


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
