"""The addresses at which partners ask, and read what they can ask for."""

import json
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from orders.systems.partners.asking import resource
from orders.systems.partners.document import NAMED, document
from orders.systems.partners.problems import KINDS, Problem
from orders.systems.partners.resources import RESOURCES, ROOT
from orders.systems.partners.schemas import schema


def route(address: str) -> str:
    """The address as Django writes it."""
    return NAMED.sub(lambda found: f"<{'uuid' if found[1].endswith('_id') else 'str'}:{found[1]}>", address)


def name_of(address: str) -> str:
    """What the address is called among all of the shop's."""
    return "_".join(part.strip("{}").replace("-", "_") for part in address.rstrip("/").split("/"))


@cache
def text_of_document() -> bytes:
    """The document as it is sent."""
    return json.dumps(document(), indent=1).encode()


@require_safe
@login_not_required
def openapi(_: HttpRequest) -> HttpResponse:
    """The document, for everybody."""
    return HttpResponse(text_of_document(), content_type="application/json")


@require_safe
@login_not_required
def problem(_: HttpRequest, kind: str) -> HttpResponse:
    """What a kind of problem means, for everybody who follows its `type`."""
    if kind not in KINDS:
        return Problem("not_there").answer()
    status, title = KINDS[kind]
    about = {"type": f"{ROOT}problems/{kind}/", "status": int(status), "title": str(title)}
    return HttpResponse(json.dumps(about), content_type="application/json")


@csrf_exempt
@login_not_required
def nothing(_: HttpRequest) -> HttpResponse:
    """An address at which there is nothing."""
    return Problem("not_there", gettext("There is nothing at this address.")).answer()


app_name = "partners"
urlpatterns = [
    path("api/v1/openapi.json", openapi, name="openapi"),
    path("api/v1/problems/<str:kind>/", problem, name="problem"),
    *(
        path(f"api/v1/{route(address)}", resource(operations), name=name_of(address))
        for address, operations in RESOURCES.items()
    ),
    path("partners/schemas/<str:name>.json", schema, name="schema"),
    re_path(r"^api/[\s\S]*$", nothing, name="nothing"),  # a line break in an address is nothing of ours either
]
