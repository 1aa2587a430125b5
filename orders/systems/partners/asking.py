"""How partners ask: an operation says what it wants, who may ask for it, and what it answers; the rest happens here."""

import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Partner, PartnerToken
from eventstore import outside
from eventstore.dispatch import Answer, dispatch
from eventstore.errors import CommandReused, Conflict, Forbidden, Invalid, PersonErased
from eventstore.messages import Command, Refused
from orders.systems.partners.language import Key
from orders.systems.partners.problems import Problem
from orders.templatetags.shop import sentence

KEY = "Idempotency-Key"


class Asked(NamedTuple):
    """What a partner asks: by its token, with what stands in the address and the body, under the id of a command."""

    partner: Partner
    scopes: frozenset[str]
    path: Mapping[str, Any]
    query: Any
    body: Any
    command_id: UUID
    request: HttpRequest

    def send(self, command: Command) -> Answer:
        """Have a command done for the partner, once for each of its keys."""
        return dispatch(command, actor=self.partner.actor, command_id=self.command_id)


class Given(NamedTuple):
    """What is answered."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = {}


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a partner can ask for. With a `body` it is a command, and wants a key; `answers` by status."""

    name: str
    method: str
    summary: str
    do: Callable[[Asked], Given]
    answers: Mapping[int, Any]
    scope: str
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    problems: tuple[str, ...] = ()


UNREAD = gettext_lazy("The body could not be read to its end.")
TOLD: dict[type[Exception], tuple[str, str | Promise]] = {
    PersonErased: ("refused", gettext_lazy("The data of this customer were erased.")),
    CommandReused: ("key_reused", ""),
    Forbidden: ("not_there", ""),
    RequestDataTooBig: ("too_long", ""),
    UnreadablePostError: ("malformed", UNREAD),
    RawPostDataException: ("malformed", UNREAD),
}

type View = Callable[..., HttpResponse]


def resource(operations: Iterable[Operation]) -> View:
    """The view of an address at which these operations can be asked for. Nobody is let in but by a token."""
    by_method = {operation.method: operation for operation in operations}
    allowed = ", ".join(sorted(by_method))

    @csrf_exempt
    @login_not_required
    def view(request: HttpRequest, **path: Any) -> HttpResponse:
        began = time.monotonic()
        method = "GET" if request.method == "HEAD" else str(request.method)
        try:
            if method not in by_method:
                raise Problem(
                    "wrong_method",
                    _("What can be done here: %(methods)s.") % {"methods": allowed},
                    headers={"Allow": allowed},
                )
            token = known(request)
        except Problem as problem:
            return problem.answer()
        answer = done(by_method[method], token, request, path)
        token.note(time.monotonic() - began, failed=answer.status_code >= HTTPStatus.BAD_REQUEST)
        return answer

    return view


def done(operation: Operation, token: PartnerToken, request: HttpRequest, path: Mapping[str, Any]) -> HttpResponse:
    """Do what is asked; what is answered, be it that it cannot be done."""
    try:
        return answered(operation.do(asked(operation, token, request, path)))
    except Problem as problem:
        return problem.answer()
    except Exception as error:
        told = problem_of(error)
        if told is None:
            raise
        return told.answer()


def answered(given: Given) -> HttpResponse:
    """The answer as it is sent; nobody keeps it unless it says so."""
    body = given.body if isinstance(given.body, bytes) else msgspec.json.encode(given.body)
    headers = {"Cache-Control": "no-store"} | dict(given.headers)
    answer = HttpResponse(body, status=given.status, content_type="application/json", headers=headers)
    if not body:
        del answer.headers["Content-Type"]
    return answer


def problem_of(error: Exception) -> Problem | None:
    """What a partner is told of what went wrong with a command; nothing of what they can do nothing about."""
    match error:
        case Refused():
            return Problem("refused", sentence(error.sentence, error.values), rule=error.sentence)
        case Invalid():
            return Problem("malformed", str(error))
        case Conflict():
            return Problem("changed_meanwhile", headers={"Retry-After": "1"})
        case _:
            return next((Problem(*told) for faults, told in TOLD.items() if isinstance(error, faults)), None)


def asked(operation: Operation, token: PartnerToken, request: HttpRequest, path: Mapping[str, Any]) -> Asked:
    """What is asked, once it is sure that whoever bears the token may, and that it is what the operation wants."""
    if operation.scope not in token.scopes:
        wanted = _("The token would have to be good for %(scope)s.") % {"scope": operation.scope}
        raise Problem("out_of_scope", wanted)
    if not token.count():
        raise Problem("too_many", headers={"Retry-After": str(60 // max(token.partner.requests_per_minute, 1) + 1)})
    key = said_key(request) if operation.body else ""
    return Asked(
        token.partner,
        frozenset(token.scopes),
        path,
        said_query(operation.query, request),
        said_body(operation.body, request) if operation.body else None,
        uuid5(token.partner.id, key),
        request,
    )


def known(request: HttpRequest) -> PartnerToken:
    """The token that the request bears."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    token = PartnerToken.good(text.strip()) if kind.lower() == "bearer" and text.isascii() else None
    if token is None:
        raise Problem("unknown_token", headers={"WWW-Authenticate": 'Bearer realm="partners"'})
    return token


def said_key(request: HttpRequest) -> str:
    """The key under which the command is sent."""
    try:
        return str(msgspec.convert(request.headers.get(KEY), Key))
    except msgspec.ValidationError:
        wanted = _("Send the header %(header)s: 1 to 255 characters of ASCII, without spaces.") % {"header": KEY}
        raise Problem("malformed", wanted) from None


def said_query[Q: msgspec.Struct](wanted: type[Q], request: HttpRequest) -> Q:
    """The parameters of the address. None may come twice, and none that is not known."""
    values = dict(request.GET.lists())
    if twice := sorted(name for name, those in values.items() if len(those) > 1):
        fault = _("The parameter %(name)s stands in the address more than once.") % {"name": twice[0]}
        raise Problem("malformed", fault)
    try:
        return msgspec.convert({name: those[0] for name, those in values.items()}, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("malformed", _("In the address: %(fault)s.") % {"fault": error}) from None


def said_body[B: msgspec.Struct](wanted: type[B], request: HttpRequest) -> B:
    """What stands in the body."""
    if request.content_type != "application/json":
        raise Problem("wrong_type")
    try:
        return msgspec.convert(with_whole_numbers(outside.decode(request.body)), wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError) as error:
        raise Problem("malformed", _("In the body: %(fault)s.") % {"fault": error}) from None


def with_whole_numbers(said: Any) -> Any:
    """What was said, with 2 for each 2.0, which is the same number to JSON Schema, by which the document speaks."""
    match said:
        case float() if said.is_integer():
            return int(said)
        case list():
            return [with_whole_numbers(each) for each in said]
        case dict():
            return {name: with_whole_numbers(each) for name, each in said.items()}
        case _:
            return said
