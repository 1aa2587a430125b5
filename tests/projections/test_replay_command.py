"""`manage.py replay`: what each way of it does, and the one sentence that whoever is hindered gets."""

import io
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DiskFull
from redis import Redis

from eventstore import log, steering
from eventstore.models import Checkpoint
from projections import products, tasks
from projections.engine import Fact, projections, room, vanguard
from projections.engine.rebuild import claim, fill
from projections.engine.vanguard import Vanguard
from projections.management.commands import replay
from projections.products import Product
from tests import factories
from tests.celery_room import PROJECT
from tests.celery_room import test_environment as environment
from tests.eventstore.pieces import METADATA, make_unreadable, rows
from tests.eventstore.together import elsewhere, until_blocked
from tests.projections import rooms
from tests.projections.newer_subscriptions import NEWER
from tests.projections.rooms import content, contents, deployed, nobody, tables
from tests.projections.trade import record
from tests.services_room import unread
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCTS = products.PROJECTION


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    number = record(random.Random(4), 60)
    log.append([log.New("stock_item-MUG", [factories.StockReceived.build(sku="MUG", quantity=10)])], METADATA)
    follow()
    return number + 1


def said(*arguments: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("replay", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def refused(*arguments: str) -> str:
    """The sentence with which it fails, in which case nothing that is live may change."""
    before = contents()
    with pytest.raises(CommandError) as error:
        call_command("replay", *arguments, stdout=io.StringIO(), no_color=True)
    assert contents() == before
    assert error.value.returncode == 1
    assert "\n" not in str(error.value)
    return str(error.value)


# Which


def test_a_table_is_built_anew(events: int) -> None:
    before = content(PRODUCTS)
    rows("UPDATE projections_products SET available = 0")
    text = said("products")
    assert re.fullmatch(
        rf"products was rebuilt up to position {events} in \d+\.\d s \([\d,]+/s\): {before[0]} rows\."
        r" The former table is kept for --back\.\n",
        text,
    )
    assert content(PRODUCTS) == before
    assert tables(PRODUCTS) == {room.LIVE, room.FORMER}


@pytest.mark.parametrize("name", sorted(projections()))
def test_a_live_table_has_the_order_of_its_read_model(name: str) -> None:
    """A table that is built anew has it, and empty ones have no content in which the two would differ."""
    meta = projections()[name].model._meta
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = %s"
    live = rows(f"{columns} ORDER BY ordinal_position", meta.db_table, "public")
    assert [column for (column,) in live] == [field.column for field in meta.concrete_fields]


@pytest.mark.parametrize("cores", ["1", "3"])
def test_no_more_cores_are_at_work_than_was_said(events: int, monkeypatch: pytest.MonkeyPatch, cores: str) -> None:
    monkeypatch.setattr(vanguard, "WORTH", 1)
    before, begun = contents(), list[str]()

    def begin(these: Vanguard) -> None:
        begun.append(these.room)
        begin_as_ever(these)

    begin_as_ever = Vanguard.begin
    monkeypatch.setattr(Vanguard, "begin", begin)
    assert "order_page was rebuilt up to" in said("order_page", "--cores", cores)
    assert 1 + len(begun) == int(cores)
    assert contents() == before


@pytest.mark.parametrize("cores", ["", "0", "-1", "two", "1.5", "9" * 30])
def test_a_number_of_cores_that_cannot_be(events: int, cores: str) -> None:
    assert refused("order_page", f"--cores={cores}").startswith(f"'{cores}' is no number of cores: it has to be ")


def test_all_tables_are_built_anew(events: int) -> None:
    before = contents()
    assert re.findall(r"^(\w+) was rebuilt", said("--all"), re.MULTILINE) == sorted(projections())
    assert contents() == before
    assert all(tables(projection) == {room.LIVE, room.FORMER} for projection in projections().values())


def test_some_tables_are_built_anew_each_once(events: int) -> None:
    text = said("products", "timeline", "products")
    assert re.findall(r"^(\w+) was rebuilt", text, re.MULTILINE) == ["products", "timeline"]


def test_whoever_names_nothing_is_asked() -> None:
    there = ", ".join(sorted(projections()))
    assert refused() == f"Name read models, or say --all. There are: {there}."
    assert refused("--verify") == f"Name read models, or say --all. There are: {there}."
    assert refused("--all", "products") == "Name read models, or say --all, but not both."
    for work in ("--processes", "--decisions"):
        assert refused(work, "--all", "prepaid") == "Name processes, or say --all, but not both."


def test_a_name_that_nobody_has_stops_all_of_it(events: int) -> None:
    there = ", ".join(sorted(projections()))
    assert refused("products", "product") == f"There is no projection 'product'. There are: {there}."
    assert tables(PRODUCTS) == {room.LIVE}


def test_only_one_thing_is_done_at_a_time() -> None:
    assert "not allowed with argument" in refused("products", "--verify", "--back")


# What hinders


def test_two_at_once(events: int) -> None:
    claim(PRODUCTS, room.NEXT)
    text = elsewhere(lambda: refused("products")).result(timeout=20)
    assert re.fullmatch(r"products is being rebuilt since \d\d:\d\d:\d\d, and has come to position 0\.", text)


def test_it_is_said_that_a_rebuild_goes_on_once_it_is_ours(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody, until=1)
    out = io.StringIO()

    def second() -> None:
        with pytest.raises(CommandError, match=r"^products is being rebuilt since "):
            call_command("replay", "products", stdout=out)

    elsewhere(second).result(timeout=20)
    assert out.getvalue() == ""
    assert said("products").startswith("products goes on from position 1.\nproducts was rebuilt up to position ")


@pytest.mark.parametrize(
    ("place", "arguments", "doing"),
    [(room.CHECKED, ["--verify"], "verified"), (room.THEN, ["--until", "1"], "built as it was")],
)
def test_two_at_once_beside_the_live_table(events: int, place: str, arguments: list[str], doing: str) -> None:
    claim(PRODUCTS, place)
    text = elsewhere(lambda: refused("products", *arguments)).result(timeout=20)
    assert re.fullmatch(rf"products is being {doing} since \d\d:\d\d:\d\d, and has come to position 0\.", text)


def test_a_table_of_newer_code(events: int) -> None:
    rooms.rebuild(NEWER)
    text = (
        "The table of products is of version 2, and this code of version 1."
        " Deploy the newer code, or take the former table: manage.py replay --back products"
    )
    for way in ((), ("--background",), ("--verify",), ("--one", "MUG"), ("--dry-run",), ("--until", "1")):
        assert refused("products", *way) == text
    assert said("products", "--back").startswith("products is served from its former table again")


def test_a_table_of_older_code(events: int) -> None:
    with deployed(NEWER):
        for way in (("--verify",), ("--one", "MUG")):
            assert refused("products", *way) == (
                "The table of products is of version 1, and this code of version 2: it has to be built anew as a whole."
            )
        assert "it is of version 1, and the code of version 2" in said("products", "--dry-run")


def test_a_missing_table(events: int) -> None:
    rows("ALTER TABLE projections_products RENAME TO elsewhere")
    try:
        for way in ((), ("--background",), ("--verify",), ("--one", "MUG"), ("--dry-run",), ("--until", "1")):
            with pytest.raises(CommandError, match=r"^The table projections_products is missing\. Run manage\.py migr"):
                said("products", *way)
    finally:
        rows("ALTER TABLE elsewhere RENAME TO projections_products")


def test_a_full_disk(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("could not extend file\nHINT: Check free disk space.") from DiskFull()

    monkeypatch.setattr(replay, "fill", full)
    assert refused("products") == (
        "The disk of the database is full (could not extend file). The live table is as it was."
    )


# In the background, and called off


def test_celery_is_asked(events: int) -> None:
    before = contents()
    assert said("products", "--background") == (
        "products will be built anew in the background, from position 0 on."
        " manage.py projections shows how far it is.\n"
    )
    assert Redis.from_url(settings.CELERY_BROKER_URL).llen("celery") == 1
    assert contents() == before
    assert said("products", "--cancel") == ("The rebuild of products is cancelled. The live table is as it was.\n")
    assert said("products", "--cancel") == "No rebuild of products is under way.\n"
    assert tables(PRODUCTS) == {room.LIVE}


def test_celery_is_asked_although_it_cannot_be_reached(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.rebuild, "delay", unreachable)
    assert "The broker cannot be reached (ConnectionRefusedError). It begins when" in said("products", "--background")
    assert Checkpoint.objects.filter(reader="products@projections_next").exists()


def test_a_cancelled_rebuild_that_begins_again_by_itself_says_so(events: int) -> None:
    with deployed(NEWER):
        said("products", "--background")
        assert "it begins again by itself, unless you pause the projection" in said("products", "--cancel")


# Back, and clean


def test_back_and_back_again(events: int) -> None:
    before = content(PRODUCTS)
    rows("UPDATE projections_products SET available = 0")
    wrong = content(PRODUCTS)
    said("products")
    assert said("products", "--back") == (
        f"products is served from its former table again, which shows the log up to position {events}."
        " The other one is kept for --back.\n"
    )
    assert content(PRODUCTS) == wrong
    said("products", "--back")
    assert content(PRODUCTS) == before


def test_what_is_paused_stays_so_back_and_back_again(events: int) -> None:
    said("products")
    steering.pause("products")
    for _ in range(2):
        assert said("products", "--back").endswith("It is paused until manage.py projections resume products.\n")
        assert Checkpoint.objects.get(reader="products").paused
    steering.resume("products")
    said("products", "--back")
    assert not Checkpoint.objects.get(reader="products").paused


def test_back_from_a_table_of_another_version_is_no_pause_of_an_operator(events: int) -> None:
    with deployed(NEWER):
        said("products")
        said("products", "--back")
        assert Checkpoint.objects.get(reader="products").paused
        said("products", "--back")
        assert not Checkpoint.objects.get(reader="products").paused


def test_back_to_a_table_of_another_version_says_that_it_stays(events: int) -> None:
    with deployed(NEWER):
        said("products")
        assert "It is of version 1 and stays as it is until manage.py replay products." in said("products", "--back")


def test_back_without_a_former_table(events: int) -> None:
    assert refused("products", "--back") == "There is no former table of products to go back to."


def test_clean_drops_what_was_kept(events: int) -> None:
    said("products", "timeline")
    said("products", "--until", "10")
    assert said("products", "--clean") == (
        "products: dropped projections_former.projections_products and projections_then.projections_products.\n"
    )
    text = said("--clean")
    assert "products: dropped nothing, as nothing was kept.\n" in text
    assert "timeline: dropped projections_former.projections_timeline.\n" in text
    assert refused("products", "--back") == "There is no former table of products to go back to."


# To look at


def test_verify_says_that_all_is_well(events: int) -> None:
    count = content(PRODUCTS)[0]
    assert said("products", "--verify") == f"products: {count} rows; the log says otherwise of none.\n"


def test_verify_reports_every_row_and_field_and_fails(events: int) -> None:
    rows("UPDATE projections_products SET available = 99, listed = true WHERE sku = 'MUG'")
    Product(sku="FALSE\x1b[31m", name="Nobody has listed it").save()
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^The log says otherwise of 2 rows\.$") as error:
        call_command("replay", "--all", "--verify", stdout=out)
    assert error.value.returncode == 1
    lines = out.getvalue().splitlines()
    assert "products FALSE\\x1b[31m should not be there." in lines
    at = lines.index("products MUG differs:")
    assert lines[at + 1 : at + 3] == ["  available: 99, and by the log 10", "  listed: true, and by the log false"]
    assert "order_page:" in out.getvalue()


def test_verify_reports_a_missing_row(events: int) -> None:
    rows("DELETE FROM projections_products WHERE sku = 'MUG'")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^The log says otherwise of 1 row\.$"):
        call_command("replay", "products", "--verify", stdout=out)
    assert "products MUG is missing.\n" in out.getvalue()


def test_verify_says_that_an_operator_has_left_something_out(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlucky(row: Product | None, fact: Fact, sku: str) -> Product | None:
        if fact.position == events + 1:
            raise ValueError("bad luck")
        return products.project(row, fact, sku)

    monkeypatch.setattr(PRODUCTS, "project", unlucky)
    for quantity in (13, 3):
        received = factories.StockReceived.build(sku="MUG", quantity=quantity)
        log.append([log.New("stock_item-MUG", [received], log.ANY)], METADATA)
    follow()
    steering.skip("products", "stock_item-MUG", by="Olga", because="It can never be done.")
    steering.retry("products", "stock_item-MUG")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^The log says otherwise of 1 row\.$"):
        call_command("replay", "products", "--verify", stdout=out, no_color=True)
    left = "An operator has left 1 event out of it, which a rebuild tries again. Rows may differ for that alone.\n"
    assert out.getvalue().endswith(left)


def test_verify_does_not_call_well_what_could_not_be_taken(events: int) -> None:
    received = factories.StockReceived.build(sku="MUG", quantity=13)
    (bad,) = log.append([log.New("stock_item-MUG", [received], log.ANY)], METADATA)
    make_unreadable(bad)
    follow()
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^1 event could not be taken: not every row was compared\.$") as error:
        call_command("replay", "products", "--verify", stdout=out, no_color=True)
    assert error.value.returncode == 1
    well, *left = out.getvalue().splitlines()
    assert well.endswith("the log says otherwise of none.")
    assert left == ["1 event could not be taken, so its rows are compared without it."]


def test_verify_calls_well_what_an_operator_has_left_out_for_good(events: int) -> None:
    received = factories.StockReceived.build(sku="MUG", quantity=13)
    (bad,) = log.append([log.New("stock_item-MUG", [received], log.ANY)], METADATA)
    make_unreadable(bad)
    follow()
    steering.skip("products", "stock_item-MUG", by="Olga", because="Nobody can read it.")
    assert said("products", "--verify").endswith("the log says otherwise of none.\n")


def test_one_row_is_made_anew(events: int) -> None:
    before = contents()
    rows("UPDATE projections_products SET available = 99 WHERE sku = 'MUG'")
    assert said("products", "--one", "MUG") == "products MUG: The row was made anew, by 1 event of the log.\n"
    assert contents() == before
    assert said("products", "--one", "NONE") == "products NONE: There is to be no such row, by 0 events of the log.\n"


def test_one_row_needs_its_key() -> None:
    assert refused("order_page", "--one", "MUG").startswith("'MUG' is no key of order_page: ")
    assert refused("products", "--one", "MUG\udcff") == "'MUG\\udcff' is no key of products."
    assert refused("products", "--one", "MUG\0") == "'MUG\\x00' is no key of products."
    assert refused("--all", "--one", "MUG") == "A key is of one read model: name that one."


def test_the_table_as_it_was_stands_beside_the_live_one(events: int) -> None:
    before = contents()
    text = said("products", "--until", str(events - 1))
    assert re.fullmatch(
        rf"products as it was at position {events - 1}, [-\d]+ [:\d]+: \d+ rows\. Look at it, and drop it again:\n"
        r"  SELECT \* FROM projections_then\.projections_products;\n"
        r"  manage\.py replay --clean products\n",
        text,
    )
    assert content(PRODUCTS, room.THEN)[0] == content(PRODUCTS)[0] - 1
    assert contents() == before


def test_the_table_as_it_was_at_a_time(events: int) -> None:
    then = timezone.localtime(timezone.now())
    log.append([log.New("stock_item-NEW", [factories.StockReceived.build(sku="NEW", quantity=1)])], METADATA)
    follow()
    assert f"at position {events}, " in said("products", "--until", then.isoformat())
    assert f"at position {events}, " in said("products", "--until", then.replace(tzinfo=None).isoformat())
    assert f"at position {events + 1}, " in said("products", "--until", "2199-01-01")
    assert "products as it was at position 0: 0 rows." in said("products", "--until", "2001-01-01")


@pytest.mark.parametrize("when", ["tomorrow", "-1", "1.5", "9" * 30])
def test_a_time_that_never_was(events: int, when: str) -> None:
    assert f"'{when}' is no " in refused("products", f"--until={when}")


def test_a_position_that_is_still_to_come(events: int) -> None:
    assert refused("products", "--until", "4711") == f"The log ends at position {events}."


def test_a_dry_run_says_what_would_be_done_and_does_nothing(events: int) -> None:
    count = content(PRODUCTS)[0]
    text = said("products", "--dry-run")
    assert re.fullmatch(
        rf"products would be built anew from \d+ events among {events}, in about \d+\.\d s\."
        rf" The live table has {count} rows; it is of version 1, and the code of version 1\.\n",
        text,
    )
    assert tables(PRODUCTS) == {room.LIVE}
    fill(PRODUCTS, room.NEXT, nobody)
    assert f"It would go on with a rebuild that stands at position {events}." in said("products", "--dry-run")


def test_what_an_older_version_has_left_is_not_gone_on_with(events: int) -> None:
    fill(PRODUCTS, room.NEXT, nobody)
    with deployed(NEWER):
        assert "It would go on with" not in said("products", "--dry-run")
        assert said("products").startswith(f"products was rebuilt up to position {events} in ")


# Interrupted


def test_what_was_interrupted_is_left_and_goes_on(events: int) -> None:
    before = contents()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with patch.object(replay, "switch", interrupt), pytest.raises(CommandError) as error:
        said("products")
    assert error.value.returncode == 130
    assert str(error.value) == (
        f"Interrupted at position {events}. The live table is as it was. manage.py replay products goes on from"
        " there; with --cancel it is thrown away."
    )
    assert contents() == before
    assert said("products").startswith(f"products goes on from position {events}.\n")
    assert contents() == before


@pytest.mark.parametrize(
    ("how", "code", "text"),
    [(signal.SIGINT, 130, r"CommandError: Interrupted at position \d+\..*\n"), (signal.SIGKILL, -signal.SIGKILL, "")],
    ids=["Ctrl-C", "kill -9"],
)
def test_a_real_one_that_is_ended_goes_on(events: int, how: signal.Signals, code: int, text: str) -> None:
    before = content(PRODUCTS)
    with transaction.atomic():
        # The new table is full, and the switch waits for us.
        Checkpoint.objects.select_for_update().get(reader="products")
        running = subprocess.Popen(
            [sys.executable, "manage.py", "replay", "products"],
            cwd=PROJECT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until_blocked()
        running.send_signal(how)
        _, errors = running.communicate(timeout=30)

    assert running.returncode == code
    assert re.fullmatch(text, errors)
    assert content(PRODUCTS) == before
    assert goes_on().startswith(f"products goes on from position {events}.\n")
    assert content(PRODUCTS) == before


@pytest.mark.parametrize(
    ("arguments", "code", "errors"),
    [
        (["--all"], 0, ""),
        (["--dry-run", "--all"], 0, ""),
        (["--processes"], 0, ""),
        (["--verify", "--all"], 1, "CommandError: The log says otherwise of 1 row.\n"),
    ],
)
def test_what_nobody_reads_any_more_is_done_to_its_end(
    events: int, arguments: list[str], code: int, errors: str
) -> None:
    if "--verify" in arguments:
        rows("UPDATE projections_products SET available = 99 WHERE sku = 'MUG'")
    with_processes = environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    assert unread("replay", *arguments, env=with_processes) == (code, errors)
    if arguments == ["--all"]:
        assert all(tables(projection) == {room.LIVE, room.FORMER} for projection in projections().values())


def goes_on() -> str:
    """What the next one says, once the database has noticed that the one before is gone."""
    for _ in range(100):
        with suppress(CommandError):
            return said("products")
        time.sleep(0.1)
    raise AssertionError("The one who was killed holds its rebuild for ever.")
