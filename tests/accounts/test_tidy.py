"""What nobody can use any more is cleared away: sessions that have expired, and sign-ups that came to nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.sessions import SessionStore
from accounts.tasks import KNOWN, STALE, tidy
from tests.shop import browsing, somebody

pytestmark = pytest.mark.django_db


def test_it_is_done_every_hour() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["tidy"]
    assert entry["task"] == tidy.name
    assert entry["schedule"] == timedelta(hours=1).total_seconds()


def test_sessions_that_have_expired_go_after_a_day_and_those_of_nobody_at_once() -> None:
    for name in ("Clara Vogel", "Olaf Other", "Nora Now"):
        browsing(somebody(CUSTOMER, name))
    anybodys = SessionStore()
    anybodys.create()
    now, second = timezone.now(), timedelta(seconds=1)
    long_gone, gone, here = Session.objects.exclude(user_id=None).order_by("session_key")
    for row, when in ((long_gone, now - KNOWN - second), (gone, now - second), (here, now + KNOWN)):
        Session.objects.filter(pk=row.pk).update(expire_date=when)
    Session.objects.filter(pk=anybodys.session_key).update(expire_date=now - second)
    tidy()
    assert set(Session.objects.exclude(user_id=None)) == {gone, here}
    assert [Session.browsers_of(row.user_id) for row in (gone, here) if row.user_id] == [0, 1]
    assert Session.objects.get(pk=gone.pk).get_decoded() == {}
    assert Session.objects.get(pk=here.pk).get_decoded() != {}
    assert not Session.objects.filter(pk=anybodys.session_key).exists()


@pytest.mark.parametrize(
    ("days", "verified", "role", "signed_in", "stays"),
    [
        (STALE.days + 1, False, CUSTOMER, False, False),
        (STALE.days - 1, False, CUSTOMER, False, True),
        (STALE.days + 1, True, CUSTOMER, False, True),
        (STALE.days + 1, False, CUSTOMER, True, True),
        (STALE.days + 1, False, "warehouse", False, True),
    ],
    ids=["nobody came", "somebody may come", "somebody came", "somebody signed in", "somebody works here"],
)
def test_a_sign_up_that_came_to_nothing_goes(
    days: int, verified: bool, role: str, signed_in: bool, stays: bool
) -> None:
    dora = User.objects.create_user("dora.lind@example.com", None, [role], name="Dora Lind")
    dora.emailaddress_set.update(verified=verified)
    when = timezone.now()
    User.objects.update(joined_at=when - timedelta(days=days), last_login=when if signed_in else None)
    tidy()
    assert User.objects.filter(pk=dora.pk).exists() is stays
