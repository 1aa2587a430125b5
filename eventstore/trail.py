"""The audit trail: who asked for what, when, and what came of it; every command that was taken, newest first."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from eventstore.errors import Invalid
from eventstore.models import Outcome, TrailEntry

# The commands for a stream: those that its events name, and those that led to none.
ABOUT = (
    "SELECT command FROM eventstore_event WHERE stream = %s AND command IS NOT NULL"
    " UNION ALL SELECT command FROM eventstore_receipt WHERE stream = %s"
)


class Place(NamedTuple):
    """Where in the trail an entry stands, from which a page goes on."""

    asked_at: datetime
    command: UUID

    def __str__(self) -> str:
        return f"{self.asked_at.isoformat()}_{self.command}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The place in an address; Invalid where it is none."""
        text, _, command = text.partition("_")
        try:
            time = datetime.fromisoformat(text)
            # The database does not take every offset.
            place = cls(time.astimezone(UTC), UUID(command))
        except (ValueError, OverflowError):
            raise Invalid("This is no place in the audit trail.") from None
        if time.tzinfo is None:
            raise Invalid("This is no place in the audit trail.")
        return place


class Page(NamedTuple):
    """Some entries, newest first, and from where the next page goes on, if there is one."""

    entries: Sequence[TrailEntry]
    further: Place | None


class Question(NamedTuple):
    """Which entries are asked for: all, unless it says otherwise. Those of processes only where they are wanted, too.

    `actor` is the id of somebody who asked, `name` that of a command, `stream` what it was for.
    """

    actor: str = ""
    name: str = ""
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    stream: str = ""
    processes: bool = False


def page(question: Question, *, before: Place | None = None, most: int = 50) -> Page:
    """The entries that come behind a place, in a time that does not depend on how many there are."""
    entries = list(newest_first(matching(question, before))[: most + 1])
    further = Place(entries[most - 1].asked_at, entries[most - 1].command) if len(entries) > most else None
    return Page(entries[:most], further)


def matching(question: Question, before: Place | None) -> QuerySet[TrailEntry]:
    """The entries that are asked for, behind a place."""
    found = TrailEntry.objects.filter(*conditions(question))
    if before is None:
        return found
    earlier = Q(asked_at=before.asked_at, command__lt=before.command)
    return found.filter(Q(asked_at__lte=before.asked_at), Q(asked_at__lt=before.asked_at) | earlier)


def newest_first(found: QuerySet[TrailEntry]) -> QuerySet[TrailEntry]:
    """In the order of the trail."""
    return found.order_by("-asked_at", "-command")


def conditions(question: Question) -> Iterator[Q]:
    """What an entry has to be."""
    if not question.processes and not question.actor:
        yield Q(by_process=False)
    if question.actor:
        yield Q(actor=question.actor)
        yield Q(by_process=question.actor.startswith("process:"))
    if question.name:
        yield Q(name=question.name)
    if question.outcome:
        yield Q(outcome=question.outcome)
    if question.outcome is Outcome.REFUSED:
        yield Q(refusal__isnull=False)  # which the index knows
    if question.since:
        yield Q(asked_at__gte=question.since)
    if question.until:
        yield Q(asked_at__lt=question.until)
    if question.stream:
        yield Q(command__in=RawSQL(ABOUT, (question.stream, question.stream)))  # noqa: S611  # no text of ours
