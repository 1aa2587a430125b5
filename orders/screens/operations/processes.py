"""Operations: what each process waits for, since when and until when; retry, skip or compensate what went wrong."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from eventstore import log
from eventstore.messages import Command
from eventstore.models import DueDeadline, Effect, OwedCommand, ProcessInstance
from eventstore.process.because import BECAUSE
from eventstore.process.history import Happening, RetryCommand, SkipCommand
from eventstore.process.instances import stream_of
from eventstore.process.overview import failing, overviews
from eventstore.process.runtime import compensation
from eventstore.process.runtime import processes as all_processes
from orders.screens.forms import TaskForm, reason
from orders.screens.open_tasks import why_not
from orders.screens.operations import for_operators
from orders.screens.operations.history import told
from orders.screens.order_tasks import ANY_REASON
from orders.screens.paging import portion
from orders.screens.task import form_page, perform, person
from orders.screens.words import names_for, who_else


@require_safe
@for_operators
def processes(request: HttpRequest) -> HttpResponse:
    """All processes, what of them waits for a person, and the deadlines ahead."""
    wrong = failing()
    context = {
        "processes": overviews(),
        "failing": [each for each in wrong if each.next_try_at is None],
        "trying": [each for each in wrong if each.next_try_at is not None],
        "deadlines": DueDeadline.objects.order_by("due_at", "stream")[:20],
    }
    return render(request, "operations/processes.html", context)


@require_safe
@for_operators
def instances(request: HttpRequest, process: str) -> HttpResponse:
    """The instances of a process that run, by how long each is where it is."""
    if process not in all_processes():
        raise Http404
    rows = ProcessInstance.objects.filter(process=process, ended=False)
    page = portion(request, rows, "since", "stream")
    return render(request, "operations/instances.html", {"process": process, "page": page})


@require_safe
@for_operators
def instance(request: HttpRequest, instance: str) -> HttpResponse:
    """One instance: where it stands, what it waits for, what it decided and what came of that."""
    row = found(instance)
    facts = list(log.read_stream(row.stream))
    names = names_for(person(request), (fact.actor for fact in facts))
    context = {
        "instance": instance,
        "row": row,
        "waits": DueDeadline.objects.filter(stream=row.stream).order_by("due_at"),
        "owed": OwedCommand.objects.filter(stream=row.stream).order_by("id"),
        "asked": Effect.objects.filter(stream=row.stream).order_by("id"),
        "history": [
            {"at": fact.recorded_at, "who": who(fact.actor, names), "texts": told(cast(Happening, fact.event))}
            for fact in facts
        ],
        "failing": [each for each in failing(instance) if each.next_try_at is None],
    }
    return render(request, "operations/instance.html", context)


def who(actor: str, names: Mapping[str, str]) -> str:
    """Who has a part in a history, in words; the process itself needs no mention in its own."""
    return names.get(actor) or ("" if actor.startswith("process:") else who_else(actor))


def found(instance: str) -> ProcessInstance:
    """The row of an instance; 404 where there is none."""
    if "\0" in instance:
        raise Http404
    return get_object_or_404(ProcessInstance, stream=stream_of(instance))


class SteeringForm(TaskForm):
    """What becomes of something that went wrong, and why."""

    reason = reason(gettext_lazy("Why?"), BECAUSE.values())

    def __init__(self, *arguments: Any, instance: str, command_id_of: UUID | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.instance = instance
        self.about = command_id_of

    def because(self, reason: str) -> Command:
        """The task with this reason."""
        raise NotImplementedError

    def command(self) -> Command:
        """The task with the reason that was given."""
        return self.because(self.cleaned_data["reason"])


class RetryForm(SteeringForm):
    """Send it again."""

    def because(self, reason: str) -> Command:
        """The retry."""
        assert self.about is not None
        return RetryCommand(instance=self.instance, command_id=self.about, reason=reason)


class SkipForm(SteeringForm):
    """Go on without it."""

    def because(self, reason: str) -> Command:
        """The skip."""
        assert self.about is not None
        return SkipCommand(instance=self.instance, command_id=self.about, reason=reason)


class CompensateForm(SteeringForm):
    """Undo what was done."""

    def because(self, reason: str) -> Command:
        """The compensation."""
        return compensation(self.instance, reason)


@form_page
@for_operators
def retry_command(request: HttpRequest, instance: str, failed: UUID) -> HttpResponse:
    """Have a command or a request sent again, under a new id."""
    form = RetryForm.asked(request, instance=instance, command_id_of=failed)
    said = _("It is sent again, under a new id.")
    return steer(request, form, "retry_command", _("Retry command"), said, _("Sends %(name)s once more."))


@form_page
@for_operators
def skip_command(request: HttpRequest, instance: str, failed: UUID) -> HttpResponse:
    """Have a process go on without a command."""
    form = SkipForm.asked(request, instance=instance, command_id_of=failed)
    said = _("The process goes on without it.")
    return steer(request, form, "skip_command", _("Skip command"), said, _("Never sends %(name)s."))


@form_page
@for_operators
def compensate_process(request: HttpRequest, instance: str) -> HttpResponse:
    """Have a process undo what it did."""
    form = CompensateForm.asked(request, instance=instance)
    said = _("The process undoes what it did.")
    what = _("Has the process undo what it did so far; what failed is not sent any more.")
    return steer(request, form, "compensate_process", _("Compensate process"), said, what)


def steer(
    request: HttpRequest, form: SteeringForm, template: str, title: str | Promise, said: str, what: str
) -> HttpResponse:
    """The page of one of these tasks; afterwards the instance's page shows it."""
    found(form.instance)
    wrong = {each.command_id: each for each in failing(form.instance)}
    failed = wrong.get(form.about) if form.about else None
    place = reverse("orders:process_instance", args=[form.instance])
    context = {
        "title": title,
        "instance": form.instance,
        "failed": failed,
        "back": {"title": form.instance.partition(":")[0], "url": place},
        "reason": "" if form.is_bound else why_not(request, form.because(ANY_REASON)),
        "consequences": [what % {"name": failed.name if failed else ""}],
    }
    return perform(request, form, f"operations/{template}.html", context, then=place, said=said)
