"""A whole log to a file and back: nothing lost, nothing altered, all of it or none; and the log goes on after it."""

import gzip
import hashlib
import json
import sys
import tracemalloc
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from uuid_utils.compat import uuid7

from eventstore import archive, log, subscriptions, transfer
from eventstore.errors import Conflict, Invalid, PersonErased
from eventstore.log import New, append
from eventstore.messages import Refused
from tests import factories
from tests.eventstore.moving import CLARA, KARL, all_there_is, begin_anew, exported, manage, some_log
from tests.eventstore.people import ADA, DELIVERY, MUG, WIM, send
from tests.eventstore.pieces import METADATA, append_pieces, count
from tests.eventstore.together import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

# All of it


@pytest.mark.parametrize("name", ["shop.jsonl", "shop.jsonl.gz", "with spaces é.gz"])
def test_a_log_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    some_log()
    before, file = all_there_is(), str(tmp_path / name)
    assert manage("export", file) == "Exported 8 events, 4 receipts, 2 persons.\n"
    begin_anew()
    said = manage("import", file)
    assert said == "Imported 8 events, 4 receipts, 2 persons. Readers follow; manage.py advance does it now.\n"
    assert all_there_is() == before
    assert exported() == (gzip.decompress if name.endswith("gz") else bytes)(Path(file).read_bytes())


def test_a_log_goes_through_the_standard_streams(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    some_log()
    before = all_there_is()
    call_command("log", "export", "-")
    out, err = capfdbinary.readouterr()
    assert out == exported()
    assert err == b"Exported 8 events, 4 receipts, 2 persons.\n"
    begin_anew()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(out)))
    manage("import", "-")
    assert all_there_is() == before


def test_a_log_of_many_batches_comes_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "BATCH", 3)
    some_log()
    append_pieces("stock_item-A", *range(1, 20))
    before, file = all_there_is(), exported()
    begin_anew()
    transfer.import_log(BytesIO(file))
    assert all_there_is() == before


def test_an_empty_log_can_be_moved_too() -> None:
    file = exported()
    assert transfer.import_log(BytesIO(file)).lines() == 0
    append_pieces("stock_item-A", 1)
    assert log.number() == 1


@given(
    st.binary() | st.binary().map(lambda inside: b"{" + inside + b"}") | st.from_type(dict[str, int]).map(json.dumps)
)
def test_whatever_bytes_are_stored_stand_in_one_line_and_come_back(data: bytes | str) -> None:
    data = data.encode() if isinstance(data, str) else data
    line = msgspec.json.encode(archive.in_a_line(data))
    assert b"\n" not in line
    assert line.decode()
    assert archive.out_of_line(msgspec.json.decode(line, type=msgspec.Raw)) == data


def test_the_last_line_is_the_hash_of_all_lines_before_it() -> None:
    some_log()
    *lines, last = exported().splitlines(keepends=True)
    assert json.loads(last) == {"is": "end", "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}


def test_how_far_it_is_is_told() -> None:
    some_log()
    told: list[tuple[str, int, int]] = []
    file = exported(tell=lambda *how_far: told.append(how_far))
    begin_anew()
    transfer.import_log(BytesIO(file), tell=lambda *how_far: told.append(how_far))
    assert [how_far for how_far in told if how_far[1] == how_far[2]] == [
        ("Exporting", 14, 14),
        ("Importing", 14, 14),
        ("Verifying", 14, 14),
    ]


def test_a_longer_log_takes_no_more_memory(tmp_path: Path) -> None:
    def peak() -> int:
        file = tmp_path / "log"
        tracemalloc.start()
        with file.open("wb") as target:
            transfer.export_log(target)
        begin_anew()
        with file.open("rb") as source:
            transfer.import_log(source)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    append_pieces("stock_item-A", *range(1, 2001))
    short = peak()
    for which in range(6):
        append_pieces(f"stock_item-B{which}", *range(1, 2001))
    assert peak() < 1.3 * short


# The log goes on


def test_after_an_import_appends_go_on() -> None:
    some_log()
    file = exported()
    begin_anew()
    transfer.import_log(BytesIO(file))
    assert count("eventstore_unnumbered") == 0
    assert log.number() == 8
    with pytest.raises(Conflict, match="StockReceived"):
        append_pieces("stock_item-A", 1, expected=0)
    append_pieces("stock_item-A", 1, expected=1)
    assert [event.position for event in log.read_log(after=7)] == [8, 9]


def test_after_an_import_a_command_that_is_sent_again_gets_its_first_answer() -> None:
    done, refused = uuid7(), uuid7()
    first = send(MUG, ADA, done)
    with pytest.raises(Refused) as refusal:
        send(MUG, ADA, refused)
    file = exported()
    begin_anew()
    transfer.import_log(BytesIO(file))
    assert send(MUG, ADA, done).events == first.events
    with pytest.raises(Refused) as again:
        send(MUG, ADA, refused)
    assert str(again.value) == str(refusal.value)
    assert log.number() == 1


def test_after_an_import_readers_read_it_all() -> None:
    send(MUG, ADA)
    file = exported()
    begin_anew()
    transfer.import_log(BytesIO(file))
    assert subscriptions.advance("products") == 1


def test_an_export_is_of_one_moment_while_appends_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "BATCH", 2)
    send(MUG, ADA)
    append_pieces("stock_item-A", *range(1, 10))
    expected = exported()

    def tell(*_: object) -> None:
        elsewhere(lambda: (send(DELIVERY, WIM), log.number())).result(timeout=30)

    assert exported(tell=tell) == expected
    assert log.number() > 10


def test_what_is_not_numbered_stays_out_with_what_came_of_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    send(MUG, ADA)
    expected = exported()
    monkeypatch.setattr(log, "number", lambda: 1)
    send(DELIVERY, WIM)
    assert exported() == expected


# Persons


def read_name(stream: str) -> str | None:
    """The name of a customer, as their stream says it."""
    event: Any = next(log.read_stream(stream)).event
    name: str | None = event.name
    return name


def test_with_their_keys_persons_are_as_they_were_and_who_was_erased_stays_erased() -> None:
    some_log()
    file = exported()
    assert b"Clara" not in file
    begin_anew()
    transfer.import_log(BytesIO(file))
    assert read_name(factories.stream_of(CLARA)) == "Clara Vogel"
    assert read_name(factories.stream_of(KARL)) is None
    with pytest.raises(PersonErased):
        append([New("customer-x", [KARL])], METADATA)


def test_without_their_keys_all_persons_are_erased_for_good(tmp_path: Path) -> None:
    some_log()
    file = str(tmp_path / "log")
    assert manage("export", file, "--without-keys") == "Exported 8 events, 4 receipts, 2 persons, all erased.\n"
    begin_anew()
    manage("import", file)
    assert read_name(factories.stream_of(CLARA)) is None
    assert log.number() == 8
    with pytest.raises(PersonErased):
        append([New("customer-x", [CLARA])], METADATA)


def test_keys_that_cannot_be_opened_here_are_refused(settings: Settings) -> None:
    some_log()
    file = exported()
    begin_anew()
    [name] = settings.EVENTSTORE["PERSONAL_DATA_KEYS"]
    for keys, reason in (
        ({"other": b"o" * 32}, rf"^PERSONAL_DATA_KEYS lacks the key '{name}', which wraps persons' keys\.$"),
        (
            {name: b"o" * 32},
            rf"cannot be opened: it was wrapped by another one than the '{name}' in PERSONAL_DATA_KEYS\.$",
        ),
    ):
        settings.EVENTSTORE = settings.EVENTSTORE | {"PERSONAL_DATA_KEYS": keys}
        with pytest.raises(Invalid, match=reason):
            transfer.import_log(BytesIO(file))
    assert not any(all_there_is().values())
