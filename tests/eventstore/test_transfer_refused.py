"""A log is moved as a whole: what is cut, altered, foreign or in the way is refused, and nothing is stored."""

import gzip
import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import transaction
from uuid_utils.compat import uuid7

from eventstore import archive, log, personal, transfer
from eventstore.database import query
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, Parked, Snapshot
from tests.eventstore.moving import all_there_is, begin_anew, exported, manage, some_log
from tests.eventstore.pieces import append_pieces
from tests.eventstore.together import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

type Lines = list[bytes]


def sealed(lines: Lines) -> Lines:
    """The lines with a last one that is right for what now stands before it."""
    before = b"".join(lines[:-1])
    return [*lines[:-1], b'{"is":"end","sha256":"%s"}\n' % hashlib.sha256(before).hexdigest().encode()]


def with_line(number: int, old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    """Other words in one line."""

    def alter(lines: Lines) -> Lines:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]

    return alter


ALTERED = "The file was altered: its hash is not the one in its last line."
OTHER = "What the database stored is not what the file holds."
WRONG: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "nothing in it": (lambda _: [], "This is no export of a log."),
    "another kind of file": (lambda _: [b"root:x:0:0\n"], "This is no export of a log."),
    "binary": (lambda _: [b"\xff\xfe\n"], "This is no export of a log."),
    "begins in the middle": (lambda lines: lines[1:], "This is no export of a log."),
    "of another format": (
        with_line(0, b'"format":1', b'"format":2'),
        "The file is of format 2; what can be imported is format 1.",
    ),
    "cut off in a line": (
        lambda lines: [*lines[:6], lines[6][:50]],
        "Line 7 has no end: the file is cut off there, or is no export of a log.",
    ),
    "cut off between lines": (lambda lines: lines[:6], "The file is cut off: its last line is missing."),
    "without a last line": (lambda lines: lines[:-1], "The file is cut off: its last line is missing."),
    "longer": (lambda lines: [*lines, b"\n"], "The file goes on behind its last line, which is line 16."),
    "a value altered": (with_line(4, b'"quantity":5', b'"quantity":6'), ALTERED),
    "a line missing": (lambda lines: [*lines[:5], *lines[6:]], ALTERED),
    "lines swapped": (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], ALTERED),
    "another hash": (lambda lines: [*lines[:-1], b'{"is":"end","sha256":"0"}\n'], ALTERED),
    "no JSON": (
        with_line(4, b"{", b"["),
        "Line 5 cannot be read: Expected `object`, got `array`.",
    ),
    "an unknown field": (
        with_line(4, b'"version":1', b'"version":1,"x":1'),
        "Line 5 cannot be read: Object contains unknown field `x`.",
    ),
    "an absurd version": (
        with_line(4, b'"version":1', b'"version":9999999999'),
        "Line 5 cannot be read: Expected `int` <= 2147483647 - at `$.version`.",
    ),
    "a line twice": (
        lambda lines: [*lines[:5], *lines[4:]],
        'The database takes none of it: duplicate key value violates unique constraint "eventstore_event_pkey".',
    ),
    "a NUL": (
        with_line(4, b'"actor":"wim"', b'"actor":"\\u0000"'),
        'The database takes none of it: invalid byte sequence for encoding "UTF8": 0x00.',
    ),
    "an unknown event": (
        with_line(4, b'"StockReceived"', b'"StockDreamt"'),
        "No event is known under the stored name 'StockDreamt'.",
    ),
    "an event of the future": (
        with_line(4, b'"schema":1', b'"schema":2'),
        "StockReceived is known up to schema 1; the file has schema 2 of it.",
    ),
    "data that is neither": (
        with_line(4, b'"data":{"sku":"MUG","quantity":5}', b'"data":7'),
        "The data of an event is neither an object nor base64: b'7'.",
    ),
    "sealed anew, with fewer events": (
        lambda lines: sealed([*lines[:5], *lines[6:]]),
        "The file does not hold as many persons, events and receipts as its first line says.",
    ),
    "sealed anew, with a gap": (
        lambda lines: sealed(with_line(10, b'"position":8', b'"position":9')(lines)),
        OTHER,
    ),
    "sealed anew, in another order": (
        lambda lines: sealed([*lines[:5], lines[6], lines[5], *lines[7:]]),
        OTHER,
    ),
    "sealed anew, with a second beginning": (
        lambda lines: sealed([*lines[:5], lines[0], *lines[5:]]),
        "The file has a second first line.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_file_that_is_not_as_it_was_written_is_refused_and_nothing_is_stored(wrong: str, tmp_path: Path) -> None:
    alter, sentence = WRONG[wrong]
    some_log()
    file = tmp_path / "log"
    file.write_bytes(b"".join(alter(exported().splitlines(keepends=True))))
    begin_anew()
    with pytest.raises(CommandError) as error:
        manage("import", str(file))
    assert str(error.value) == sentence
    assert error.value.returncode == 1
    assert not any(all_there_is().values())


def test_a_database_without_the_tables_of_the_log_is_told_what_to_do(tmp_path: Path) -> None:
    some_log()
    file = tmp_path / "log"
    file.write_bytes(exported())
    begin_anew()
    query("ALTER TABLE eventstore_unnumbered RENAME TO elsewhere")
    try:
        with pytest.raises(CommandError, match=r"^Tables of the log are missing\. Run manage\.py migrate\.$"):
            manage("import", str(file))
    finally:
        query("ALTER TABLE elsewhere RENAME TO eventstore_unnumbered")


def test_a_compressed_file_that_is_cut_damaged_or_none_is_refused(tmp_path: Path) -> None:
    some_log()
    whole = gzip.compress(exported())
    begin_anew()
    file = tmp_path / "log.gz"
    for wrong in whole[: len(whole) // 2], whole[:-8] + bytes(8), exported():
        file.write_bytes(wrong)
        with pytest.raises(CommandError, match=r"log\.gz is cut off, damaged, or not compressed at all: "):
            manage("import", str(file))
    assert not any(all_there_is().values())


def test_a_line_without_an_end_is_not_read_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONGEST_LINE", 200)
    some_log()
    file = BytesIO(exported())
    begin_anew()
    with pytest.raises(Invalid, match=r"^Line 2 has no end"):
        transfer.import_log(file)
    assert file.tell() < 500


IN_THE_WAY: dict[str, Callable[[], object]] = {
    "events": lambda: append_pieces("stock_item-A", 1),
    "receipts": lambda: log.keep(log.Receipt(uuid7(), "ReceiveStock", b"", "tests")),
    "keys of persons": lambda: personal.keys_for_writing(["clara"]),
    "snapshots": lambda: Snapshot.objects.create(stream="stock_item-A", version=200, shape="", state=b"{}"),
    "parked events": lambda: Parked.objects.create(reader="products", stream="product-A", position=1),
    "readers that have begun": lambda: Checkpoint.objects.create(reader="products", position=1),
}


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_only_a_database_without_a_log_takes_one(what: str) -> None:
    file = exported()
    IN_THE_WAY[what]()
    with pytest.raises(Invalid) as error:
        transfer.import_log(BytesIO(file))
    assert str(error.value) == f"A log can be imported only where there is none yet. Here there are: {what}."


def test_nobody_begins_a_log_while_one_is_imported() -> None:
    some_log()
    file = exported()
    begin_anew()
    appends: list[Future[object]] = []

    def tell(phase: str, done: int, of: int) -> None:
        if not appends:
            appends.append(elsewhere(lambda: append_pieces("stock_item-Z", 1)))

    transfer.import_log(BytesIO(file), tell=tell)
    appends[0].result(timeout=30)
    assert [event.position for event in log.read_log(after=7)] == [8, 9]


def test_while_somebody_appends_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PATIENCE", 0.1)
    file = exported()
    with transaction.atomic():
        append_pieces("stock_item-A", 1)
        attempt = elsewhere(lambda: transfer.import_log(BytesIO(file)))
        with pytest.raises(Invalid, match=r"^Somebody is appending to the log\."):
            attempt.result(timeout=30)


# Files


def test_an_export_is_for_its_owner_only_and_overwrites_nothing(tmp_path: Path) -> None:
    file = tmp_path / "log"
    manage("export", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    with pytest.raises(CommandError, match=r"/log exists already, and an export overwrites nothing\.$"):
        manage("export", str(file))
    assert file.read_bytes() == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt, RuntimeError])
def test_an_export_that_fails_leaves_no_file(
    fault: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_pieces("stock_item-A", 1)

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(transfer, "stored_lines", fail)
    with pytest.raises((CommandError, RuntimeError)):
        manage("export", str(tmp_path / "log"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "/nowhere/log"], "/nowhere/log cannot be used: No such file or directory."),
        (["export", "/dev/null"], "/dev/null exists already, and an export overwrites nothing."),
        (["export", ""], "A file without a name cannot be used: No such file or directory."),
        (["import", ""], "A file without a name cannot be used: Is a directory."),
        (["import", "/nowhere/log"], "/nowhere/log cannot be used: No such file or directory."),
        (["import", "/"], "/ cannot be used: Is a directory."),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        manage(*arguments)
    assert str(error.value) == sentence
