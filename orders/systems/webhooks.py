"""Webhooks: other systems write to us here. A letter is looked at, kept and answered at once, and worked on later."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from eventstore.inbox import Letter, Suspicious, senders
from eventstore.inbox.receiving import count, receive

LARGEST = 256_000  # bytes


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest, system: str) -> HttpResponse:
    """200 once a letter is kept; 400 where it is refused, for its sender to try once more, or to look at itself."""
    sender = senders().get(system)
    if sender is None:
        raise Http404
    if length_of(request) > LARGEST:
        count(system, "too large")
        return answer("It is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        outcome = receive(sender, Letter(request.path, headers, request.body, timezone.now()))
    except Suspicious as suspicious:
        return answer(str(suspicious), HTTPStatus.BAD_REQUEST)
    except UnreadablePostError:
        count(system, "unreadable")
        return answer("It could not be read to its end.", HTTPStatus.BAD_REQUEST)
    return answer(f"It is {outcome}.")


def length_of(request: HttpRequest) -> int:
    """How long a letter says that it is; where that is no length, nothing of it is read."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


def answer(text: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """A line of text."""
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
