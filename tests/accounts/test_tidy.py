"""What nobody can use any more is cleared away: sessions that have expired, and sign-ups that came to nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.tasks import STALE, tidy
from tests.shop import browsing, somebody

pytestmark = pytest.mark.django_db


def test_it_is_done_every_hour() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["tidy"]
    assert entry["task"] == tidy.name
    assert entry["schedule"] == timedelta(hours=1).total_seconds()


def test_sessions_that_have_expired_go_and_the_others_stay() -> None:
    for name in ("Clara Vogel", "Olaf Other"):
        browsing(somebody(CUSTOMER, name)).get("/basket/")
    gone = Session.objects.order_by("session_key")[0]
    Session.objects.filter(pk=gone.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    tidy()
    assert gone not in Session.objects.all()
    assert Session.objects.count() == 1


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
