"""The tempest: other systems that misbehave in every way, workers that are killed, and ledgers that have to agree."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings
from redis import Redis

from eventstore import clock
from eventstore.effects import System, borders, outbox
from eventstore.errors import Conflict
from eventstore.messages import Refused
from eventstore.models import Effect, OwedCommand, Received
from eventstore.process.history import RetryCommand, SkipCommand
from orders.systems.carrier import easypost
from orders.systems.carrier.border import CarrierBorder
from orders.systems.carrier.easypost import Account as CarrierAccount
from orders.systems.carrier.easypost import EasyPost
from orders.systems.carrier.letters import CarrierLetters
from orders.systems.mail.border import MailBorder, NobodyKnows
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.letters import PaymentLetters
from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests import factories
from tests.connections import connected
from tests.sandbox_room import API_KEY, WEBHOOK_SECRET, Stand, sandbox
from tests.shop import send
from tests.systems.mail.postbox import serving
from tests.systems.tempest import labels, mail, money
from tests.systems.tempest.buyers import Buyer, act, arrive
from tests.systems.tempest.crew import end, webhooks, work, worker

SECONDS = 0.5  # that the others have to answer in
STEP = timedelta(seconds=20)  # of the shop's clock, each time that somebody looks
CROWD = 200  # buyers who wait: each of them is looked at in turn, and while there are more nobody else is let in
AWAY = 3  # seconds for which all of them are down in the middle of it


class Tempest:
    """So many buyers, some workers, and the rate at which things go wrong; what came of it is in `counts`."""

    def __init__(self, *, orders: int, workers: int, rate: float, seed: int, seconds: float) -> None:
        self.chance = random.Random(seed)
        self.orders, self.workers, self.rate, self.seed, self.patience = orders, workers, rate, seed, seconds
        self.counts: Counter[str] = Counter()
        self.buyers: list[Buyer] = []
        self.mails = mail.MailServer(rate, seed)
        self.seconds = 0.0

    def run(self, folder: Path) -> None:
        """Let it blow, and then let everything come to rest."""
        began = time.monotonic()
        self.ledgers = {name: folder / f"{name}.sqlite" for name in ("payment_provider", "carrier")}
        with ExitStack() as after:
            stands = self.stand(folder, after)
            for stand in stands:
                stand.steer("rate", rate=str(self.rate), seed=str(self.seed))
            self.blow(stands, began)
            for stand in stands:
                stand.steer("behave")
            self.mails.rate = 0
            self.calm(began)
        self.seconds = time.monotonic() - began

    def stand(self, folder: Path, after: ExitStack) -> list[Stand]:
        """The provider, the carrier and the mail server, to which the shop is connected."""
        outbox.LEASE = timedelta(seconds=8)  # nobody here takes longer, and nobody waits longer for the dead
        borders.PROBE = timedelta(seconds=8)
        borders.LONGEST_PAUSE = 20.0
        door = after.enter_context(webhooks())
        bank, carrier = (
            after.enter_context(sandbox(name, folder, calls=f"{door}{name}/", silence=1.5, seconds_a_move=moves))
            for name, moves in (("payment_provider", 0.5), ("carrier", 0.0))
        )
        files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder / "labels"}}
        after.enter_context(override_settings(STORAGES=settings.STORAGES | {"labels": files}))
        after.enter_context(patch.object(easypost, "SECONDS", SECONDS))
        after.enter_context(serving(self.mails, timeout=SECONDS))
        sender = factories.Address.build(recipient="The shop")
        account = Account(bank.address, API_KEY, SECONDS)
        systems: list[System] = [
            PaymentBorder(Stripe(account), Checkout(account)),
            CarrierBorder(EasyPost(CarrierAccount(f"{carrier.address}/v2", API_KEY, sender))),
            MailBorder(),
        ]
        after.enter_context(connected(systems, [PaymentLetters(WEBHOOK_SECRET), CarrierLetters(WEBHOOK_SECRET)]))
        return [bank, carrier]

    def blow(self, stands: list[Stand], began: float) -> None:
        """Buyers come, the others are down for a while, workers die, Redis is flushed."""
        pids = [worker() for _ in range(self.workers)]
        waiting: list[Buyer] = []
        coming = iter(arrive(self.orders, self.chance))
        downs = {self.orders // 2}
        while time.monotonic() < began + self.patience:
            fresh = [buyer for _, buyer in zip(range(20 if len(waiting) < CROWD else 0), coming, strict=False)]
            self.buyers += fresh
            waiting = [buyer for buyer in (*waiting, *fresh) if act(buyer)]
            if any(len(self.buyers) >= at for at in downs):
                downs.clear()
                self.down(stands)
            if not fresh and not waiting:
                break
            self.decide()
            pids = self.kill(pids)
            clock.forward(STEP)
            time.sleep(0.1)
        for pid in pids:
            end(pid)

    def down(self, stands: list[Stand]) -> None:
        """All of them are away for a while."""
        for stand in stands:
            stand.steer("down", seconds=str(AWAY))
        self.mails.down_until = time.monotonic() + AWAY

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
        """Everybody behaves: whatever is open is settled, by whoever comes by, and by a person."""
        waiting = list(self.buyers)
        while (waiting or any(left_over())) and time.monotonic() < began + self.patience:
            clock.forward(timedelta(minutes=10))
            work()
            self.decide()
            waiting = [buyer for buyer in waiting if act(buyer)]
            time.sleep(0.05)
        work()
        self.counts["not over"] = len(waiting)

    def decide(self) -> None:
        """A person goes through their list: an e-mail of which nobody knows whether it was sent is not sent again."""
        for effect in Effect.objects.filter(next_try_at=None, refused=False):
            instance = effect.stream.removeprefix("process-")
            unknown = effect.error.startswith(NobodyKnows.__name__)
            decision, reason = (SkipCommand, "They can look.") if unknown else (RetryCommand, "They may be back.")
            with suppress(Refused, Conflict):  # the answer may come while the person is at it
                send(decision(instance=instance, command_id=effect.command_id, reason=reason))
                self.counts["decided by a person"] += 1

    def faults(self) -> Iterator[str]:
        """Where the ledgers do not agree, what was done twice, and what nobody looks after."""
        yield from money.faults(self.ledgers["payment_provider"], self.buyers, self.counts)
        yield from labels.faults(self.ledgers["carrier"], self.buyers, self.counts)
        yield from mail.faults(self.mails, self.counts)
        yield from left_over()
        for name, ledger in self.ledgers.items():
            with closing(sqlite3.connect(ledger)) as database:
                self.counts[f"requests to {name}"] = database.execute("SELECT count(*) FROM request").fetchone()[0]
                wrong = "SELECT mischief, count(*) FROM request WHERE mischief != '' GROUP BY 1"
                self.counts.update({f"went wrong: {name} {kind}": times for kind, times in database.execute(wrong)})


def left_over() -> Iterator[str]:
    """What was asked, owed or told, and is neither settled nor on anybody's list."""
    for effect in Effect.objects.all():
        yield f"{effect} after {effect.attempts} attempts: {effect.error}"
    for owed in OwedCommand.objects.all():
        yield f"{owed}: {owed.error}"
    for received in Received.objects.filter(settled_at=None):
        yield f"{received}: {received.outcome}"
