#!/usr/bin/env python
"""Runs a management command, with a PostgreSQL and a Redis for as long as it takes, unless this is a deployment."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper

WITHOUT_SERVERS = {"help", "version", "--version", "makemessages", "compilemessages", "collectstatic"}


def services() -> AbstractContextManager[object]:
    """What the command needs; where SECRET_KEY is set, whoever set it has seen to all of that."""
    from config.services import running, unstarted

    if os.environ.get("SECRET_KEY"):
        return nullcontext()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_SERVERS or "--help" in sys.argv:
        return unstarted(os.environ)
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
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # no command ends at a terminal that lacks a character
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.services import CannotStart

    try:
        with services():
            execute_from_command_line(sys.argv)
    except CannotStart as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
