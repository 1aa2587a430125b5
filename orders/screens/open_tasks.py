"""The tasks that a person has with an object now; and of those that can't be done, why not, by the rule itself."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise

from eventstore.dispatch import Loaded, load, rehearse
from eventstore.errors import Forbidden
from eventstore.messages import Command
from eventstore.streams import category_of
from orders.screens.task import may_send, person
from orders.templatetags.shop import sentence


class Instead(NamedTuple):
    """A task that can be done where another one can't: its title and its address."""

    title: str | Promise
    url: str


class Choice(NamedTuple):
    """A task as a page may offer it: its title, its screen, a command as that screen would send it.

    `instead` takes its place where it can't be done.
    """

    title: str | Promise
    url: str
    command: Command
    instead: Instead | None = None


class OpenTask(NamedTuple):
    """A task as a page shows it. Where it can't be done, `reason` is the rule's own sentence."""

    title: str | Promise
    url: str
    reason: str
    instead: Instead | None


def open_tasks(
    request: HttpRequest, choices: Iterable[Choice], known: Mapping[str, Loaded] | None = None
) -> list[OpenTask]:
    """Which of these tasks this person has: each decided beforehand, with nothing appended, each stream loaded once.

    What is `known` of streams already is not loaded again; nor is anything else there, where it is of an earlier time.
    """
    loaded = dict(known or {})
    found = []
    for choice in choices:
        if not may_send(type(choice.command), request):
            continue
        category = category_of(type(choice.command))
        stream = category.stream(choice.command)
        if stream not in loaded:
            loaded[stream] = load(category, stream)
        try:
            refused = rehearse(choice.command, actor=person(request).actor, loaded=loaded[stream])
        except Forbidden:
            continue
        reason = sentence(refused.sentence, refused.values) if refused else ""
        found.append(OpenTask(choice.title, choice.url, reason, choice.instead if refused else None))
    return found


def why_not(request: HttpRequest, command: Command, loaded: Loaded | None = None) -> str:
    """Why a task can't be done now with an object, as it was loaded or is, by the rule itself; nothing where it can."""
    refused = rehearse(command, actor=person(request).actor, loaded=loaded)
    return sentence(refused.sentence, refused.values) if refused else ""
