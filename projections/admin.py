"""The read models in Django admin: to look at, to see what a row was made of, and to have single rows made anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import ADMIN
from accounts.models import User
from eventstore.admin import LookingAdmin
from eventstore.errors import Invalid
from eventstore.management import asked
from projections.engine import AnyProjection, ReadModel, projections
from projections.engine.inspection import rebuild_rows, verify_rows
from projections.engine.origins import Origin, all_origins, of_one_cause, origins
from projections.engine.rebuild import Hindered

# Where the tasks of what a row names begin.
SCREENS = {"order_id": ("orders:order", _("Order")), "sku": ("orders:product", _("Product"))}
MOST = 100  # rows of one action, whose events are looked for in the whole log


class ReadModelAdmin(LookingAdmin):
    """Rows as they are. Nobody adds, changes or deletes one: that is what events are for."""

    actions = ("rebuild", "verify")

    def __init__(self, model: type[ReadModel], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        self.projection: AnyProjection = next(each for each in projections().values() if each.model is model)
        self.columns = model._meta.concrete_fields
        named = any(field.name in SCREENS for field in self.columns)
        self.links = ("events", "screens") if named else ("events",)

    def get_list_display(self, *_: Any, **__: Any) -> list[Any]:
        """A row by its name, its links, and what is short in it."""
        return ["__str__", *self.links, *(field.name for field in self.columns if is_listed(field))]

    def get_list_filter(self, *_: Any, **__: Any) -> list[Any]:
        """Choices, yes and no, and times."""
        return [field.name for field in self.columns if is_filter(field)]

    def get_search_fields(self, *_: Any, **__: Any) -> list[str]:
        """Texts and ids."""
        return [lookup for field in self.columns if (lookup := searched(field))]

    def get_fields(self, *_: Any, **__: Any) -> list[Any]:
        """All of a row, and its links."""
        return [*(field.name for field in self.columns), *self.links]

    def get_readonly_fields(self, *_: Any, **__: Any) -> list[Any]:
        """All of it."""
        return self.get_fields()

    def has_view_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins look at everything."""
        return isinstance(request.user, User) and (request.user.is_superuser or ADMIN in request.user.roles)

    def get_urls(self) -> list[URLPattern]:
        """Django's own pages, and that of a row's events."""
        view = self.admin_site.admin_view(self.show_events)
        return [path("<path:object_id>/events/", view, name=self.page("events")), *super().get_urls()]

    def page(self, name: str) -> str:
        """The name of one of these pages among all addresses."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    @admin.display(description=_("events"))
    def events(self, row: ReadModel) -> SafeString:
        """The way to the events that a row was made of."""
        url = reverse(f"{self.admin_site.name}:{self.page('events')}", args=[quote(row.pk)])
        return format_html('<a href="{}">{}</a>', url, _("Events"))

    @admin.display(description=_("tasks"))
    def screens(self, row: ReadModel) -> SafeString:
        """The ways to the screens with the tasks of what the row names."""
        named = ((address, label, getattr(row, field, None)) for field, (address, label) in SCREENS.items())
        links = [(reverse(address, args=[key]), label) for address, label, key in named if key]
        return format_html_join(" ", '<a href="{}">{}</a>', links)

    def show_events(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """The events that a row was made of."""
        row = cast(ReadModel | None, self.get_object(request, unquote(object_id)))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        title, found = gettext("Events"), list[Origin]()
        with self.faults_as_messages(request):
            title, found = self.found(request, row)
        context = {"opts": self.opts, "row": row, "title": title, "origins": found}
        page = self.admin_site.each_context(request) | context
        return TemplateResponse(request, "admin/projections/events.html", page)

    def found(self, request: HttpRequest, row: ReadModel) -> tuple[str, list[Origin]]:
        """What is asked for: those near the row; with `everywhere` those in the whole log; or all of one cause."""
        if correlation := request.GET.get("correlation"):
            return gettext("All events of one cause"), of_one_cause(asked.identity(correlation))
        if "everywhere" in request.GET:
            return gettext("The events it was made of, from the whole log"), all_origins(self.projection, row)
        return gettext("The events it was made of"), origins(self.projection, row)

    @admin.action(description=_("Make the selected rows anew"))
    def rebuild(self, request: HttpRequest, queryset: models.QuerySet[ReadModel]) -> None:
        """Make these rows anew from the log, in place."""
        with self.faults_as_messages(request):
            rows = few(queryset)
            events = rebuild_rows(self.projection, [row.pk for row in rows])
            trace(request, rows, "Made anew from the log.")
            done = ngettext("%(rows)d row was made anew", "%(rows)d rows were made anew", len(rows))
            of = ngettext("of %(events)d event.", "of %(events)d events.", events)
            self.message_user(request, f"{done % {'rows': len(rows)}} {of % {'events': events}}")

    @admin.action(description=_("Verify the selected rows"))
    def verify(self, request: HttpRequest, queryset: models.QuerySet[ReadModel]) -> None:
        """Say which of these rows are not what the log says."""
        with self.faults_as_messages(request):
            rows = few(queryset)
            wrong = {
                each.key: ", ".join(each.fields) for each in verify_rows(self.projection, [row.pk for row in rows])
            }
            for row in rows:
                if fields := wrong.get(str(row.pk)):
                    trace(request, [row], f"Verified: the log says otherwise of {fields}.")
                    text = gettext("%(row)s: the log says otherwise of %(fields)s.") % {"row": row, "fields": fields}
                    self.message_user(request, text, messages.WARNING)
            right = [row for row in rows if str(row.pk) not in wrong]
            trace(request, right, "Verified: it is what the log says.")
            said = ngettext("%(rows)d row is what the log says.", "%(rows)d rows are what the log says.", len(right))
            self.message_user(request, said % {"rows": len(right)})

    @contextmanager
    def faults_as_messages(self, request: HttpRequest) -> Iterator[None]:
        """Turn what hinders the block into a message."""
        try:
            yield
        except (Hindered, Invalid) as fault:
            self.message_user(request, str(fault), messages.ERROR)


def few(queryset: models.QuerySet[ReadModel]) -> list[ReadModel]:
    """The rows that were selected; Invalid for more than can be looked for in the log at once."""
    rows = list(queryset[: MOST + 1])
    if len(rows) > MOST:
        raise Invalid(gettext("Select up to %(most)d rows. For all of them: manage.py replay.") % {"most": MOST})
    return rows


def trace(request: HttpRequest, rows: Sequence[ReadModel], what: str) -> None:
    """Leave in the audit trail of each row who did what with it."""
    assert isinstance(request.user, User)
    LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, change_message=what)


def is_listed(field: "models.Field[Any, Any]") -> bool:
    """Whether a list of rows shows the field: ids are for looking up, and not for reading."""
    return not field.primary_key and not isinstance(field, models.JSONField | models.TextField | models.UUIDField)


def is_filter(field: "models.Field[Any, Any]") -> bool:
    """Whether a list of rows can be narrowed by the field."""
    return bool(field.choices) or isinstance(field, models.BooleanField | models.DateField)


def searched(field: "models.Field[Any, Any]") -> str | None:
    """How a search looks into the field: for a part of a text, or for a whole id or number of a row."""
    if isinstance(field, models.UUIDField) or (field.primary_key and isinstance(field, models.IntegerField)):
        return f"{field.name}__exact"
    return field.name if isinstance(field, models.CharField) and not field.choices else None


for each in projections().values():
    admin.site.register(each.model, ReadModelAdmin)
