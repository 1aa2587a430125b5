"""Print label: the file of a parcel's label, for whoever packs it."""

from mimetypes import guess_type
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.domain.roles import WAREHOUSE
from accounts.models import User
from orders.systems.carrier import labels


@require_safe
def print_label(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """The label, while it is kept: it says where somebody lives, and is for nobody but the warehouse."""
    if not isinstance(request.user, User) or WAREHOUSE not in request.user.roles:
        raise PermissionDenied
    name = labels.name_of(shipment_id)
    if name is None:
        raise Http404
    with storages["labels"].open(name) as file:
        kind, _ = guess_type(name)
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(file.read(), content_type=kind, headers=headers)
