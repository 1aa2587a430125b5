"""Language: the one in which somebody reads the pages is the one in which we write to them, too."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.views.i18n import set_language

from accounts.models import User


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Set the language of the pages, and remember it for whoever is signed in."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        User.objects.filter(id=request.user.id).update(language=chosen)
    return set_language(request)


def spoken() -> str:
    """The language of the page; empty where it is none of the shop's."""
    language = get_language() or ""
    return language if language in dict(settings.LANGUAGES) else ""


def signed_in(request: HttpRequest, user: User, **_: object) -> None:
    """What somebody has chosen before they signed in counts; whoever never chose is known by the page from now on."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) == spoken()
    if chosen or not user.language:
        User.objects.filter(id=user.id).update(language=spoken())
