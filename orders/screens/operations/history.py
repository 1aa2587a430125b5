"""The history of a process's instance in plain words: what it decided, what came of it, what a person did."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from eventstore.process.history import (
    CommandFailed,
    CommandRefused,
    CommandRetried,
    CommandSkipped,
    CompensationAsked,
    DeadlineReached,
    Happening,
    Reacted,
    RequestAnswered,
)
from orders.templatetags.shop import reason, sentence


def told(event: Happening) -> list[str]:
    """An event in its sentences."""
    match event:
        case Reacted():
            return list(decided(event)) or [_("Noticed something, and there is nothing to do.")]
        case RequestAnswered():
            said = _("Another system has answered.")
        case CommandRefused(name=name):
            said = _("%(name)s was refused: %(why)s")
            said %= {"name": name, "why": sentence(event.sentence, event.values)}
        case CommandFailed(name=name, error=error, attempt=attempt):
            said = _("%(name)s could not be sent, in attempt %(attempt)s: %(why)s")
            said %= {"name": name, "why": error, "attempt": attempt}
        case DeadlineReached(name=name):
            said = _("Has waited for %(name)s for long enough.") % {"name": name}
        case happened:
            said = steered(happened)
    return [said]


def steered(event: CommandRetried | CommandSkipped | CompensationAsked) -> str:
    """What a person did about it."""
    match event:
        case CommandRetried(reason=why):
            return _("Had it sent again: %(why)s") % {"why": reason(why)}
        case CommandSkipped(name=name, reason=why):
            return _("Had %(name)s skipped: %(why)s") % {"name": name, "why": reason(why)}
        case CompensationAsked(reason=why):
            return _("Asked to undo what was done: %(why)s") % {"why": reason(why)}


def decided(event: Reacted) -> Iterator[str]:
    """What an instance has decided to do."""
    for owed in event.owes:
        yield _("Sends %(name)s.") % {"name": owed.name}
    for asked in event.asks:
        yield _("Asks %(system)s: %(name)s.") % {"system": asked.system, "name": asked.name}
    for wait in event.waits:
        yield _("Waits for %(name)s until %(until)s.") % {
            "name": wait.name,
            "until": date_format(localtime(wait.until), "DATETIME_FORMAT"),
        }
    for name in event.stops:
        yield _("No longer waits for %(name)s.") % {"name": name}
    if event.settles:
        yield _("Takes a refusal as it is.")
