"""Our payments and the provider's ledger agree to the cent, whatever the provider does and whoever dies."""

import os
import subprocess
import sys

import pytest

from tests import celery_room

# At full size: `python -m tests.systems.storm --orders 5000`.
ORDERS = int(os.environ.get("ORDERS", "20"))


@pytest.mark.django_db(transaction=True)
def test_the_ledgers_agree_after_a_storm() -> None:
    storm = subprocess.run(
        [sys.executable, "-m", "tests.systems.storm", "--here", f"--orders={ORDERS}", "--workers=3", "--seconds=900"],
        cwd=celery_room.PROJECT,
        env=celery_room.test_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert storm.returncode == 0, storm.stdout
    assert f"{ORDERS} orders" in storm.stdout
    assert "went wrong" in storm.stdout
    assert "killed" in storm.stdout
