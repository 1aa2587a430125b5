"""`manage.py log`: what people and programs see of the log, and that nobody sees what is personal unasked."""

import re
from datetime import timedelta
from io import StringIO
from uuid import UUID

import msgspec
import pytest
from django.core.management import CommandError, call_command
from uuid_utils.compat import uuid7

from eventstore import log, looking, personal
from eventstore.log import Metadata, New, append
from eventstore.management.commands import log as log_command
from eventstore.messages import Event
from eventstore.streams import categories
from tests import factories
from tests.eventstore.people import ADA, DELIVERY, MUG, WIM, send
from tests.eventstore.pieces import METADATA, append_pieces, received, rows

CATEGORIES = sorted(category.name for category in categories())

pytestmark = pytest.mark.django_db(transaction=True)

NOBODYS = "0199a1c2-7c3e-7d2a-9c1b-4f6f0e3b9d11"


class Terminal(StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def look(*arguments: str, out: StringIO | None = None) -> list[str]:
    """The lines that `manage.py log` prints."""
    out = out or StringIO()
    call_command("log", *arguments, stdout=out)
    return out.getvalue().splitlines()


def positions(*arguments: str) -> list[int]:
    """The positions of the events that `manage.py log` prints."""
    return [msgspec.json.decode(line)["position"] for line in look(*arguments, "--json")]


def record(event: Event) -> UUID:
    """Append an event to the stream it belongs to."""
    return append([New(factories.stream_of(event), [event])], METADATA)[0]


# Which events


def test_without_a_task_the_last_twenty_are_shown_oldest_first() -> None:
    append_pieces("stock_item-A", *range(1, 26))
    assert [line.split("\t")[0] for line in look()] == [str(position) for position in range(6, 26)]


def test_tail_shows_as_many_as_are_asked_for_or_all_after_a_position() -> None:
    append_pieces("stock_item-A", *range(1, 26))
    assert positions("tail", "-n", "3") == [23, 24, 25]
    assert positions("tail", "--count", "100") == list(range(1, 26))
    assert positions("tail", "-n", "0") == []
    assert positions("tail", "--after", "22") == [23, 24, 25]
    assert positions("tail", "--after", "25") == []


def test_what_follows_a_position_that_is_still_to_come_begins_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    append_pieces("stock_item-A", 1, 2)
    looks = iter([3, 2, 0])

    def appended_meanwhile() -> None:
        if not (more := next(looks)):
            raise KeyboardInterrupt
        append_pieces("stock_item-A", *range(more))

    monkeypatch.setattr(log_command, "pause", appended_meanwhile)
    assert positions("tail", "--after", "4", "--follow") == [5, 6, 7]


def test_tail_chooses_by_name_and_by_category() -> None:
    append_pieces("stock_item-A", 1)
    record(factories.ProductListed.build(sku="A"))
    record(factories.PriceChanged.build(sku="A"))
    append_pieces("stock_item-A", 1)
    assert positions("tail", "--name", "PriceChanged") == [3]
    assert positions("tail", "--name", "PriceChanged", "--name", "StockReceived") == [1, 3, 4]
    assert positions("tail", "--category", "product") == [2, 3]
    assert positions("tail", "--category", "product", "--name", "StockReceived") == []
    assert positions("tail", "--category", "stock_item", "-n", "1") == [4]


def test_a_category_is_no_beginning_of_another() -> None:
    append_pieces("stock_item-A", 1)
    append_pieces("stock_item_archive-A", 1)
    assert positions("tail", "--category", "stock_item") == [1]


def test_all_is_shown_of_what_takes_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "BATCH", 3)
    append_pieces("stock_item-A", *range(1, 9))
    append_pieces("stock_item-B", 1)
    append_pieces("stock_item-A", 9)
    assert positions("tail", "--after", "0") == list(range(1, 11))
    assert positions("stream", "stock_item-A") == [*range(1, 9), 10]


def test_a_stream_is_shown_as_it_is_and_as_it_was() -> None:
    append_pieces("stock_item-A", 1, 2)
    append_pieces("stock_item-B", 1)
    append_pieces("stock_item-A", 3)
    *_, then, _now = log.read_stream("stock_item-A")
    assert positions("stream", "stock_item-A") == [1, 2, 4]
    assert positions("stream", "stock_item-A", "--as-of", then.recorded_at.isoformat()) == [1, 2]
    with pytest.raises(CommandError, match=r"^There is no stream 'stock_item-A' as of .*\.$"):
        look("stream", "stock_item-A", "--as-of", (then.recorded_at - timedelta(days=1)).isoformat())


# How they are shown


def test_a_program_reads_columns_with_tabs_between_them() -> None:
    append_pieces("stock_item-A", 5)
    [line] = look("tail")
    position, recorded_at, name, stream, version, actor, data = line.split("\t")
    assert (position, name, stream, version, actor) == ("1", "StockReceived", "stock_item-A", "1", "tests")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+]0[12]:00", recorded_at)
    assert data == '{"sku":"SKU-1","quantity":5}'


def test_at_a_terminal_each_event_is_one_aligned_line_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    append_pieces("stock_item-A", 5)
    record(factories.ProductListed.build(sku="A", description="long " * 50))
    short, long = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in look("tail", out=Terminal()))
    assert re.fullmatch(r'1  [-\d]+ [:\d]+  StockReceived  stock_item-A  1  \{"sku":"SKU-1","quantit…', short)
    assert len(long) == 80
    assert short.index("stock_item-A") == long.index("product-A")


def test_json_lines_hold_the_envelope_and_the_data() -> None:
    answer = send(DELIVERY, WIM)
    recorded = log.event_by_id(answer.events[0])
    assert recorded is not None
    assert msgspec.json.decode(look("tail", "--json")[0]) == {
        "position": 1,
        "id": str(recorded.id),
        "stream": "stock_item-MUG",
        "version": 1,
        "name": "StockReceived",
        "schema": 1,
        "recorded_at": recorded.recorded_at.isoformat().replace("+00:00", "Z"),
        "correlation": str(answer.command),
        "causation": None,
        "command": str(answer.command),
        "actor": "wim",
        "data": {"sku": "MUG", "quantity": 5},
    }


def test_one_event_is_shown_with_all_that_is_known_of_it() -> None:
    event_id = append_pieces("stock_item-A", 5)[0]
    shown = dict(line.split(maxsplit=1) for line in look("event", str(event_id)))
    assert shown["id"] == str(event_id)
    assert (shown["stream"], shown["version"], shown["command"]) == ("stock_item-A", "1", "none")
    assert (shown["data.sku"], shown["data.quantity"]) == ('"SKU-1"', "5")
    assert len(look("event", str(event_id), "--json")) == 1


def test_a_correlation_is_a_tree_of_commands_and_what_they_led_to() -> None:
    listed = send(MUG, ADA)
    cause = listed.events[0]
    delivered = send(DELIVERY, WIM, correlation=listed.command, causation=cause)
    by_hand = Metadata("otto", listed.command, delivered.events[0])
    append([New("stock_item-MUG", [received(1), received(2)])], by_hand)
    again = send(DELIVERY, WIM, correlation=listed.command, causation=cause)
    send(DELIVERY, WIM)
    times = re.compile(r"  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
    assert [times.sub("", line).partition("  {")[0] for line in look("tree", str(listed.command))] == [
        f"└─ ListProduct by ada  {listed.command}",
        "   └─ 1  ProductListed  product-MUG     1",
        f"      ├─ ReceiveStock by wim  {delivered.command}",
        "      │  └─ 2  StockReceived  stock_item-MUG  1",
        "      │     ├─ 3  StockReceived  stock_item-MUG  2",
        "      │     └─ 4  StockReceived  stock_item-MUG  3",
        f"      └─ ReceiveStock by wim  {again.command}",
        "         └─ 5  StockReceived  stock_item-MUG  4",
    ]
    assert positions("tree", str(listed.command)) == [1, 2, 3, 4, 5]


def test_a_very_long_chain_of_causes_is_a_tree_too() -> None:
    correlation, cause = uuid7(), None
    for _ in range(1100):
        [cause] = append([New("stock_item-A", [received()])], Metadata("tests", correlation, cause))
    assert len(look("tree", str(correlation))) == 1100


@pytest.mark.parametrize("out", [StringIO, Terminal])
def test_nothing_in_an_event_steers_the_terminal_or_breaks_a_line(
    out: type[StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    metadata = Metadata("otto", uuid7())
    append([New("stock_item-A", [received(sku="[bold]\x1b[31m\n\u202e\x9b2J")])], metadata)
    [line] = look("tail", out=out())
    assert not set("\x9b\u202e\x1b") & set(re.sub(r"\x1b\[[0-9;]*m", "", line))
    assert "[bold]" in line


def test_an_event_that_cannot_be_read_hides_no_other() -> None:
    append_pieces("stock_item-A", 1)
    [event_id] = append_pieces("stock_item-A", 2)
    rows("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    rows("UPDATE eventstore_event SET name = 'StockDreamt' WHERE id = %s", event_id)
    rows("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    read, unread = look("tail")
    assert read.endswith('{"sku":"SKU-1","quantity":1}')
    assert unread.endswith("unreadable: Invalid: No event is known under the stored name 'StockDreamt'.")
    assert msgspec.json.decode(look("event", str(event_id), "--json")[0])["data"] is None


# What is personal


@pytest.mark.parametrize("manner", [[], ["--json"]])
def test_what_is_personal_is_shown_only_on_demand_and_never_once_it_is_erased(manner: list[str]) -> None:
    clara = factories.CustomerRegistered.build(name="Clara Vogel")
    event_id = str(record(clara))
    looks = (
        ["tail"],
        ["stream", factories.stream_of(clara)],
        ["tree", str(METADATA.correlation)],
        ["event", event_id],
    )
    for arguments in looks:
        unasked, asked = ("\n".join(look(*arguments, *manner, *more)) for more in ([], ["--personal"]))
        assert "(personal)" in unasked
        assert "Clara" not in unasked
        assert "Clara Vogel" in asked
    personal.destroy_key(str(clara.customer_id))
    for arguments in looks:
        for more in [], ["--personal"]:
            erased = "\n".join(look(*arguments, *manner, *more))
            assert "(personal)" not in erased
            assert re.search(r'name("?:|\s+)null', erased)


# Bad input


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["tail", "-n", "many"], "'many' is no count: it has to be a whole number from 0 on."),
        (["tail", "-n", "9" * 30], f"'{'9' * 30}' is no count: it has to be a whole number from 0 on."),
        (["tail", "--after", "-1"], "'-1' is no position: it has to be a whole number from 0 on."),
        (["tail", "--after", str(2**63)], f"'{2**63}' is no position: it has to be a whole number from 0 on."),
        (["tail", "--after", "٣"], "'٣' is no position: it has to be a whole number from 0 on."),
        (["tail", "--name", "Dreamt"], "No event is known under the stored name 'Dreamt'."),
        (["tail", "--category", "x"], f"There is no category 'x'. There are: {', '.join(CATEGORIES)}."),
        (["stream", "order-1"], "There is no stream 'order-1'."),
        (["stream", ""], "'' cannot be the name of a stream."),
        (["stream", "a\0b"], r"'a\x00b' cannot be the name of a stream."),
        (["stream", "\udcff"], r"'\udcff' cannot be the name of a stream."),
        (
            ["stream", "order-1", "--as-of", "yesterday"],
            "'yesterday' is no time, such as 2026-11-23T15:30 or 2026-11-23T15:30:00+01:00.",
        ),
        (
            ["stream", "order-1", "--as-of", "0001-01-01"],
            "'0001-01-01' is no time, such as 2026-11-23T15:30 or 2026-11-23T15:30:00+01:00.",
        ),
        (["tree", "x"], "'x' is no id, such as 0199a1c2-7c3e-7d2a-9c1b-4f6f0e3b9d11."),
        (["tree", NOBODYS], f"No event has the correlation {NOBODYS}."),
        (["event", "x"], "'x' is no id, such as 0199a1c2-7c3e-7d2a-9c1b-4f6f0e3b9d11."),
        (["event", NOBODYS], f"There is no event {NOBODYS}."),
    ],
)
def test_bad_input_gets_a_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        look(*arguments)
    assert str(error.value) == sentence


def test_a_database_without_a_log_gets_a_sentence() -> None:
    rows("ALTER TABLE eventstore_log RENAME TO eventstore_gone")
    try:
        with pytest.raises(CommandError, match=r'^The database says: relation "eventstore_log" does not exist\. Has'):
            look()
    finally:
        rows("ALTER TABLE eventstore_gone RENAME TO eventstore_log")
