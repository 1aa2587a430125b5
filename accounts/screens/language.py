"""Language: the one that somebody chooses for the pages is the one in which we write to them, too."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from accounts.models import User


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Set the language of the pages, and remember it for whoever is signed in."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        User.objects.filter(id=request.user.id).update(language=chosen)
    return set_language(request)
