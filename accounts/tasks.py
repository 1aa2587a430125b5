"""What Celery runs for sign-ins: now and then it clears away what nobody can use any more."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.sessions import SessionStore

# A letter's link is good for three days, and another one can be asked for; who comes later than this begins anew.
STALE = timedelta(days=30)

# For so long it is known whose a session was that has expired: who was in the middle of something goes on there.
KNOWN = timedelta(days=1)


@shared_task(name="accounts.tasks.tidy")
def tidy() -> None:
    """Clear sessions that have expired, and sign-ups whose address nobody has ever shown to be theirs.

    Nothing has happened for such a sign-up yet: whoever made it is no customer, and can sign up again.
    """
    ended = Session.objects.filter(expire_date__lt=timezone.now())
    ended.filter(Q(user_id=None) | Q(expire_date__lt=timezone.now() - KNOWN)).delete()
    ended.update(session_data=SessionStore().encode({}))  # whose they were is all that is still of use
    stale_sign_ups().delete()


def stale_sign_ups() -> QuerySet[User]:
    """Customers to be who were sent a letter long ago, and have neither followed its link nor ever signed in."""
    return unshown_sign_ups().filter(joined_at__lt=timezone.now() - STALE)


def unshown_sign_ups() -> QuerySet[User]:
    """Customers to be who have never shown that the address they signed up with is theirs."""
    unshown = User.objects.filter(emailaddress__verified=False, last_login=None)
    return unshown.filter(groups__name=CUSTOMER).exclude(emailaddress__verified=True)
