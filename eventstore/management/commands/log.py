"""Looks at the log of events, and moves it."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.text import Text

from eventstore import log, showing, transfer
from eventstore.archive import Contents
from eventstore.errors import Invalid
from eventstore.looking import Look, batches, before_last, names_of
from eventstore.management import asked
from eventstore.management.files import reading, writing
from eventstore.management.terminal import ending_cleanly, faults_as_sentences, in_utf_8, pause, progress
from eventstore.showing import Shown
from eventstore.streams import stored_under


class Command(BaseCommand):
    """`manage.py log`: tail, stream, tree and event; export and import."""

    help = "Looks at the log of events, and moves it. Without a task it shows the last events."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The tasks, and what each is about."""
        tasks = parser.add_subparsers(title="tasks", metavar="TASK")

        def task(name: str, work: Callable[..., None], about: str) -> ArgumentParser:
            made = tasks.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
            made.set_defaults(work=work)
            return made

        add_tail(task("tail", self.tail, "the last events, oldest first"))
        add_stream(task("stream", self.stream, "the events of one stream"))
        add_tree(task("tree", self.tree, "the events of one correlation, each below the command that led to it"))
        add_event(task("event", self.event, "all that is known of one event"))
        add_export(task("export", self.export, "write the whole log to a file, sealed as it is"))
        add_import(task("import", self.import_, "read the whole log from a file, where there is none yet"))
        parser.set_defaults(work=self.tail, count="20", after=None, name=[], category=None)
        parser.set_defaults(follow=False, json=False, personal=False)

    def handle(self, *, work: Callable[..., None], json: bool, personal: bool, **options: Any) -> None:
        """Do the task."""
        self.json, self.personal, self.console = json, personal, None
        if json:
            in_utf_8(self.stdout)
        if self.stdout.isatty() or options["force_color"]:
            terminal, no_color = options["force_color"] or None, options["no_color"] or None
            out = cast(IO[str], self.stdout)
            self.console = Console(file=out, force_terminal=terminal, no_color=no_color, highlight=False)
        # Who looks may stop at any time; a log that was moved half the way is a failure.
        stopping = nullcontext() if work in (self.export, self.import_) else ending_cleanly()
        with faults_as_sentences(), stopping:
            work(**options)

    def tail(
        self, *, count: str, after: str | None, name: list[str], category: str | None, follow: bool, **_: Any
    ) -> None:
        """The last events, or those after a position."""
        look = Look(
            names=[stored_under(one).name for one in name] or None,
            category=None if category is None else asked.category(category),
        )
        last = asked.number(count, "count")
        start = None if after is None else asked.number(after, "position")
        head = log.number()
        self.show(look, before_last(look, last, head) if start is None else start, head, follow=follow)

    def stream(self, *, stream: str, as_of: str | None, follow: bool, **_: Any) -> None:
        """One stream, as it is or as it was."""
        look = Look(stream=asked.stream(stream), as_of=None if as_of is None else asked.moment(as_of))
        if not self.show(look, 0, log.number(), follow=follow):
            raise Invalid(f"There is no stream {stream!r}{f' as of {as_of}' if as_of else ''}.")

    def tree(self, *, correlation: str, **_: Any) -> None:
        """One correlation."""
        events = self.found(Look(correlation=asked.identity(correlation)))
        if not events:
            raise Invalid(f"No event has the correlation {correlation}.")
        names = names_of([event.command for event in events if event.command])
        self.say(map(showing.as_json, events) if self.json else showing.as_tree(events, names))

    def event(self, *, event: str, **_: Any) -> None:
        """One event."""
        for found in self.found(Look(id=asked.identity(event))):
            return self.say([showing.as_json(found)] if self.json else showing.as_details(found), whole=True)
        raise Invalid(f"There is no event {event}.")

    def export(self, *, file: str, without_keys: bool, **_: Any) -> None:
        """The whole log to a file."""
        with writing(file) as target, progress() as tell:
            contents = transfer.export_log(target, with_keys=not without_keys, tell=tell)
        # What is written to the standard output is the log, and nothing else.
        out = self.stderr if file == "-" else self.stdout
        out.write(f"Exported {in_words(contents)}{', all erased' if without_keys else ''}.", self.style.SUCCESS)

    def import_(self, *, file: str, **_: Any) -> None:
        """The whole log from a file."""
        with reading(file) as source, progress() as tell:
            contents = transfer.import_log(source, tell=tell)
        said = f"Imported {in_words(contents)}. Readers follow; manage.py advance does it now."
        self.stdout.write(said, self.style.SUCCESS)

    def found(self, look: Look) -> list[Shown]:
        """Everything that is wanted."""
        return [event for events in batches(look, 0, log.number(), personal=self.personal) for event in events]

    def show(self, look: Look, after: int, head: int, *, follow: bool) -> int:
        """Print what is wanted after a position, and go on with what is appended; how many events there were."""
        wide, count = showing.widths([]), 0
        while True:
            for events in batches(look, after, head, personal=self.personal):
                wide, count = showing.widths(events, wide), count + len(events)
                self.say(self.lines(events, wide))
            if not follow:
                return count
            pause()
            after, head = max(after, head), log.number()

    def lines(self, events: Sequence[Shown], wide: Sequence[int]) -> Iterator[str | Text]:
        """Each event as a line, for people or for programs."""
        for event in events:
            if self.json:
                yield showing.as_json(event)
            elif self.console:
                yield showing.as_columns(event, wide)
            else:
                yield showing.as_plain(event)

    def say(self, lines: Iterable[str | Text], *, whole: bool = False) -> None:
        """Print lines, cut to the width of the terminal unless they are to be `whole`, and not later than now."""
        if self.console and not self.json:
            for line in lines:
                self.console.print(line, soft_wrap=whole, no_wrap=True, overflow="ignore" if whole else "ellipsis")
        else:
            self.stdout.write("\n".join(map(str, lines)))
        self.stdout.flush()


def add_tail(tail: ArgumentParser) -> None:
    """The options of `tail`."""
    where = tail.add_mutually_exclusive_group()
    where.add_argument("-n", "--count", metavar="COUNT", default="20", help="how many (20)")
    where.add_argument("--after", metavar="POSITION", help="all events after this position instead")
    tail.add_argument(
        "--name", action="append", default=[], help="only events of this stored name, such as OrderPlaced"
    )
    tail.add_argument("--category", help="only events of this category of streams, such as order")
    add_follow(tail)
    add_manner(tail)


def add_stream(stream: ArgumentParser) -> None:
    """The options of `stream`."""
    stream.add_argument("stream", metavar="STREAM", help="such as stock_item-TEA-ASSAM")
    until = stream.add_mutually_exclusive_group()
    until.add_argument("--as-of", metavar="TIME", help="as it was then, such as 2026-11-23T15:30")
    add_follow(until)
    add_manner(stream)


def add_tree(tree: ArgumentParser) -> None:
    """The options of `tree`."""
    tree.add_argument("correlation", metavar="CORRELATION", help="the id of the correlation, which each event carries")
    add_manner(tree)


def add_event(event: ArgumentParser) -> None:
    """The options of `event`."""
    event.add_argument("event", metavar="EVENT", help="the event's id")
    add_manner(event)


def add_export(export: ArgumentParser) -> None:
    """The options of `export`."""
    export.add_argument(
        "file", metavar="FILE", help="a new file, gzipped if its name ends in .gz; - is the standard output"
    )
    export.add_argument(
        "--without-keys",
        action="store_true",
        help="leave the keys of persons out: whatever is personal reads as erased where the file is imported, for good",
    )


def add_import(imported: ArgumentParser) -> None:
    """The options of `import`."""
    imported.add_argument("file", metavar="FILE", help="what an export wrote; - is the standard input")


def add_follow(parser: Any) -> None:
    """The option to go on."""
    parser.add_argument("--follow", action="store_true", help="go on with what is appended, until Ctrl-C")


def add_manner(parser: ArgumentParser) -> None:
    """The options of how events are shown."""
    parser.add_argument("--json", action="store_true", help="a line of JSON for each event")
    parser.add_argument("--personal", action="store_true", help="show personal data, too")


def in_words(contents: Contents) -> str:
    """What a file holds."""
    counts = {"event": contents.events, "receipt": contents.receipts, "person": contents.persons}
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items())
