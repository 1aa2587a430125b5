"""Tokens of partners: kept as a fingerprint, shown once, expiring, revocable, good for so many requests a minute."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.domain.partner import SCOPES
from accounts.domain.roles import ADMIN, FINANCE
from accounts.models import Partner, PartnerToken
from tests.celery_room import test_environment as environment
from tests.services_room import unread
from tests.shop import browsing, somebody

pytestmark = pytest.mark.django_db
HAS = "has 1 to 200 characters, each of which can be printed."


def partner(name: str = "Tea & Co", **fields: object) -> Partner:
    return Partner.objects.create(name=name, **fields)


def token(of: Partner, days: float = 1) -> tuple[PartnerToken, str]:
    return PartnerToken.make(of, "their systems", ["orders:read"], timezone.now() + timedelta(days=days))


def test_a_token_is_known_again_and_kept_nowhere() -> None:
    kept, text = token(partner())
    assert PartnerToken.good(text) == kept
    assert text not in str(PartnerToken.objects.values())
    assert len(text) > 40
    assert PartnerToken.good(f"{text}x") is None
    assert PartnerToken.good("") is None


def test_a_token_expires_is_revoked_and_goes_with_its_partner() -> None:
    of = partner()
    _, late = token(of, days=-1)
    assert PartnerToken.good(late) is None
    kept, text = token(of)
    Partner.objects.update(is_active=False)
    assert PartnerToken.good(text) is None
    Partner.objects.update(is_active=True)
    assert PartnerToken.good(text)
    kept.revoke()
    assert PartnerToken.good(text) is None


def test_a_scope_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="There is no scope everything"):
        PartnerToken.make(partner(), "their systems", ["everything"], timezone.now())


def test_so_many_requests_a_minute_and_they_come_back_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [1_000_000.0]
    monkeypatch.setattr("accounts.models.time.time", lambda: seconds[0])
    kept, text = token(partner(requests_per_minute=3))
    assert [kept.count() for _ in range(5)] == [True, True, True, False, False]
    seconds[0] += 21
    assert [kept.count() for _ in range(2)] == [True, False]
    seconds[0] -= 1000  # a server whose clock is behind gives nothing back
    assert not kept.count()
    other, _ = token(partner("Others"))
    assert other.count()
    found = PartnerToken.good(text)
    assert found
    assert found.used_at


def test_partners_at_the_terminal() -> None:
    out = StringIO()
    call_command("partners", "add", "Tea & Co", stdout=out)
    call_command("partners", "token", "Tea & Co", "--scope", "orders:read", "--for", "the ERP", stdout=out, stderr=out)
    text = next(line for line in out.getvalue().splitlines() if line.startswith("shop_"))
    found = PartnerToken.good(text)
    assert found
    assert found.scopes == ["orders:read"]
    call_command("partners", stdout=out)
    assert f"{text[:12]}…  until" in out.getvalue()
    assert text not in out.getvalue().partition("Keep it now")[2]
    call_command("partners", "revoke", text[:12], stdout=out)
    assert PartnerToken.good(text) is None
    call_command("partners", "list", stdout=out)
    assert f"{text[:12]}…  revoked" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_partner_is_added_although_nobody_reads_that() -> None:
    assert unread("partners", "add", "Tea & Co", env=environment()) == (0, "")
    assert Partner.objects.get().name == "Tea & Co"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "Tea & Co"], "There is a partner Tea & Co already."),
        (["token", "Nobody"], "There is no partner Nobody."),
        (["token", "Tea & Co", "--days", "0"], "A token is good for 1 to 3650 days."),
        (["token", "Tea & Co", "--days", "3651"], "A token is good for 1 to 3650 days."),
        (["revoke", ""], "Say how the token begins."),
        (["revoke", "shop_nothing"], "There is no token that begins with shop_nothing."),
        (["add", ""], f"The name of a partner {HAS}"),
        (["add", " "], f"The name of a partner {HAS}"),
        (["add", "x" * 201], f"The name of a partner {HAS}"),
        (["add", "x\x1b[31m"], f"The name of a partner {HAS}"),
        (["token", "\udcff"], "There is no partner \udcff."),
        (["token", "Tea & Co", "--for", "x" * 201], f"What a token is for {HAS}"),
        (["token", "Tea & Co", "--for", ""], f"What a token is for {HAS}"),
        (["revoke", "\udcff"], "There is no token that begins with \udcff."),
    ],
)
def test_what_cannot_be_done_at_the_terminal(words: list[str], sentence: str) -> None:
    partner()
    with pytest.raises(CommandError) as error:
        call_command("partners", *words)
    assert str(error.value) == sentence
    assert Partner.objects.get().name == "Tea & Co"
    assert not PartnerToken.objects.exists()


def test_the_longest_names_at_the_terminal() -> None:
    call_command("partners", "add", "x" * 200, stdout=StringIO())
    call_command("partners", "token", "x" * 200, "--for", "y" * 200, stdout=StringIO(), stderr=StringIO())
    assert PartnerToken.objects.get().name == "y" * 200


@pytest.mark.parametrize("words", [[], ["add", "Tea & Co"], ["token", "Tea & Co"]])
def test_a_database_without_partners_gets_a_sentence(words: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_partner RENAME TO accounts_gone")
    with pytest.raises(CommandError, match=r'^The database says: relation "accounts_partner" does not exist\. Has man'):
        call_command("partners", *words)


@pytest.mark.parametrize("rows", ["partner", "partnertoken", "partnersubscription"])
def test_what_no_row_can_be_is_answered_as_elsewhere_in_the_admin(rows: str) -> None:
    client, listed = browsing(somebody(ADMIN)), reverse(f"admin:accounts_{rows}_changelist")
    for query in ("name__exact=%00", "id__exact=%00"):
        assert client.get(f"{listed}?{query}").headers["Location"] == f"{listed}?e=1"
    assert client.get(f"{listed}%00/change/").status_code == 302
    for key in ("\0", "x"):
        assert client.post(listed, {"action": "revoke", "_selected_action": [key]}).status_code in {200, 302}


def until(day: str) -> dict[str, str]:
    """When a token expires, as an admin types it."""
    return {"expires_at_0": day, "expires_at_1": "00:00"}


def in_days(number: int) -> str:
    """The day that comes so many days after today."""
    return str(timezone.localdate() + timedelta(days=number))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", in_days(0), in_days(3652)], ids=range(4))
def test_a_token_that_nobody_could_use_or_that_never_expires_is_not_made(day: str) -> None:
    said = {"partner": str(partner().id), "name": "the ERP", "scopes": ["orders:read"], **until(day)}
    client = browsing(somebody(ADMIN))
    page = client.post(reverse("admin:accounts_partnertoken_add"), said).content.decode()
    assert "Choose a time within the next 3650 days." in page
    assert not PartnerToken.objects.exists()
    assert client.get(reverse("admin:accounts_partnertoken_changelist")).status_code == 200


def test_an_admin_makes_a_token_sees_it_once_and_revokes_it() -> None:
    of = partner()
    client = browsing(somebody(ADMIN))
    said = {"partner": str(of.id), "name": "the ERP", "scopes": list(SCOPES[:2]), **until(in_days(3649))}
    page = client.post(reverse("admin:accounts_partnertoken_add"), said, follow=True).content.decode()
    text = page.partition("The token is ")[2].partition(".")[0]
    found = PartnerToken.good(text)
    assert found
    assert found.scopes == sorted(SCOPES[:2])
    again = client.get(reverse("admin:accounts_partnertoken_changelist")).content.decode()
    assert text not in again
    assert text[:12] in again
    client.post(
        reverse("admin:accounts_partnertoken_changelist"), {"action": "revoke", "_selected_action": [str(found.pk)]}
    )
    assert PartnerToken.good(text) is None


@pytest.mark.parametrize("page", ["partner", "partnertoken"])
def test_nobody_else_says_who_our_partners_are(page: str) -> None:
    client = browsing(somebody(FINANCE))
    assert client.get(reverse(f"admin:accounts_{page}_changelist")).status_code in {302, 403}
    assert client.get(reverse(f"admin:accounts_{page}_add")).status_code in {302, 403}
    assert browsing(somebody(ADMIN)).get(reverse(f"admin:accounts_{page}_changelist")).status_code == 200
