#!/usr/bin/env python
"""Runs a management command, with a PostgreSQL and a Redis for as long as it takes, unless this is a deployment."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from io import TextIOWrapper
from typing import cast

WITHOUT_SERVERS = {"help", "version", "--version", "makemessages", "compilemessages", "collectstatic"}


class Output(TextIOWrapper):
    """The standard output: its first fault is raised, and what is written after that goes nowhere."""

    fault: OSError | None = None

    def write(self, text: str, /) -> int:
        """Write, as long as that can be done."""
        return len(text) if self.fault else self.noting(super().write, text)

    def flush(self) -> None:
        """The same."""
        if not self.fault:
            self.noting(super().flush)

    def noting[**P, R](self, do: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """Do it, and remember what hinders it."""
        try:
            return do(*given, **named)
        except OSError as fault:
            self.fault = fault
            raise


@contextmanager
def printing() -> Iterator[None]:
    """Say it in a sentence when not everything can be printed; nothing where merely nobody reads it any more."""
    out = cast(TextIOWrapper, sys.stdout)
    encoding, buffered, through = out.encoding, out.line_buffering, out.write_through
    # No command ends at a terminal that lacks a character.
    output = Output(out.detach(), encoding, "backslashreplace", line_buffering=buffered, write_through=through)
    sys.stdout = output
    try:
        yield
        output.flush()
    except OSError as fault:
        if fault is not output.fault:
            raise
    finally:
        with suppress(OSError):
            output.flush()
    if output.fault and not isinstance(output.fault, BrokenPipeError):
        sys.exit(f"Not everything could be printed: {output.fault.strerror}.")


def services() -> AbstractContextManager[object]:
    """What the command needs; where SECRET_KEY is set, whoever set it has seen to all of that."""
    from config.services import running, unstarted

    if os.environ.get("SECRET_KEY"):
        return nullcontext()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_SERVERS or "--help" in sys.argv:
        return unstarted(os.environ)
    if command == "demo":
        os.environ.setdefault("DEMO", "true")  # whoever names a database with this command says whose it is
    return running(os.environ)


def main() -> None:
    """Run the command; Ctrl-C ends it without a word, from the first moment on."""
    try:
        run()
    except KeyboardInterrupt:
        sys.exit(130)


def run() -> None:
    """Run the command, or say why it cannot start."""
    if sys.stdout is None:
        sys.exit("There is no standard output to write to.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.services import CannotStart

    try:
        with printing(), services():
            execute_from_command_line(sys.argv)
    except CannotStart as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
