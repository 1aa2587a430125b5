"""How events of the log are shown: as lines, as a tree of causes, with all that is known of one, and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.timezone import localtime
from rich.text import Text

from eventstore.messages import Event
from eventstore.streams import stored_as

HIDDEN = "(personal)"
STYLES = ("bold", "dim", "green", "cyan", "cyan")  # of position, time, name, stream and version
RIGHT = {0, 4}  # the columns of numbers


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event in its envelope as people see it: what is personal hidden, and the reason where it cannot be read."""

    position: int
    id: UUID
    stream: str
    version: int
    name: str
    schema: int
    recorded_at: datetime
    correlation: UUID
    causation: UUID | None
    command: UUID | None
    actor: str
    data: dict[str, Any] | None
    unreadable: str = ""


def shown(row: Sequence[Any], event: Event | Exception, *, personal: bool) -> Shown:
    """A row of the log, in the order of its columns, and the event in it or why there is none."""
    *identified, _, recorded_at, correlation, causation, command, actor, position = row
    data, unreadable = None, ""
    if isinstance(event, Event):
        data = fields_of(event, personal=personal)
    else:
        unreadable = f"{type(event).__name__}: {event}"
    envelope = (recorded_at, correlation, causation, command, actor)
    return Shown(*(position, *identified, *envelope, data, unreadable))


def fields_of(event: Event, *, personal: bool) -> dict[str, Any]:
    """What an event says; its personal fields only if they are asked for, and as None once they are erased."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    if not personal:
        fields |= {name: HIDDEN for name in stored_as(type(event)).personal if fields[name] is not None}
    return fields


def as_json(event: Shown) -> str:
    """One line of JSON."""
    return msgspec.json.encode(event).decode()


def as_plain(event: Shown) -> str:
    """One line for other programs: columns with tabs between them, nothing shortened."""
    position, _, name, stream, version = cells(event)
    time = localtime(event.recorded_at).isoformat()
    return "\t".join([position, time, name, stream, version, printable(event.actor), said(event)])


def cells(event: Shown) -> tuple[str, ...]:
    """Position, time, name, stream and version."""
    time = f"{localtime(event.recorded_at):%Y-%m-%d %H:%M:%S}"
    return str(event.position), time, printable(event.name), printable(event.stream), str(event.version)


def said(event: Shown) -> str:
    """What the event says, or why nobody can tell."""
    if event.unreadable:
        return printable(f"unreadable: {event.unreadable}")
    return printable(msgspec.json.encode(event.data).decode())


def printable(text: str) -> str:
    """`text` without anything that could steer a terminal or break a line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def widths(events: Iterable[Shown], before: Sequence[int] = (0, 0, 0, 0, 0)) -> list[int]:
    """How wide the columns have to be for these events, and for those before them."""
    wide = list(before)
    for event in events:
        wide = [max(pair) for pair in zip(wide, map(len, cells(event)), strict=True)]
    return wide


def as_columns(event: Shown, wide: Sequence[int]) -> Text:
    """One line for a terminal."""
    line = Text()
    for column, (cell, width, style) in enumerate(zip(cells(event), wide, STYLES, strict=True)):
        line.append((cell.rjust(width) if column in RIGHT else cell.ljust(width)) + "  ", style)
    return line.append(said(event), "red" if event.unreadable else "")


def as_details(event: Shown) -> Iterator[Text]:
    """All that is known of one event, a field a line."""
    known = msgspec.to_builtins(event) | {"recorded_at": localtime(event.recorded_at).isoformat()}
    data = known.pop("data") or {}
    fields = known | {f"data.{name}": msgspec.json.encode(value).decode() for name, value in data.items()}
    wide = max(map(len, fields))
    for name, value in fields.items():
        text = "none" if value is None else printable(str(value))
        yield Text.assemble((name.ljust(wide), "cyan"), "  ", text)


class Branch:
    """A place in the tree of causes: a command, or an event that it led to, and what came of that."""

    def __init__(self, label: Text) -> None:
        self.label = label
        self.branches: list[Branch] = []


def as_tree(events: Sequence[Shown], commands: Mapping[UUID, str]) -> Iterator[Text]:
    """The events of one correlation in the log's order, each below the command that led to it.

    A command stands below the event that caused it, which is before it in the log; `commands` are their names.
    """
    root = Branch(Text())
    causes: dict[UUID, Branch] = {}
    senders: dict[tuple[UUID, UUID | None], Branch] = {}
    wide = widths(events)
    for event in events:
        parent = causes.get(event.causation, root) if event.causation else root
        if event.command:
            sender = (event.command, event.causation)
            if sender not in senders:
                senders[sender] = Branch(sent(event, commands))
                parent.branches.append(senders[sender])
            parent = senders[sender]
        causes[event.id] = Branch(as_columns(event, wide))
        parent.branches.append(causes[event.id])
    return drawn(root)


def sent(event: Shown, commands: Mapping[UUID, str]) -> Text:
    """The command that led to `event`."""
    assert event.command is not None
    name = commands.get(event.command, "command")
    return Text.assemble(
        (printable(name), "bold magenta"), f" by {printable(event.actor)}", (f"  {event.command}", "dim")
    )


def drawn(root: Branch) -> Iterator[Text]:
    """The branches below `root`, a line each, behind the lines that lead to them."""
    waiting = [("", branch, branch is root.branches[-1]) for branch in reversed(root.branches)]
    while waiting:
        before, branch, last = waiting.pop()
        yield Text.assemble(
            (before + ("└─ " if last else "├─ "), "dim"), branch.label, no_wrap=True, overflow="ellipsis"
        )
        below = before + ("   " if last else "│  ")
        waiting += [(below, child, child is branch.branches[-1]) for child in reversed(branch.branches)]
