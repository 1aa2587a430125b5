"""`manage.py rewrap`: a key of PERSONAL_DATA_KEYS is replaced, and nothing that it sealed is lost."""

import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.domain.customer import CustomerRegistered
from accounts.domain.roles import CUSTOMER, WAREHOUSE
from accounts.models import Partner, PartnerSubscription, User
from eventstore import log, personal
from eventstore.models import PersonKey
from orders.systems.partners.delivery import secrets_of
from tests.accounts.test_second_factor import code, sign_in
from tests.celery_room import test_environment as environment
from tests.eventstore.together import elsewhere
from tests.services_room import manage
from tests.shop import PASSWORD, somebody

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {"old": b"a" * 32, "new": b"b" * 32, "wrong": b"c" * 32}
DONE = "The key 'new' seals everything. Once every program runs with it as the first, the others can be taken out.\n"


def under(settings: Settings, *names: str) -> None:
    """These are the keys of the environment; the first one is the current one."""
    keys = {name: KEYS[name] for name in names}
    settings.EVENTSTORE = settings.EVENTSTORE | {"PERSONAL_DATA_KEYS": keys}


def rewrap(*how: str) -> str:
    said = io.StringIO()
    call_command("rewrap", *how, stdout=said)
    return said.getvalue()


def second_factor_of(user: User) -> tuple[str, list[str]]:
    """An app and recovery codes for somebody: the app's secret, and the codes."""
    TOTP.activate(user, secret := generate_totp_secret())
    return secret, RecoveryCodes.activate(user).generate_codes()


def subscription() -> PartnerSubscription:
    partner = Partner.objects.create(name="Tea & Co")
    return PartnerSubscription.objects.create(partner=partner, url="https://tea.example/", types=[])


def names() -> list[str | None]:
    """The names of customers, as the log says them."""
    facts: list[Any] = [fact.event for fact in log.read_log()]
    return [event.name for event in facts if isinstance(event, CustomerRegistered)]


@pytest.fixture
def clara(settings: Settings) -> User:
    """A customer with a second factor, all of it sealed under the old key, which is about to go."""
    under(settings, "old")
    user = somebody(CUSTOMER, "Clara Vogel", password=PASSWORD)
    second_factor_of(user)
    under(settings, "new", "old")
    return user


def test_the_new_key_is_enough_afterwards(settings: Settings, client: Client) -> None:
    settings.STAFF_SECOND_FACTOR = True
    under(settings, "old")
    somebody(CUSTOMER, "Clara Vogel")
    otto = somebody(CUSTOMER, "Otto Lang")
    personal.destroy_key(str(otto.id))
    wim = somebody(WAREHOUSE, "Wim Janssen", password=PASSWORD)
    secret, recovery_codes = second_factor_of(wim)
    told = subscription()
    signed_with = secrets_of(told, timezone.now())

    under(settings, "new", "old")
    somebody(CUSTOMER, "Karl Anders")
    assert rewrap("--dry-run").splitlines() == [
        "keys of persons and partners: 2 to be sealed anew",
        "second factors: 2 to be sealed anew",
    ]
    assert rewrap() == (f"keys of persons and partners: 2 sealed anew\nsecond factors: 2 sealed anew\n{DONE}")

    under(settings, "new")
    assert names() == ["Clara Vogel", None, "Karl Anders"]
    assert secrets_of(told, timezone.now()) == signed_with
    sign_in(client, wim)
    assert client.post("/sign-in/code/", {"code": code(secret)}).status_code == 302
    assert client.get("/work/").status_code == 200
    [seed] = Authenticator.objects.filter(user=wim, type="recovery_codes")
    assert RecoveryCodes(seed).generate_codes() == recovery_codes


def test_a_second_time_nothing_is_left_to_do(clara: User) -> None:
    rewrap()
    kept = list(PersonKey.objects.values()), list(Authenticator.objects.values())
    assert rewrap() == f"keys of persons and partners: 0 sealed anew\nsecond factors: 0 sealed anew\n{DONE}"
    assert (list(PersonKey.objects.values()), list(Authenticator.objects.values())) == kept


def test_a_look_changes_nothing(clara: User) -> None:
    kept = list(PersonKey.objects.values()), list(Authenticator.objects.values())
    rewrap("--dry-run")
    assert (list(PersonKey.objects.values()), list(Authenticator.objects.values())) == kept


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
@pytest.mark.parametrize("key", ["old", "wrong"])
def test_a_key_that_is_missing_is_named_before_anything_is_changed(
    clara: User, settings: Settings, how: tuple[str, ...], key: str
) -> None:
    under(settings, "new", "wrong")
    if key == "wrong":  # only the second factor is sealed under one that is not there
        PersonKey.objects.all().delete()
    sentence = {
        "old": "PERSONAL_DATA_KEYS lacks the key 'old', which wraps persons' keys.",
        "wrong": f"PERSONAL_DATA_KEYS lacks the key that seals the second factor of the sign-in {clara.id}.",
    }
    kept = list(PersonKey.objects.values()), list(Authenticator.objects.values())
    with pytest.raises(CommandError) as refused:
        rewrap(*how)
    assert str(refused.value) == sentence[key]
    assert (list(PersonKey.objects.values()), list(Authenticator.objects.values())) == kept


def test_it_goes_on_where_it_was_interrupted(clara: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    under(settings, "old")
    for name in ("Otto Lang", "Karl Anders"):
        somebody(CUSTOMER, name)
    under(settings, "new", "old")
    monkeypatch.setattr(personal, "PORTION", 1)
    wrap, wrapped = personal.wrap, list[str]()

    def wrap_one(person: str, key: bytes) -> PersonKey:
        if wrapped:
            raise KeyboardInterrupt
        wrapped.append(person)
        return wrap(person, key)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(personal, "wrap", wrap_one)
        with pytest.raises(KeyboardInterrupt):
            rewrap()
    assert names() == ["Clara Vogel", "Otto Lang", "Karl Anders"]
    assert rewrap().startswith("keys of persons and partners: 2 sealed anew\nsecond factors: 2 sealed anew\n")


def test_nobody_is_waited_for_and_whatever_they_held_is_said(clara: User, settings: Settings) -> None:
    under(settings, "old")
    somebody(CUSTOMER, "Otto Lang")
    under(settings, "new", "old")
    with transaction.atomic():
        PersonKey.objects.select_for_update().get(person=str(clara.id))
        Authenticator.objects.select_for_update().get(user=clara, type="totp")
        with pytest.raises(CommandError, match=r"^Somebody else was changing 2 of them\. Run it once more\.$"):
            elsewhere(rewrap).result()
    assert rewrap().startswith("keys of persons and partners: 1 sealed anew\nsecond factors: 1 sealed anew\n")


def test_whoever_is_erased_meanwhile_stays_erased(clara: User) -> None:
    with transaction.atomic():
        personal.destroy_key(str(clara.id))
        with pytest.raises(CommandError, match="changing 1 of them"):
            elsewhere(rewrap).result()
    assert rewrap().startswith("keys of persons and partners: 0 sealed anew\n")
    assert names() == [None]


def test_at_a_terminal() -> None:
    somebody(CUSTOMER, "Clara Vogel")
    second_factor_of(somebody(WAREHOUSE, "Wim Janssen"))
    code, said = manage("rewrap", env=environment())
    assert (code, "second factors: 0 sealed anew" in said) == (0, True), said
    PersonKey.objects.update(wrapped_by="lost")
    assert manage("rewrap", env=environment()) == (
        1,
        "CommandError: PERSONAL_DATA_KEYS lacks the key 'lost', which wraps persons' keys.\n",
    )
