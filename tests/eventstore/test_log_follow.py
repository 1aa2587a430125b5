"""`manage.py log` as a process: it follows the log, and ends cleanly when nobody watches any more."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from tests import celery_room
from tests.eventstore.pieces import append_pieces

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`manage.py log …` as a process, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "log", *arguments],
        cwd=celery_room.PROJECT,
        env=celery_room.test_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in process.stdout, process.stderr:
            assert stream
            stream.close()


def test_bad_input_ends_with_status_1_and_no_traceback() -> None:
    with running("stream", "order-1") as process:
        assert process.communicate(timeout=30) == ("", "CommandError: There is no stream 'order-1'.\n")
        assert process.returncode == 1


@pytest.mark.parametrize("what", [["tail"], ["stream", "stock_item-A"]])
def test_follow_goes_on_with_what_is_appended_until_ctrl_c(what: list[str]) -> None:
    append_pieces("stock_item-A", 1)
    with running(*what, "--follow", "--json") as process:
        assert process.stdout
        for position in 1, 2, 3:
            assert msgspec.json.decode(process.stdout.readline())["position"] == position
            append_pieces("stock_item-A", 1)
        assert msgspec.json.decode(process.stdout.readline())["position"] == 4
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_follow_ends_when_nobody_reads_it_any_more_even_if_nothing_happens() -> None:
    append_pieces("stock_item-A", 1)
    with running("tail", "--follow") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""


def test_a_reader_that_wants_no_more_ends_a_long_look() -> None:
    append_pieces("stock_item-A", *range(1, 3000))
    with running("tail", "--after", "0", "--json") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""
