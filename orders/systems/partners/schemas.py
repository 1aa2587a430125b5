"""The published language as JSON Schemas, one for each type of event, made of the types themselves."""

import json
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from orders.systems.partners.problems import Problem
from orders.systems.partners.published import TYPES, CloudEvent

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(name: str) -> dict[str, Any]:
    """How an event of this type looks, all of it."""
    data = TYPES[name]
    [envelope, content], definitions = msgspec.json.schema_components([CloudEvent, data], ref_template="#/$defs/{name}")
    whole = definitions.pop(envelope["$ref"].rpartition("/")[2])
    whole["properties"] |= {"type": {"const": name}, "data": content}
    return {"$schema": DIALECT, "$id": f"/partners/schemas/{name}.json", **whole, "$defs": definitions}


@require_safe
@login_not_required
def schema(_: HttpRequest, name: str) -> HttpResponse:
    """A schema, for everybody."""
    if name not in TYPES:
        return Problem("not_there", gettext("There is no such type of event.")).answer()
    return HttpResponse(json.dumps(schema_of(name), indent=1), content_type="application/schema+json")
