"""Does a task as a browser without scripts would: wrongly, too late, rightly, and twice; and keeps each answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from eventstore import log
from tests.orders.story import Doing
from tests.reading import Element, Page


class Answered(NamedTuple):
    """A page that came back: its status, what is on it, where it leads to, its templates, and how much it asked."""

    status: int
    page: Page
    leads_to: str
    templates: frozenset[str]
    queries: int


class Done(NamedTuple):
    """A task that was done: how its screen asked, and what it said to each try; how much had happened by then.

    `wrong`, `blank` and `stale` are None where there is no command's id to be spoilt, nothing to be left out, or no
    version to be behind.
    """

    name: str
    typed: dict[str, str]
    asked: Answered
    wrong: Answered | None
    blank: Answered | None
    stale: Answered | None
    check: Answered | None
    twice: tuple[Answered, Answered]
    events: tuple[int, int]
    afterwards: Answered


@contextmanager
def forgotten() -> Iterator[None]:
    """Whatever is done to the database inside is undone at the end."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests: a durable block may be in it
    with atomic:
        yield
        transaction.set_rollback(True)


def done(it: Doing) -> Done:
    """Go through all of it."""
    asked = get(it)
    fields, typed = form_of(asked.page, it.answers)
    sent = fields | it.answers
    wrong = post(it, sent | {"command_id": "x"}) if "command_id" in sent else None
    blank = post(it, {name: value for name, value in fields.items() if name not in typed}) if typed else None
    version = int(sent.get("version", 0))
    stale = post(it, sent | {"version": str(version - 1), "checked": "yes"}) if version else None
    before = happened()
    once = post(it, sent)
    check = once if once.status == 200 else None
    if check:
        sent = form_of(check.page, {})[0] | {"checked": "yes"}
        once = post(it, sent)
    events = happened() - before
    again = post(it, sent)
    by_then = (events, happened() - before)
    return Done(it.name, it.answers, asked, wrong, blank, stale, check, (once, again), by_then, get(it))


def happened() -> int:
    """How many events there are, and how many traces of what operators did."""
    return log.number() + LogEntry.objects.count()


def get(it: Doing) -> Answered:
    """Ask for the screen."""
    with CaptureQueriesContext(connection) as asked:
        response = it.client.get(it.address)
    return answered(response, len(asked))


def post(it: Doing, fields: dict[str, str]) -> Answered:
    """Send the form."""
    return answered(it.client.post(it.address, fields))


def answered(response: Any, queries: int = 0) -> Answered:
    """What came back."""
    page = Page(response.content.decode())
    templates = frozenset(each.name or "" for each in response.templates)
    return Answered(response.status_code, page, response.headers.get("Location", ""), templates, queries)


def form_of(page: Page, answers: dict[str, str]) -> tuple[dict[str, str], set[str]]:
    """What the page's form would send as it is, and the names of what a person types; of several forms the fitting."""
    for form in reversed(page.all("form", within="main", method="post")):
        inside = [each for each in page.inside(form) if "name" in each.attributes and each.tag != "button"]
        fields, typed = dict(filled(page, inside)), {each.attributes["name"] for each in inside if is_typed(each)}
        names = typed | fields.keys()
        if answers.keys() <= names and all(fields[name] == answers[name] for name in answers.keys() - typed):
            return fields, typed
    raise AssertionError(f"{page.title} has no form for {answers}.")


def is_typed(field: Element) -> bool:
    """Whether a person answers it."""
    return field.attributes.get("type") != "hidden"


def filled(page: Page, fields: list[Element]) -> Iterator[tuple[str, str]]:
    """What these fields hold."""
    for field in fields:
        name, kind = field.attributes["name"], field.attributes.get("type")
        match field.tag:
            case "textarea":
                yield name, field.text
            case "select":
                chosen = [each for each in page.inside(field) if "selected" in each.attributes]
                yield from ((name, each.attributes["value"]) for each in chosen[:1])
            case "input" if kind not in {"radio", "checkbox"} or "checked" in field.attributes:
                yield name, field.attributes.get("value", "")
            case _:
                pass
