"""The second factor: in an installation, whoever works here sets one up before they do anything else."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from accounts.domain.roles import STAFF
from accounts.models import User

# Where somebody may go who still has to set theirs up.
ON_THE_WAY = frozenset(
    {
        "account_reauthenticate",
        "accounts:sign_out",
        "health",
        "mfa_activate_totp",
        "projections_health",
        "set_language",
        "systems_health",
    }
)


def is_needed(user: User) -> bool:
    """Whether this person has to have a second factor."""
    return bool(settings.STAFF_SECOND_FACTOR and user.roles & STAFF)


def is_set_up(user: User) -> bool:
    """Whether this person is asked for a code when they sign in."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def is_lacking(user: User) -> bool:
    """Whether this person has to have a second factor, and has none yet."""
    return is_needed(user) and not is_set_up(user)


def wait_for(user: User) -> None:
    """Wait until nobody else changes this person's second factor; nobody does until the transaction is over."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


class SecondFactorMiddleware:
    """Leads those who work here, and have no second factor yet, to the page on which they set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """On to the page of the second factor, where it is lacking."""
        match = request.resolver_match
        if (match and match.view_name in ON_THE_WAY) or not isinstance(request.user, User):
            return None
        return redirect("mfa_activate_totp") if is_lacking(request.user) else None
