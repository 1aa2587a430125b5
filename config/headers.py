"""What a page may ask of a browser, and who may keep it, beside what Django's own middleware says."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# The shop uses none of these; a script that came in after all shall not either.
NOTHING_OF = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
POLICY = ", ".join(f"{feature}=()" for feature in NOTHING_OF)


class HeadersMiddleware:
    """Says with every answer what the page may not use; and that what is shown to one person is nobody else's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its headers."""
        answer = self.get_response(request)
        answer.headers.setdefault("Permissions-Policy", POLICY)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_for_somebody(request):
            answer.headers.setdefault("Cache-Control", "private, no-store")  # or Back would show what was so before
        return answer


def is_for_somebody(request: HttpRequest) -> bool:
    """Whether it is shown to one person, or what a visitor did; also where the database is away, who would know."""
    user, session = getattr(request, "user", None), getattr(request, "session", None)
    try:
        return user is not None and (user.is_authenticated or bool(session and session.session_key))
    except Error:
        return True
