"""Replay has no hands: whatever is built anew, nothing leaves the process, and nothing enters the log."""

import random
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.management import call_command
from redis import Redis
from uuid_utils.compat import uuid7

from eventstore import bell, log
from eventstore.dispatch import dispatch
from eventstore.log import Receipt
from projections import products
from projections.engine import projections, room
from projections.engine.inspection import as_it_was, rebuild_rows, verify, verify_rows
from projections.engine.rebuild import clean, fill
from projections.engine.switch import back
from tests import factories
from tests.eventstore.pieces import append_pieces, count
from tests.projections.rooms import contents, nobody, other, rebuild
from tests.projections.trade import record_everything
from tests.projections.tripwire import tripwire
from tests.shop import SHOPKEEPER, follow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    number = record_everything(random.Random(4))
    follow()
    return number


def test_all_of_history_is_replayed_and_nothing_gets_out(events: int) -> None:
    before, receipts = contents(), count("eventstore_receipt")
    with tripwire() as tried:
        for projection in projections().values():
            keys = list(projection.model.objects.values_list("pk", flat=True)[:5])
            rebuild(projection)
            assert list(verify(projection, nobody)) == []
            rebuild_rows(projection, keys)
            assert verify_rows(projection, keys) == []
            as_it_was(projection, events // 2, nobody)
            back(projection)
            clean(projection)
        call_command("replay", "--all", verbosity=0)
    assert tried == []
    assert mail.outbox == []
    assert contents() == before
    assert (count("eventstore_event"), count("eventstore_receipt")) == (events, receipts)


WAYS_OUT: dict[str, Callable[[], Any]] = {
    "a command": lambda: dispatch(factories.ReceiveStock.build(), actor=SHOPKEEPER, command_id=uuid7()),
    "an event": lambda: append_pieces("stock_item-X", 1),
    "a receipt": lambda: log.keep(Receipt(uuid7(), "ReceiveStock", b"digest", "tests")),
    "the bell": lambda: bell.ring(["products"]),
    "a task": lambda: current_app.send_task("eventstore.tasks.tick"),
    "an e-mail": lambda: mail.EmailMessage("Subject", "Body", None, ["clara@example.com"]).send(),
    "a request": lambda: urllib.request.urlopen("http://127.0.0.1:9/"),
    "Redis": lambda: Redis(port=9).ping(),
    "a program": lambda: subprocess.run([sys.executable, "-V"], check=True),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_tripwire_sees_every_way_out(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell.Silence, "until", 0)
    with tripwire() as tried, suppress(Exception):
        WAYS_OUT[way]()
    assert tried


@pytest.mark.parametrize("way", ["a command", "an event"])
def test_a_rebuild_does_not_even_reach_the_log(events: int, way: str) -> None:
    def project(row: products.Product | None, fact: Any, sku: str) -> products.Product | None:
        WAYS_OUT[way]()
        return products.project(row, fact, sku)

    fill(other(products.PROJECTION, project=project), room.NEXT, nobody)
    assert count("eventstore_event") == events
