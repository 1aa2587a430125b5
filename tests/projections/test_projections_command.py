"""`manage.py projections`: how the read models are, and how those who keep them up to date are steered."""

import io
import random
import re
import time
from typing import Any

import msgspec
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from eventstore import log
from eventstore.models import Checkpoint, Parked
from eventstore.subscriptions import advance
from projections import products
from projections.engine import projections, room
from projections.engine.background import ask_for
from projections.engine.health import health_of
from projections.engine.rebuild import claim
from projections.management.commands import projections as command
from projections.products import Product
from tests import factories
from tests.eventstore.pieces import METADATA
from tests.projections import rooms
from tests.projections.newer_subscriptions import NEWER
from tests.projections.rooms import deployed, in_parts
from tests.projections.trade import record
from tests.shop import follow

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCTS = products.PROJECTION


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MOMENT", 0.01)


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    number = record(random.Random(4), 30)
    follow()
    return number


@pytest.fixture
def unlucky(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can take 13 pieces."""

    def project(row: Product | None, fact: Any, sku: str) -> Product | None:
        if getattr(fact.event, "quantity", 0) == 13:
            raise ValueError("13 pieces are bad luck")
        return products.project(row, fact, sku)

    monkeypatch.setattr(PRODUCTS, "project", project)


def receive(sku: str, *quantities: int) -> None:
    """Some pieces arrive, several times."""
    events = [factories.StockReceived.build(sku=sku, quantity=quantity) for quantity in quantities]
    log.append([log.New(f"stock_item-{sku}", events)], METADATA)


def said(*arguments: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("projections", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def refused(*arguments: str) -> str:
    """The sentence with which it fails."""
    with pytest.raises(CommandError) as error:
        said(*arguments)
    assert error.value.returncode == 1
    return str(error.value)


def line(name: str = "products") -> list[str]:
    """What the table says of a read model: figures, and words."""
    [found] = re.findall(rf"^{name} .*$", said(), re.MULTILINE)
    return re.split(r"\s{2,}", found.strip())


# How they are


def test_all_read_models_are_shown(events: int) -> None:
    head, *lines = said().splitlines()
    assert head.split() == ["projection", "position", "of", "behind", "seconds", "rate/s", "parked", "state"]
    assert [each.split()[0] for each in lines] == sorted(projections())
    assert line() == ["products", str(events), str(events), "0", "0", "0", "0", "version 1"]


def test_what_is_behind_and_paused(events: int) -> None:
    said("pause", "products")
    receive("MUG", 1)
    follow()
    name, position, end, behind, seconds, _, _, state = line()
    assert (name, position, end, behind) == ("products", str(events), str(events + 1), "1")
    assert int(seconds) < 5
    assert state == "version 1; paused"
    assert health_of("products").seconds > 0


def test_what_has_never_moved() -> None:
    assert line()[-1] == "version 1, empty"


def test_how_fast_one_moves(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    receive("MUG", *range(1, 11))
    monkeypatch.setattr(time, "sleep", lambda _: advance("products"))
    rate = int(line()[5].replace(",", ""))
    assert rate > 10


def test_a_rebuild_is_shown_with_what_becomes_of_it(events: int) -> None:
    claim(PRODUCTS, room.NEXT)
    since = f"{timezone.localtime():%Y-%m-%d}"
    assert re.fullmatch(rf"version 1; rebuild at 0 of {events} \(0%\) since {since} [:\d]+", line()[-1])
    rooms.close_rooms()
    Checkpoint.objects.filter(reader__endswith=room.NEXT).delete()
    ask_for(PRODUCTS)
    assert line()[-1].endswith(", waits for Celery")
    Checkpoint.objects.filter(reader__endswith=room.NEXT).update(held_by="")
    assert line()[-1].endswith(f"rebuild left at 0 of {events} (0%): replay goes on, replay --cancel throws it away")


def test_the_versions_of_table_and_code(events: int) -> None:
    with deployed(NEWER):
        assert line()[-1] == "version 1, waits to be rebuilt as 2"
    rooms.rebuild(NEWER)
    assert line()[-1] == "version 2, which this code of version 1 leaves alone"


def test_a_read_model_in_parts_is_as_late_as_the_last_of_them(events: int) -> None:
    with in_parts(PRODUCTS, 2):
        advance("products#1/2")
        assert line()[1:4] == ["0", str(events), str(events)]


def test_as_json(events: int) -> None:
    claim(PRODUCTS, room.NEXT)
    found = {each.pop("projection"): each for each in msgspec.json.decode(said("--json"))}
    assert found.keys() == projections().keys()
    rebuild = found["products"].pop("rebuild")
    assert (rebuild["position"], rebuild["state"]) == (0, "running")
    assert found["products"] == {
        "position": events,
        "head": events,
        "behind": 0,
        "seconds": 0.0,
        "parked": 0,
        "paused": False,
        "table": 1,
        "code": 1,
        "rate": 0.0,
    }


def test_a_check_fails_where_one_is_late(events: int) -> None:
    assert said("--check") == "No read model is later than 60 s.\n"
    receive("MUG", 1)
    assert said("--check", "--max-lag", "30") == "No read model is later than 30 s.\n"
    assert refused("--check", "--max-lag", "0") == (
        "products is 0 s late, stock_movements is 0 s late; 0 s are allowed."
    )


@pytest.mark.parametrize("limit", ["nan", "inf", "-1", "soon", ""])
def test_a_limit_that_is_none_is_no_limit(limit: str) -> None:
    sentence = f"{limit!r} is no number of seconds: it has to be 0 or more."
    assert refused("--check", f"--max-lag={limit}") == sentence


# Steering


def test_pause_and_resume(events: int) -> None:
    assert said("pause", "products") == (
        "products is paused. It stays as it is until manage.py projections resume products.\n"
    )
    receive("MUG", 5)
    follow()
    assert not Product.objects.filter(sku="MUG").exists()
    assert said("resume", "products") == "products goes on.\n"
    follow()
    assert Product.objects.get(sku="MUG").available == 5


def test_all_parts_are_paused_and_resumed(events: int) -> None:
    with in_parts(PRODUCTS, 2):
        said("pause", "products")
        assert {paused for name, (_, _, paused) in rooms.checkpoints(PRODUCTS).items() if "#" in name} == {True}
        said("resume", "products")
        assert {paused for _, _, paused in rooms.checkpoints(PRODUCTS).values()} == {False}


@pytest.mark.usefixtures("unlucky")
def test_what_is_parked_is_shown_retried_and_skipped(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("parked", "products") == "products has parked nothing.\n"
    receive("MUG", 1, 13, 5)
    follow()
    first, second = events + 2, events + 3
    head, bad, behind = said("parked", "products").splitlines()
    assert head.split() == ["stream", "position", "attempts", "parked", "at", "why"]
    assert re.fullmatch(rf"stock_item-MUG +{first} +1 +[-\d]+ [:\d]+ +ValueError: 13 pieces are bad luck *", bad)
    assert re.fullmatch(rf"stock_item-MUG +{second} +0 +[-\d]+ [:\d]+ +comes behind it in the stream *", behind)
    assert line()[6] == "2"

    assert refused("retry", "products", "stock_item-MUG") == (
        f"The event at position {first} still cannot be taken: ValueError: 13 pieces are bad luck"
    )
    assert said("skip", "products", "stock_item-MUG", "--by", "Olga", "--because", "by-hand") == (
        f"The event at position {first} is left out of products."
        " manage.py projections retry products stock_item-MUG takes what is behind it.\n"
    )
    assert said("retry", "products", "stock_item-MUG") == "1 event of stock_item-MUG taken.\n"
    assert Product.objects.get(sku="MUG").available == 6
    [skipped] = Parked.objects.all()
    assert (skipped.position, skipped.skipped_by, skipped.skipped_because) == (first, "Olga", "It was done by hand.")


@pytest.mark.usefixtures("unlucky")
def test_what_is_parked_is_taken_by_mended_code(events: int, monkeypatch: pytest.MonkeyPatch) -> None:
    receive("MUG", 1, 13, 5)
    follow()
    monkeypatch.setattr(PRODUCTS, "project", products.project)
    assert said("retry", "products", "stock_item-MUG") == "2 events of stock_item-MUG taken.\n"
    assert Product.objects.get(sku="MUG").available == 19


@pytest.mark.usefixtures("unlucky")
def test_a_part_that_has_parked_is_found(events: int) -> None:
    with in_parts(PRODUCTS, 3):
        receive("MUG", 13)
        follow()
        assert "13 pieces are bad luck" in said("parked", "products")
        said("skip", "products", "stock_item-MUG", "--by", "Olga", "--because", "by-hand")
        assert said("parked", "products") == "products has parked nothing.\n"


def test_what_cannot_be_steered() -> None:
    there = ", ".join(sorted(projections()))
    skip = ("skip", "MUG", "--by=Olga", "--because=by-hand")
    for task, *about in (("pause",), ("resume",), ("parked",), ("retry", "MUG"), skip):
        assert refused(task, "nobody", *about) == f"There is no projection 'nobody'. There are: {there}."
    for task, *about in (("retry", "MUG"), skip):
        assert refused(task, "products", *about) == "products has parked nothing of MUG."
    assert "the following arguments are required: --because, --by" in refused("skip", "products", "MUG")


@pytest.mark.parametrize("stream", ["", "\0", "order-\udcff", "order-\n1"])
def test_what_no_stream_can_be_called_is_refused(stream: str) -> None:
    sentence = f"{stream!r} cannot be the name of a stream."
    assert refused("retry", "products", stream) == sentence
    assert refused("skip", "products", stream, "--by=Olga", "--because=by-hand") == sentence
    for task in (["retry-event"], ["skip-event", "--by=Olga", "--because=by-hand"]):
        with pytest.raises(CommandError) as error:
            call_command("processes", *task, "cancellation", stream)
        assert str(error.value) == sentence


@pytest.mark.usefixtures("unlucky")
@pytest.mark.parametrize("who", ["", " ", "Olga\n", "Olga\0"])
def test_a_skip_needs_somebody_who_says_so(events: int, who: str) -> None:
    receive("MUG", 13)
    follow()
    text = refused("skip", "products", "stock_item-MUG", "--by", who, "--because", "by-hand")
    assert text == "Who says so has 1 to 200 characters, each of which can be printed."
    assert not Parked.objects.exclude(skipped_at=None).exists()


@pytest.mark.usefixtures("unlucky")
def test_a_skip_needs_a_reason(events: int) -> None:
    receive("MUG", 13)
    follow()
    text = refused("skip", "products", "stock_item-MUG", "--by", "Olga", "--because", "Clara Vogel rang")
    assert "argument --because: invalid choice: 'Clara Vogel rang'" in text
