"""Workers that are killed between any two statements lose nothing and double nothing."""

import os
import subprocess
import sys

import pytest

from tests import celery_room

# The whole matrix, with each statement several times: `KILLS=400 pytest tests/eventstore/test_crashes.py`.
KILLS = int(os.environ.get("KILLS", "40"))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_anywhere_loses_nothing_and_doubles_nothing() -> None:
    killing = subprocess.run(
        [sys.executable, "-m", "tests.eventstore.crashes", "--here", f"--kills={KILLS}", f"--rounds={KILLS // 8}"],
        cwd=celery_room.PROJECT,
        env=celery_room.test_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert killing.returncode == 0, killing.stdout
    assert f"{KILLS} workers killed one by one" in killing.stdout
