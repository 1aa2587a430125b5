"""Workers that are killed between any two statements, reading, sending or firing, lose nothing and double nothing."""

import os
import subprocess
import sys

import pytest

from tests import celery_room

# The whole matrix, with each statement several times: `KILLS=400 pytest tests/processes/test_crashes.py`.
KILLS = int(os.environ.get("KILLS", "24"))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_anywhere_loses_nothing_and_does_nothing_twice() -> None:
    killing = subprocess.run(
        [sys.executable, "-m", "tests.processes.crashes", "--here", f"--kills={KILLS}", f"--rounds={KILLS // 8}"],
        cwd=celery_room.PROJECT,
        env=celery_room.test_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert killing.returncode == 0, killing.stdout
    assert f"{KILLS} workers killed one by one" in killing.stdout
