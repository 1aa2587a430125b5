"""What is pure reads no clock and draws no lots: ruff says so, whichever way somebody takes."""

import subprocess
import sys

import pytest

from config.services.place import PROJECT

WAYS = (
    "import time; time.time()",
    "from time import monotonic; monotonic()",
    "import datetime; datetime.datetime.now(datetime.UTC)",
    "from datetime import date; date.today()",
    "from django.utils import timezone; timezone.now()",
    "from django.utils.timezone import localdate; localdate()",
    "from eventstore import clock; clock.now()",
    "import random; random.random()",
    "from random import choice; choice([1, 2])",
    "import secrets; secrets.randbelow(6)",
    "import os; os.urandom(6)",
    "from uuid import uuid4; uuid4()",
    "from uuid_utils.compat import uuid7; uuid7()",
)


def refused(file: str) -> set[str]:
    """The ways that ruff does not let somebody go in a file of this name; it says what is to be done instead."""
    ruff = (sys.executable, "-m", "ruff", "check", "--quiet", "--select=TID251", "--output-format=concise")
    done = subprocess.run(
        [*ruff, f"--stdin-filename={file}", "-"],
        cwd=PROJECT,
        input="\n".join(WAYS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert all(line.endswith("with the command or the event.") for line in lines)
    return {WAYS[int(line.removeprefix(f"{file}:").partition(":")[0]) - 1] for line in lines}


@pytest.mark.parametrize("room", ["orders/domain/order", "accounts/domain", "orders/processes", "projections"])
def test_what_is_pure_reads_no_clock_and_draws_no_lots(room: str) -> None:
    assert refused(f"{room}/lately.py") == set(WAYS)


@pytest.mark.parametrize("room", ["orders/screens", "eventstore", "projections/engine", "tests/processes"])
def test_what_is_not_pure_may(room: str) -> None:
    assert refused(f"{room}/lately.py") == set()
