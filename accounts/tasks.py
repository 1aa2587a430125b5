"""What Celery runs for sign-ins: now and then it clears away what nobody can use any more."""

from datetime import timedelta

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.sessions import SessionStore

# A letter's link is good for three days, and another one can be asked for; who comes later than this begins anew.
STALE = timedelta(days=30)


@shared_task(name="accounts.tasks.tidy")
def tidy() -> None:
    """Clear sessions that have expired, and sign-ups whose address nobody has ever shown to be theirs.

    Nothing has happened for such a sign-up yet: whoever made it is no customer, and can sign up again.
    """
    SessionStore.clear_expired()
    stale_sign_ups().delete()


def stale_sign_ups() -> QuerySet[User]:
    """Customers to be who were sent a letter long ago, and have neither followed its link nor ever signed in."""
    long_ago = timezone.now() - STALE
    unshown = User.objects.filter(emailaddress__verified=False, last_login=None, joined_at__lt=long_ago)
    return unshown.filter(groups__name=CUSTOMER).exclude(emailaddress__verified=True)
