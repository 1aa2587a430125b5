"""What can be wrong with what a partner asks, each in a problem document (RFC 9457) with a sentence of its own."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eventstore.messages import Message

CONTENT_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its status, and what it means."""

    status: HTTPStatus
    title: str | Promise


KINDS = {
    "malformed": Kind(HTTPStatus.BAD_REQUEST, _("What was sent is not what the document describes.")),
    "unknown_token": Kind(HTTPStatus.UNAUTHORIZED, _("Send a token that is good.")),
    "out_of_scope": Kind(HTTPStatus.FORBIDDEN, _("The token is not good for this.")),
    "not_there": Kind(HTTPStatus.NOT_FOUND, _("There is no such thing, or it is not yours.")),
    "wrong_method": Kind(HTTPStatus.METHOD_NOT_ALLOWED, _("This cannot be done here.")),
    "changed_meanwhile": Kind(HTTPStatus.CONFLICT, _("Somebody else was faster. Send it once more.")),
    "too_long": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("What was sent is too long.")),
    "wrong_type": Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("Send JSON, as application/json.")),
    "refused": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, _("A rule of the shop forbids it.")),
    "key_reused": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, _("This Idempotency-Key came with something else before.")),
    "too_many": Kind(HTTPStatus.TOO_MANY_REQUESTS, _("Too many requests. Wait, and send it once more.")),
}


class ProblemDetails(Message, omit_defaults=True):
    """What is wrong. `type` leads to what is said of all problems of its kind; `rule` is the same in every language."""

    type: str
    title: str
    status: int
    detail: str
    rule: str = ""


class Problem(Exception):
    """What is asked cannot be done, for a reason of this kind; said in the language of whoever asks."""

    def __init__(
        self, kind: str, detail: str | Promise = "", *, rule: str = "", headers: Mapping[str, str] = {}
    ) -> None:
        self.kind = kind
        self.detail = str(detail or KINDS[kind].title)
        self.rule = rule
        self.headers = dict(headers)
        super().__init__(self.detail)

    def answer(self) -> HttpResponse:
        """The problem as it is answered."""
        status, title = KINDS[self.kind]
        details = ProblemDetails(
            type=f"/api/v1/problems/{self.kind}/", title=str(title), status=status, detail=self.detail, rule=self.rule
        )
        body = msgspec.json.encode(details)
        return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=self.headers)
