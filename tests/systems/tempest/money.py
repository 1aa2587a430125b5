"""The judge of money: what we think that was held, taken and given back, beside what the provider has in its ledger."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from config.sandbox.payment_provider.cards import CARDS
from eventstore import log
from orders.domain import payment
from orders.domain.payment.states import Payment
from tests.systems.tempest.buyers import Buyer, is_paid, payment_of

# What is not taken with the first share is released; what is taken later is charged by itself.
WITHOUT_MULTICAPTURE = [name for name, card in CARDS.items() if not card.multicapture]
SUMS = (
    "SELECT json_extract(metadata, '$.order_id'), captured,"
    " CASE status WHEN 'requires_capture' THEN amount - captured - released ELSE 0 END,"
    " (SELECT coalesce(sum(m.amount), 0) FROM movement m WHERE m.intent = intent.id AND what = 'refunded')"
    " FROM intent"
)
# What was done twice: an attempt held twice, a share taken twice, a refund paid twice.
TWICE = {
    "held": "SELECT metadata FROM intent WHERE capture_method = 'manual' GROUP BY"
    " json_extract(metadata, '$.order_id'), json_extract(metadata, '$.attempt') HAVING count(*) > 1",
    "taken alone": "SELECT metadata FROM intent WHERE capture_method = 'automatic' AND status = 'succeeded'"
    " GROUP BY json_extract(metadata, '$.shipment_id') HAVING count(*) > 1",
    "moved": "SELECT key FROM movement WHERE key != '' AND what != 'released' GROUP BY key HAVING count(*) > 1",
    "paid back": "SELECT metadata FROM refund WHERE status = 'succeeded'"
    " GROUP BY json_extract(metadata, '$.refund_id'), intent HAVING count(*) > 1",
}


def faults(ledger: Path, buyers: Sequence[Buyer], counts: Counter[str]) -> Iterator[str]:
    """Where the two do not agree, and what was done twice."""
    known = theirs(ledger, counts)
    for buyer in buyers:
        state = payment_of(buyer)
        counts[type(state).__name__] += 1
        ours, there = ours_of(buyer, state), known.get(str(buyer.order_id), Counter())
        if ours != there:
            yield f"{buyer.order_id}: ours {dict(ours)}, theirs {dict(there)}"
        if not is_paid(state):
            yield f"{buyer.order_id} is still {type(state).__name__}"
    with closing(sqlite3.connect(ledger)) as database:
        for what, query in TWICE.items():
            yield from (f"{what} twice: {row}" for row in database.execute(query))
    yield from late(counts)


def theirs(ledger: Path, counts: Counter[str]) -> dict[str, Counter[str]]:
    """What the provider has taken, given back, and still holds, by order."""
    found: dict[str, Counter[str]] = {}
    with closing(sqlite3.connect(ledger)) as database:
        for order_id, captured, held, refunded in database.execute(SUMS):
            sums = Counter({"held": held, "captured": captured, "refunded": refunded})
            found[order_id] = found.get(order_id, Counter()) + sums
            counts.update({f"cents {what}": cents for what, cents in sums.items()})
    return found


def ours_of(buyer: Buyer, state: Payment) -> Counter[str]:
    """What we think that the provider has taken, given back, and still holds of an order."""
    ledger = state.ledger
    taken = sum(each.amount.cents for each in ledger.captures.values() if each.standing == "captured")
    held = sum(each.cents for each in ledger.unwanted.values())
    if isinstance(state, payment.Authorized) and not (taken and buyer.card in WITHOUT_MULTICAPTURE):
        held += state.amount.cents - ledger.captured(state.attempt).cents
    return +Counter({"held": held, "captured": taken, "refunded": ledger.refunded.cents})


def late(counts: Counter[str]) -> Iterator[str]:
    """What was taken and nobody wanted any more: a share of that kind is one that was charged twice."""
    for fact in log.read_log(names=["LatePaymentReceived"]):
        counts["came late"] += 1
        if isinstance(fact.event, payment.LatePaymentReceived) and isinstance(
            fact.event.request, payment.CaptureRequest
        ):
            yield f"charged twice: {fact.event}"
