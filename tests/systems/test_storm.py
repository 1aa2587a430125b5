"""Our payments, labels and e-mails agree with the ledgers of the others, whatever they do and whoever dies."""

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
    for seen in ("went wrong: payment_provider", "went wrong: carrier", "killed", " labels\n", " e-mails\n"):
        assert seen in storm.stdout
