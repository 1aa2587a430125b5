"""Erased: after a whole life as a customer, nothing of the person is left, anywhere; a command looks and says so."""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import redis
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from uuid_utils.compat import uuid7

from accounts.domain.customer import CustomerErased
from accounts.domain.email_claim import EmailReleased
from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE, WAREHOUSE
from accounts.models import SentEmail, Session, User
from accounts.screens.joining import join
from accounts.streams import claim_of
from config import traces
from config.traces_in_files import in_files
from eventstore import log
from eventstore.messages import Event
from orders.processes.notification import Tell
from orders.systems.mail import sending
from orders.systems.mail.border import MailBorder
from projections import erasing, tasks
from tests import factories
from tests.eventstore.pieces import METADATA
from tests.orders.domain.ids import PARCEL
from tests.shop import MUG, browsing, follow, open_shop, placed_order, read

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 180.0  # seconds
EMAIL = "clara@vogel.example"


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder into which this shop and its worker lay their letters, as a demo does."""
    folder = tmp_path / "mails"
    monkeypatch.setenv("MAIL_URL", f"file://{folder}")
    backend = {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": str(folder)}}
    with override_settings(MAILERS={"default": backend}):
        yield folder


@pytest.fixture
def clara() -> User:
    open_shop()
    user = User.objects.create_user(EMAIL, "walk-the-long-way", [CUSTOMER], name="Clara Vogel-Lindenthal")
    join(user)
    return user


def happens(stream: str, *events: Event) -> None:
    log.append([log.New(stream, events, log.ANY)], METADATA)


def a_life(clara: User, client: Client) -> UUID:
    """She keeps an address, orders, is sent a parcel, is told so by e-mail, and is done."""
    parts = {"recipient": "Clara Vogel-Lindenthal", "street": "Lindenallee 77", "postcode": "04103"}
    kept = {"command_id": str(uuid7()), "city": "Leipzig", "country": "DE"} | parts
    assert client.post("/my-data/addresses/add/", kept).status_code == 302
    contact = {"command_id": str(uuid7()), "name": clara.name, "email": EMAIL, "telephone": "+49 341 7654321"}
    assert client.post("/my-data/contact-details/", contact).status_code == 302
    order_id = placed_order(clara, recipient="Clara Vogel-Lindenthal", street="Lindenallee 77")
    happens(f"order-{order_id}", factories.OrderConfirmed.build(order_id=order_id))
    planned = factories.ShipmentPlanned.build(shipment_id=PARCEL, order_id=order_id)
    happens(f"shipment-{PARCEL}", planned, factories.ShipmentDelivered.build(shipment_id=PARCEL, order_id=order_id))
    happens(f"order-{order_id}", factories.OrderCompleted.build(order_id=order_id))
    follow()
    tell = Tell(kind="order_delivered", order_id=order_id, customer_id=clara.id, pieces={MUG: 2})
    MailBorder().ask(tell, uuid7())
    return order_id


def known(customer: UUID) -> str:
    said = io.StringIO()
    call_command("erased", str(customer), known=True, stdout=said)
    return said.getvalue()


def look(customer: UUID, texts: str, monkeypatch: pytest.MonkeyPatch, files: Path) -> str:
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(texts))
    call_command("erased", str(customer), files=[files], stdout=said)
    return said.getvalue()


def test_after_a_whole_life_nothing_is_left(
    clara: User, mails: Path, worker: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    customer, client = clara.id, browsing(clara)
    a_life(clara, client)
    assert EMAIL in "".join(letter.read_text() for letter in mails.iterdir())
    texts = known(customer)
    for text in ("Clara Vogel-Lindenthal", EMAIL, "+49 341 7654321", "Lindenallee 77"):
        assert text in texts.splitlines()
    with pytest.raises(CommandError) as left:
        look(customer, texts, monkeypatch, tmp_path)
    for table in ("accounts_user", "account_emailaddress", "accounts_session", "projections_customer_page"):
        assert f"public.{table}" in str(left.value)
    assert str(mails) in str(left.value)
    agent = browsing(User.objects.create_user("ada@example.com", None, [CUSTOMER_SERVICE], name="Ada Ahrens"))
    sent = SentEmail.objects.get(content__kind="order_delivered")  # the worker may have sent others by now
    assert "Dear Clara Vogel-Lindenthal" in read(agent.get(f"/e-mails/{sent.key}/"))

    goodbye = client.post("/my-data/erase/", {"command_id": str(uuid7())}, follow=True)
    assert "Your data are being erased" in read(goodbye)

    until = time.monotonic() + PATIENCE
    while found := list(traces.in_database(texts.splitlines())):
        assert time.monotonic() < until, found
        tasks.renew.delay()  # as beat does
        time.sleep(0.5)
    assert "Nothing is left" in look(customer, texts, monkeypatch, tmp_path)
    assert not User.objects.filter(pk=customer).exists()
    assert "Nothing was sent yet." in read(agent.get("/e-mails/"))
    assert agent.get(f"/e-mails/{sent.key}/").status_code == 404
    assert list(mails.iterdir()) == []
    released = [fact.event for fact in log.read_log() if isinstance(fact.event, EmailReleased)]
    assert released == [EmailReleased(address=claim_of(EMAIL), customer_id=customer)]


def test_a_name_that_the_search_keeps_word_by_word_is_found(clara: User) -> None:
    follow()
    marks = [line for line in known(clara.id).splitlines() if line.startswith(("name:", "email:", "recipient:"))]
    assert list(traces.in_database(marks)) == ["database: 3 rows of public.projections_search"]


@pytest.mark.parametrize("reads", ["read_text", "read_bytes"])
def test_a_letter_that_is_thrown_away_while_it_is_read_is_no_hindrance(
    mails: Path, monkeypatch: pytest.MonkeyPatch, reads: str
) -> None:
    mails.mkdir()
    (mails / "1.log").write_text(EMAIL)
    asked = getattr(Path, reads)

    def too_late(file: Path, *how: Any, **more: Any) -> Any:
        if file.parent == mails:
            file.unlink()
        return asked(file, *how, **more)

    monkeypatch.setattr(Path, reads, too_late)
    assert list(in_files([EMAIL], [mails] if reads == "read_bytes" else [])) == []
    erasing.forget_letters({EMAIL})
    assert list(mails.iterdir()) == []


def test_letters_to_every_address_that_was_ever_theirs_are_thrown_away(clara: User, mails: Path) -> None:
    for email in ("clara@lindenthal.example", EMAIL):
        told = factories.ContactDetailsChanged.build(customer_id=clara.id, email=email)
        happens(f"customer-{clara.id}", told)
    EmailAddress.objects.create(user=clara, email="clara@wedding.example")
    emails = {EMAIL, "clara@lindenthal.example", "clara@wedding.example"}
    mails.mkdir()
    for email in (*emails, "carla@example.com"):
        (mails / f"{email}.log").write_text(f"To: {email}\n")
    assert emails <= set(known(clara.id).splitlines())
    happens(f"customer-{clara.id}", CustomerErased(customer_id=clara.id))
    follow()
    assert [letter.name for letter in mails.iterdir()] == ["carla@example.com.log"]


def test_a_former_address_that_is_somebody_elses_by_now_is_left_alone(clara: User, mails: Path) -> None:
    former = "shared@lindenthal.example"
    happens(f"customer-{clara.id}", factories.ContactDetailsChanged.build(customer_id=clara.id, email=former))
    User.objects.create_user(former, None, [CUSTOMER], name="Carla Vogel")
    mails.mkdir()
    for email in (EMAIL, former):
        (mails / f"{email}.log").write_text(f"To: {email}\n")
    assert former not in known(clara.id)
    happens(f"customer-{clara.id}", CustomerErased(customer_id=clara.id))
    follow()
    assert [letter.name for letter in mails.iterdir()] == [f"{former}.log"]


def test_whoever_has_no_sign_in_here_leaves_no_letter_either(mails: Path) -> None:
    open_shop()
    known = factories.CustomerRegistered.build(email="carla@example.com")
    order_id = uuid7()
    happens(f"customer-{known.customer_id}", known)
    happens(f"order-{order_id}", factories.OrderPlaced.build(order_id=order_id, customer_id=known.customer_id))
    tell = Tell(kind="order_received", order_id=order_id, customer_id=known.customer_id)
    MailBorder().ask(tell, uuid7())
    assert len(list(mails.iterdir())) == 1
    happens(f"customer-{known.customer_id}", CustomerErased(customer_id=known.customer_id))
    follow()
    assert (list(mails.iterdir()), SentEmail.objects.count()) == ([], 0)


def test_whoever_is_erased_as_they_are_written_to_leaves_nothing_either(
    clara: User, mails: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = placed_order(clara)
    send = sending.send

    def erased_meanwhile(*arguments: Any) -> None:
        send(*arguments)
        happens(f"customer-{clara.id}", CustomerErased(customer_id=clara.id))
        follow()

    monkeypatch.setattr(sending, "send", erased_meanwhile)
    MailBorder().ask(Tell(kind="order_received", order_id=order_id, customer_id=clara.id), uuid7())
    assert (list(mails.iterdir()), SentEmail.objects.count()) == ([], 0)


def test_somebody_else_may_use_the_address_then(clara: User) -> None:
    happens(f"customer-{clara.id}", CustomerErased(customer_id=clara.id))
    follow()
    another = User.objects.create_user(EMAIL, None, [CUSTOMER], name="Carla Vogel")
    join(another)
    assert another.id != clara.id


def test_that_the_address_is_free_is_told_where_the_erasure_is(clara: User) -> None:
    happens(f"customer-{clara.id}", CustomerErased(customer_id=clara.id))
    follow()
    erased, released = log.correlated(METADATA.correlation)
    assert (erased.name, released.name, released.causation) == ("CustomerErased", "EmailReleased", erased.id)


def test_every_browser_is_signed_out(clara: User) -> None:
    client = browsing(clara)
    assert client.get("/my-data/").status_code == 200
    happens(f"customer-{clara.id}", CustomerErased(customer_id=clara.id))
    follow()
    assert client.get("/my-data/").status_code == 302
    assert not Session.objects.filter(user_id=clara.id).exists()


def test_whoever_works_here_as_well_keeps_that_sign_in() -> None:
    wim = User.objects.create_user("wim@example.com", None, [CUSTOMER, WAREHOUSE], name="Wim Janssen")
    join(wim)
    happens(f"customer-{wim.id}", CustomerErased(customer_id=wim.id))
    follow()
    assert User.objects.get(pk=wim.pk).roles == {WAREHOUSE}


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    yield client
    client.delete("a-list", "a-hash")


def test_it_finds_what_hides(broker: redis.Redis, tmp_path: Path) -> None:
    name = "Clara Vogel-Lindenthal"
    hidden = {
        "plain.log": name,
        "upper.log": name.upper(),
        "json.log": '{"name": "Z\\u00fcrich-Lindenthal"}',
        "base64.log": "eyJuYW1lIjogIkNsYXJhIFZvZ2VsLUxpbmRlbnRoYWwifQ==",
        "other.log": "Clara Schumann",
    }
    for file, text in hidden.items():
        (tmp_path / file).write_text(text)
    found = list(in_files([name, "Zürich-Lindenthal"], [tmp_path]))
    assert [Path(line.removeprefix("file: ")).name for line in found] == [
        "base64.log",
        "json.log",
        "plain.log",
        "upper.log",
    ]
    broker.rpush("a-list", '{"body": "WyJDbGFyYSBWb2dlbC1MaW5kZW50aGFsIl0="}')
    broker.hset("a-hash", "who", name)
    assert sorted(traces.in_redis([name], settings.CELERY_BROKER_URL)) == ["redis: a-hash", "redis: a-list"]
    assert traces.value_of(broker, b"gone-between-two-looks") == []


def test_whoever_says_nothing_is_told_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Say on standard input"):
        look(UUID(int=1), "\n", monkeypatch, tmp_path)
