"""The tempest: a provider that misbehaves in every way, workers that are killed, and two ledgers that have to agree."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import requests
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from redis import Redis

from config.sandbox.payment_provider.cards import CARDS
from eventstore import bell, clock, log, subscriptions
from eventstore.effects import asking, borders, outbox
from eventstore.inbox import heeding
from eventstore.models import Effect, OwedCommand, Received
from eventstore.process import deadlines, sending
from orders.domain import payment
from orders.domain.payment.states import Payment
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.letters import PaymentLetters
from orders.systems.payment_provider.stripe_account import Account, Stripe
from tests.connections import connected
from tests.sandbox_room import API_KEY, WEBHOOK_SECRET, Stand, sandbox
from tests.systems.payment_provider.buyers import Buyer, act, arrive, is_over, state_of

# What is not taken with the first share is released; what is taken later is charged by itself.
WITHOUT_MULTICAPTURE = [name for name, card in CARDS.items() if not card.multicapture]
READERS = ("process:charging", "process:reconciliation")
SECONDS = 0.5  # that the provider has to answer in
STEP = timedelta(seconds=20)  # of the shop's clock, each time that somebody looks


class Tempest:
    """So many buyers, some workers, and the rate at which things go wrong; what came of it is in `counts`."""

    def __init__(self, *, orders: int, workers: int, rate: float, seed: int, seconds: float) -> None:
        self.chance = random.Random(seed)
        self.orders, self.workers, self.rate, self.seed, self.patience = orders, workers, rate, seed, seconds
        self.counts: Counter[str] = Counter()
        self.buyers: list[Buyer] = []
        self.seconds = 0.0

    def run(self, folder: Path) -> None:
        """Let it blow, and then let everything come to rest."""
        outbox.LEASE = timedelta(seconds=4)  # nobody here takes longer, and nobody waits longer for the dead
        borders.PROBE = timedelta(seconds=4)
        borders.LONGEST_PAUSE = 20.0
        began = time.monotonic()
        with (
            webhooks() as address,
            sandbox("payment_provider", folder, calls=address, silence=1.5, seconds_a_move=0.5) as stand,
        ):
            border = PaymentBorder(Stripe(Account(stand.address, API_KEY, SECONDS)))
            with connected([border], [PaymentLetters(WEBHOOK_SECRET)]):
                stand.steer("rate", rate=str(self.rate), seed=str(self.seed))
                self.blow(stand, began)
                stand.steer("behave")
                self.calm(began)
        self.ledger = folder / "payment_provider.sqlite"
        self.seconds = time.monotonic() - began

    def blow(self, stand: Stand, began: float) -> None:
        """Buyers come, the provider is down for a while, workers die, Redis is flushed."""
        pids = [worker() for _ in range(self.workers)]
        waiting: list[Buyer] = []
        coming = iter(arrive(self.orders, self.chance))
        downs = {self.orders // 2}
        while time.monotonic() < began + self.patience:
            fresh = [buyer for buyer, _ in zip(coming, range(20), strict=False)]
            self.buyers += fresh
            waiting = [buyer for buyer in (*waiting, *fresh) if act(buyer)]
            if any(len(self.buyers) >= at for at in downs):
                downs.clear()
                stand.steer("down", seconds="3")
            if not fresh and not waiting:
                break
            pids = self.kill(pids)
            clock.forward(STEP)
            time.sleep(0.1)
        for pid in pids:
            end(pid)

    def kill(self, pids: list[int]) -> list[int]:
        """One of the workers dies now and then, and another one comes."""
        if self.chance.random() < 0.3:
            victim = pids.pop(self.chance.randrange(len(pids)))
            end(victim)
            self.counts["killed"] += 1
            Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
            return [*pids, worker()]
        return pids

    def calm(self, began: float) -> None:
        """The provider behaves: whatever is open is settled, by whoever comes by."""
        waiting = list(self.buyers)
        while (waiting or any(left_over())) and time.monotonic() < began + self.patience:
            clock.forward(timedelta(minutes=10))
            work()
            waiting = [buyer for buyer in waiting if act(buyer)]
            time.sleep(0.05)
        work()
        self.counts["not over"] = len(waiting)

    def faults(self) -> Iterator[str]:
        """Where the two ledgers do not agree, what was charged twice, and what nobody looks after."""
        theirs = self.theirs()
        for buyer in self.buyers:
            state = state_of(buyer)
            self.counts[type(state).__name__] += 1
            ours = ours_of(buyer, state)
            known = theirs.get(str(buyer.order_id), Counter())
            if ours != known:
                yield f"{buyer.order_id}: ours {dict(ours)}, theirs {dict(known)}"
            if not is_over(buyer, state):
                yield f"{buyer.order_id} is still {type(state).__name__}"
        yield from self.doubled()
        yield from left_over()

    def theirs(self) -> dict[str, Counter[str]]:
        """What the provider has taken, given back, and still holds, by order."""
        found: dict[str, Counter[str]] = {}
        query = (
            "SELECT json_extract(metadata, '$.order_id'), captured,"
            " CASE status WHEN 'requires_capture' THEN amount - captured - released ELSE 0 END,"
            " (SELECT coalesce(sum(m.amount), 0) FROM movement m WHERE m.intent = intent.id AND what = 'refunded')"
            " FROM intent"
        )
        with sqlite3.connect(self.ledger) as ledger:
            for order_id, captured, held, refunded in ledger.execute(query):
                sums = Counter({"held": held, "captured": captured, "refunded": refunded})
                found[order_id] = found.get(order_id, Counter()) + sums
                self.counts.update({f"cents {what}": cents for what, cents in sums.items()})
        return found

    def doubled(self) -> Iterator[str]:
        """What was done twice: an attempt held twice, a share taken twice, a refund paid twice."""
        once = {
            "held": "SELECT metadata FROM intent WHERE capture_method = 'manual' GROUP BY"
            " json_extract(metadata, '$.order_id'), json_extract(metadata, '$.attempt') HAVING count(*) > 1",
            "taken alone": "SELECT metadata FROM intent WHERE capture_method = 'automatic' AND status = 'succeeded'"
            " GROUP BY json_extract(metadata, '$.shipment_id') HAVING count(*) > 1",
            "moved": "SELECT key FROM movement WHERE key != '' AND what != 'released' GROUP BY key HAVING count(*) > 1",
            "paid back": "SELECT metadata FROM refund WHERE status = 'succeeded'"
            " GROUP BY json_extract(metadata, '$.refund_id'), intent HAVING count(*) > 1",
        }
        with sqlite3.connect(self.ledger) as ledger:
            for what, query in once.items():
                yield from (f"{what} twice: {row}" for row in ledger.execute(query))
            self.counts["requests"] = ledger.execute("SELECT count(*) FROM request").fetchone()[0]
            for kind, times in ledger.execute("SELECT mischief, count(*) FROM request WHERE mischief != '' GROUP BY 1"):
                self.counts[f"went wrong: {kind}"] = times
        for fact in log.read_log(names=["LatePaymentReceived"]):
            self.counts["came late"] += 1
            if isinstance(fact.event, payment.LatePaymentReceived) and isinstance(
                fact.event.request, payment.CaptureRequest
            ):
                yield f"charged twice: {fact.event}"


def provider(folder: Path, address: str) -> AbstractContextManager[Stand]:
    """The sandbox, in whose world time passes."""
    return sandbox("payment_provider", folder, calls=address, silence=1.5, seconds_a_move=0.5)


def ours_of(buyer: Buyer, state: Payment) -> Counter[str]:
    """What we think that the provider has taken, given back, and still holds of an order."""
    ledger = state.ledger
    taken = sum(each.amount.cents for each in ledger.captures.values() if each.standing == "captured")
    held = sum(each.cents for each in ledger.unwanted.values())
    if isinstance(state, payment.Authorized) and not (taken and buyer.card in WITHOUT_MULTICAPTURE):
        held += state.amount.cents - ledger.captured(state.attempt).cents
    return +Counter({"held": held, "captured": taken, "refunded": ledger.refunded.cents})


def left_over() -> Iterator[str]:
    """What was asked, owed or told, and is neither settled nor on anybody's list."""
    for effect in Effect.objects.all():
        yield f"{effect} after {effect.attempts} attempts: {effect.error}"
    for owed in OwedCommand.objects.all():
        yield f"{owed}: {owed.error}"
    for received in Received.objects.filter(settled_at=None):
        yield f"{received}: {received.outcome}"


def work() -> None:
    """All that workers do at this border, until nothing moves."""
    moved = 1
    while moved:
        moved = sum(subscriptions.advance(reader) for reader in READERS)
        moved += deadlines.fire() + sending.send_owed() + asking.ask_everybody() + heeding.heed_everybody()


def worker() -> int:
    """A worker that was forked from here, and works until it is killed."""
    connections.close_all()
    if pid := os.fork():
        return pid
    try:
        bell._redis.cache_clear()
        while True:
            with suppress(Exception):
                work()
            time.sleep(0.02)
    finally:
        os._exit(1)


def end(pid: int) -> None:
    """A worker dies, wherever it is."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


class Quiet(WSGIRequestHandler):
    """Says nothing of what it is asked."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at once."""

    daemon_threads = True


@contextmanager
def webhooks() -> Iterator[str]:
    """The shop's own address for the provider's letters."""
    application = get_wsgi_application()

    def answering(environ: dict[str, object], start: object) -> object:
        try:
            return application(environ, start)  # type: ignore[arg-type]  # as the server says
        finally:
            connection.close()

    server = make_server("127.0.0.1", 0, answering, Server, Quiet)  # type: ignore[arg-type]  # WSGI all the same
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/webhooks/payment_provider/"
    try:
        requests.get(address, timeout=60)  # the first one has everything imported
        yield address
    finally:
        server.shutdown()
        server.server_close()
