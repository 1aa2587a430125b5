"""Kept: what somebody had typed when their session ended, until they have signed in again and send it once more."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Session, User
from accounts.screens.sealing import sealer
from accounts.sessions import SessionStore
from orders.screens.customer import basket

PLACE = "kept"  # in the session
BEGUN = "begun"  # beside it: the order that was begun in the session that has ended
MARK = "whose"  # the field of a form that says in whose session it was shown
LONGEST = 100_000  # bytes
PATIENCE = timedelta(hours=1)
OURS = frozenset({"csrfmiddlewaretoken", MARK})
# What is never kept, wherever it is typed.
SECRET = frozenset({"code", "password", "password1", "oldpassword"})


class Typed(NamedTuple):
    """The fields of a form, where it was sent to, and by whom."""

    path: str
    fields: dict[str, list[str]]
    person: UUID


class KeepingMiddleware:
    """Stands before the one that asks for a sign-in, and keeps what would be lost on the way there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: object) -> HttpResponse | None:
        """Keep what is sent without a session, and lead to the sign-in; forget it once it is sent with one."""
        if request.method != "POST":
            return None
        if request.user.is_authenticated:
            typed = kept(request)
            if typed and typed.path == request.get_full_path():
                del request.session[PLACE]
            return None
        asks_for_sign_in = getattr(view, "login_required", True)
        if asks_for_sign_in and (ended := ended_session(request)) and keep(request, ended):
            return redirect_to_login(reverse("accounts:go_on"))
        return None


def ended_session(request: HttpRequest) -> Session | None:
    """Somebody's session that has ended; None where nobody was signed in, or all of their sessions were ended.

    A browser throws the cookie away as the session ends; then the form's mark says which one it was.
    """
    held = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))  # without a key, where that can be none
    keys = [key for key in (held.session_key, marked(request.POST.get(MARK, ""))) if key]
    found = Session.objects.exclude(user_id=None).in_bulk(keys)
    return next((found[key] for key in keys if key in found), None)


def mark(request: HttpRequest) -> str:
    """What a form says of the session in which it is shown: sealed, and worth nothing but to keep what was typed."""
    key = request.session.session_key if request.user.is_authenticated else None
    return sealer().encrypt(f"{MARK}:{key}".encode()).decode() if key else ""


def marked(sealed: str) -> str:
    """The session that a mark is of; none where we have not made it."""
    try:
        what, _, key = sealer().decrypt(sealed.encode()).decode().partition(":")
    except InvalidToken:
        return ""
    return key if what == MARK else ""


def keep(request: HttpRequest, ended: Session) -> bool:
    """Seal what was typed, and the order that was begun, into a session that ends soon; whether it could be kept."""
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in OURS}
    text = json.dumps([request.get_full_path(), fields, str(ended.user_id)])
    if len(text) > LONGEST or SECRET & fields.keys():
        return False
    request.session.cycle_key()  # with what is in the basket meanwhile
    request.session[PLACE] = sealer().encrypt(text.encode()).decode()
    if begun := basket.begun(ended.get_decoded()):
        text = json.dumps([begun, str(ended.user_id)])
        request.session[BEGUN] = sealer().encrypt(text.encode()).decode()
    request.session.set_expiry(PATIENCE)
    return True


def opened(sealed: str | None) -> Any:
    """What we have sealed; None where there is nothing, or nothing of ours."""
    try:
        return json.loads(sealer().decrypt(sealed.encode())) if sealed else None
    except InvalidToken:
        return None


def kept(request: HttpRequest) -> Typed | None:
    """What this person had typed; nothing of what somebody else had."""
    if (found := opened(request.session.get(PLACE))) is None:
        return None
    path, fields, person = found
    typed = Typed(path, fields, UUID(person))
    return typed if isinstance(request.user, User) and request.user.id == typed.person else None


def signed_in(request: HttpRequest, user: User, **_: object) -> None:
    """Whoever signs in again goes on with the order that they had begun; nobody else learns of it."""
    if found := opened(request.session.pop(BEGUN, None)):
        begun, person = found
        if person == str(user.id):
            basket.take_up(request, begun)


@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest) -> HttpResponse:
    """After the sign-in: send it now, or leave it."""
    typed = kept(request)
    if typed is None or request.method == "POST":
        request.session.pop(PLACE, None)
        return redirect("home")
    fields = [(name, value) for name, values in typed.fields.items() for value in values]
    return render(request, "accounts/go_on.html", {"path": typed.path, "fields": fields})
