"""Another e-mail address of somebody: wanted, shown to be theirs by the link in a letter, or wanted no longer."""

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.screens.adapter import could_not_send


def waiting_for(user: User) -> EmailAddress | None:
    """The address whose letter has a link that nobody has followed yet."""
    return EmailAddress.objects.get_new(user)


def want(request: HttpRequest, user: User, email: str) -> None:
    """Send a letter there, and say so. The link of a former letter to the same address stays good."""
    waiting = waiting_for(user)
    kept = waiting is not None and waiting.email == email
    if waiting is None or not kept:
        withdraw(user)
        waiting = EmailAddress.objects.create(user=user, email=email)
    sent = send_verification_email_to_address(request, waiting)
    if could_not_send(request):
        return
    if sent or kept:
        messages.success(request, _("Look into your mail: the new address counts once you follow the link."))
    else:
        messages.error(request, _("We wrote to this address a moment ago. Ask for another letter in a few minutes."))


@transaction.atomic
def withdraw(user: User) -> int:
    """The address stays as it is, and no link that was sent is of use any more; how many addresses were waiting."""
    # Locked first: one whose link is followed at this moment is theirs from then on, and would be deleted all the same.
    waiting = EmailAddress.objects.select_for_update().filter(user=user, verified=False)
    return sum(email_address.delete()[0] for email_address in waiting)


def stranger_to(email_address: EmailAddress, request: HttpRequest) -> bool:
    """Whether somebody would change another one's address: a letter may have gone to a mailbox that is not theirs.

    Who has shown no address yet is nobody but whoever reads the letter.
    """
    of = email_address.user_id
    return request.user.pk != of and EmailAddress.objects.filter(user_id=of, verified=True).exists()


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """As whoever wants the address, and then back to the link."""
    logout(request)
    messages.info(request, _("Sign in as you did so far: then the new address can be yours."))
    return redirect_to_login(request.get_full_path(), reverse("accounts:sign_in"))
