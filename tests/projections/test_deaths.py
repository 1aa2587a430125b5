"""A rebuild that is killed between any two statements leaves the live table as it was, and is finished by the next."""

import os
import subprocess
import sys

import pytest

from tests.celery_room import PROJECT
from tests.celery_room import test_environment as environment

# The whole matrix, each statement several times: `KILLS=400 pytest tests/projections/test_deaths.py`.
KILLS = int(os.environ.get("KILLS", "30"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kills", "how"), [(KILLS, []), (KILLS // 2, ["--in-parts"])], ids=["alone", "in parts"])
def test_a_rebuild_that_is_killed_anywhere_harms_nothing_and_is_finished_by_the_next(
    kills: int, how: list[str]
) -> None:
    killing = subprocess.run(
        [sys.executable, "-m", "tests.projections.deaths", "--here", f"--kills={kills}", *how],
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert killing.returncode == 0, killing.stdout
    assert f"{kills} rebuilds were killed" in killing.stdout
