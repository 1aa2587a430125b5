"""The document of all that partners can ask for (OpenAPI 3.1), made of the operations themselves."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from django.utils import translation

from orders.systems.partners.asking import KEY, Nothing, Operation
from orders.systems.partners.language import Key
from orders.systems.partners.problems import CONTENT_TYPE, KINDS, ProblemDetails
from orders.systems.partners.resources import RESOURCES, ROOT

REF = "#/components/schemas/{name}"
NAMED = re.compile(r"\{(\w+)\}")
ALWAYS = ("malformed", "unknown_token", "out_of_scope", "too_many")
WITH_A_BODY = ("changed_meanwhile", "too_long", "wrong_type", "refused", "key_reused")
RETRY_AFTER = {"Retry-After": {"description": "In so many seconds.", "schema": {"type": "integer"}}}
HEADERS: dict[str, dict[str, Any]] = {
    "unknown_token": {"WWW-Authenticate": {"schema": {"type": "string"}}},
    "too_many": RETRY_AFTER,
    "changed_meanwhile": RETRY_AFTER,
}
INFO = {
    "title": "Mail-order shop: partners",
    "version": "1.0.0",
    "description": "Place and follow orders, and hear what happens to them. See docs/partners.md for a beginning.",
}


def document() -> dict[str, Any]:
    """The whole document, in English whoever reads it."""
    with translation.override("en"):
        return written()


def written() -> dict[str, Any]:
    """The document in the language that is spoken now."""
    types = [each for operations in RESOURCES.values() for operation in operations for each in types_of(operation)]
    _, components = msgspec.json.schema_components([*types, ProblemDetails], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "security": [{"token": []}],
        "paths": {f"{ROOT}{path}": item(path, operations) for path, operations in RESOURCES.items()},
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def types_of(operation: Operation) -> Iterator[Any]:
    """Every type that is sent or answered."""
    yield from filter(None, [operation.body, *operation.answers.values()])


def item(path: str, operations: tuple[Operation, ...]) -> dict[str, Any]:
    """What can be done at an address."""
    named = [parameter("path", name, schema_of_path(name)) for name in NAMED.findall(path)]
    return {operation.method.lower(): described(operation, named) for operation in operations}


def described(operation: Operation, named: list[dict[str, Any]]) -> dict[str, Any]:
    """An operation."""
    kinds = [*ALWAYS, *operation.problems, *(WITH_A_BODY if operation.body else ())]
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"The token has to be good for `{operation.scope}`.",
        "parameters": [*named, *parameters(operation)],
        "responses": {str(status): answer(status, kind) for status, kind in operation.answers.items()}
        | problems(kinds),
    }
    if operation.body:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema(operation.body)}}}
    return found


def parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    """What may stand in the address behind the question mark, and the key of a command."""
    if operation.query is not Nothing:
        described = msgspec.json.schema(operation.query)["$defs"][operation.query.__name__]
        for name, about in described["properties"].items():
            yield parameter("query", name, about) | {"required": name in described.get("required", ())}
    if operation.body:
        yield parameter("header", KEY, msgspec.json.schema(Key))


def parameter(place: str, name: str, about: dict[str, Any]) -> dict[str, Any]:
    """A parameter that has to be there."""
    return {"in": place, "name": name, "required": True, "schema": about}


def schema_of_path(name: str) -> dict[str, Any]:
    """What stands in an address: ids as UUIDs in small letters, and words."""
    if name.endswith("_id"):
        return {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"}
    return {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_.-]+$"}


def answer(status: int, kind: Any) -> dict[str, Any]:
    """A good answer."""
    found: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if kind is not None:
        found["content"] = {"application/json": {"schema": schema(kind)}}
    if status == HTTPStatus.CREATED:
        found["headers"] = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
    if status == HTTPStatus.NOT_MODIFIED:
        found["description"] = "Nothing has changed since you were given what you named in If-None-Match."
    if status == HTTPStatus.ACCEPTED:
        found["headers"] = RETRY_AFTER
    return found


def problems(kinds: list[str]) -> dict[str, Any]:
    """What can be wrong, by status."""
    found: dict[str, Any] = {}
    for kind in kinds:
        status, title = KINDS[kind]
        known = found.get(str(int(status)))
        found[str(int(status))] = {
            "description": f"{known['description']} {title}" if known else str(title),
            "headers": HEADERS.get(kind, {}),
            "content": {CONTENT_TYPE: {"schema": schema(ProblemDetails)}},
        }
    return found


def schema(kind: Any) -> dict[str, Any]:
    """How a body looks: by its name among the components."""
    [found], _ = msgspec.json.schema_components([kind], ref_template=REF)
    return found
