"""Processes in Django admin: where instances stand, what they owe and what they wait for. To look at, and no more."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from eventstore.models import DueDeadline, Effect, OwedCommand, ProcessInstance, TrailEntry
from eventstore.process.history import OPERATORS

if TYPE_CHECKING:
    RowsAdmin = admin.ModelAdmin[Model]
else:
    RowsAdmin = admin.ModelAdmin


class Rows(ChangeList):
    """A list of rows, narrowed by what its filters offer, and by what a row can be."""

    def get_filters_params(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """What it is narrowed by, but for a NUL, which no text of the database holds."""
        asked_for: dict[str, Any] = super().get_filters_params(*arguments, **options)
        if any("\0" in text for texts in asked_for.values() for text in texts):
            raise IncorrectLookupParameters
        return asked_for

    def get_filters(self, request: HttpRequest) -> tuple[list[Any], bool, dict[str, Any], bool, bool]:
        """Its filters, and what they make of the address; nothing else in it narrows the list."""
        specs, has_filters, left, duplicates, active = super().get_filters(request)
        if left:
            raise IncorrectLookupParameters
        return specs, has_filters, left, duplicates, active

    def get_results(self, request: HttpRequest) -> None:
        """The rows of a page; a time with an offset that the database does not know is of none."""
        try:
            super().get_results(request)
        except DataError as fault:
            raise IncorrectLookupParameters from fault


class KeyedAdmin(RowsAdmin):
    """Rows by their keys; one that no row can have is answered as one that no row has."""

    def get_changelist(self, *_: Any, **__: Any) -> type[ChangeList]:
        """The list of rows."""
        return Rows

    def get_object(self, request: HttpRequest, object_id: str, *arguments: Any, **options: Any) -> Model | None:
        """The row of a key, if there is one."""
        return super().get_object(request, object_id, *arguments, **options) if self.is_key(object_id) else None

    def response_action(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse | None:
        """What comes of an action; the list again, where a key is selected that no row can have."""
        if not all(map(self.is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().response_action(request, *arguments, **options)

    def is_key(self, text: str) -> bool:
        """Whether a row can have it."""
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return "\0" not in text


class LookingAdmin(KeyedAdmin):
    """Rows as they are. What an operator decides is a command, with a reason: manage.py processes."""

    list_per_page = 50
    show_full_result_count = False
    view_on_site = False

    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

    def has_view_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Operators look at everything."""
        return request.user.is_superuser or not OPERATORS.isdisjoint(getattr(request.user, "roles", ()))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may look at rows finds them."""
        return self.has_view_permission(request)


@admin.register(ProcessInstance)
class ProcessInstanceAdmin(LookingAdmin):
    """Where one run of a process stands."""

    list_display = ("stream", "process", "version", "stands", "since", "ended")
    list_filter = ("process", "ended", "version", "since")
    search_fields = ("key__exact",)
    fields = ("stream", "process", "key", "version", "stands", "since", "ended", "waits", "state_as_text")
    readonly_fields = fields

    @admin.display(description=_("state"))
    def state_as_text(self, row: ProcessInstance) -> str:
        """All that it knows."""
        return bytes(row.state).decode()


@admin.register(OwedCommand)
class OwedCommandAdmin(LookingAdmin):
    """A command that could not be sent yet."""

    list_display = ("name", "stream", "addressee", "attempts", "owed_since", "next_try_at", "refused", "error")
    list_filter = ("name", "refused", "next_try_at", "owed_since")
    search_fields = ("command_id__exact", "stream__exact")
    fields = ("command_id", *list_display, "content_as_text", "correlation", "causation")
    readonly_fields = fields

    @admin.display(description=_("content"))
    def content_as_text(self, row: OwedCommand) -> str:
        """What it says."""
        return bytes(row.content).decode()


@admin.register(Effect)
class EffectAdmin(LookingAdmin):
    """What was asked of another system, and is not answered yet."""

    list_display = ("name", "system", "stream", "attempts", "owed_since", "next_try_at", "refused", "error")
    list_filter = ("system", "name", "refused", "next_try_at", "owed_since")
    search_fields = ("key__exact", "command_id__exact", "stream__exact")
    fields = ("key", "command_id", *list_display, "unsure", "content_as_text", "correlation", "causation")
    readonly_fields = fields

    @admin.display(description=_("content"))
    def content_as_text(self, row: Effect) -> str:
        """What it says."""
        return bytes(row.content).decode()


@admin.register(DueDeadline)
class DueDeadlineAdmin(LookingAdmin):
    """Until when an instance waits for something."""

    list_display = ("name", "stream", "due_at")
    list_filter = ("due_at",)
    search_fields = ("stream__exact",)
    fields = ("name", "stream", "due_at", "correlation", "causation")
    readonly_fields = fields


@admin.register(TrailEntry)
class TrailEntryAdmin(LookingAdmin):
    """Who asked for what, when, and what came of it."""

    list_display = ("name", "actor", "asked_at", "outcome", "stream", "happened", "said")
    list_filter = ("outcome", "by_process", "asked_at")
    search_fields = ("command__exact", "actor__exact", "name__exact")
    ordering = ("-asked_at", "-command")
    fields = ("command", *list_display)
    readonly_fields = fields

    @admin.display(description=_("what was said"))
    def said(self, row: TrailEntry) -> str:
        """The sentence with which it was refused."""
        return str(row.refused or "")
