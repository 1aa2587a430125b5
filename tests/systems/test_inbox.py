"""The inbox: what comes in is kept once, worked on once, in its order, and left to a person when nothing else helps."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.domain.roles import WAREHOUSE
from eventstore import clock, log, tasks
from eventstore.errors import Conflict, Invalid
from eventstore.inbox import Letter, Notice, NotYet, Suspicious, heeding, left
from eventstore.inbox.receiving import ask_fresh, receive
from eventstore.messages import Command, Message
from eventstore.models import Received, ReceivedCount
from orders.domain.stock_item import ReceiveStock, StockReceived
from tests.connections import connected
from tests.shop import MUG, open_shop

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Lorry(Message):
    """A supplier says that a lorry has come with so many mugs."""

    mugs: int


class Supplier:
    """Writes `id about mugs`, and `!` behind it when it is really them."""

    name = "supplier"
    role = WAREHOUSE
    says: Sequence[type[Message]] = (Lorry,)
    open = True

    def read(self, letter: Letter) -> Notice | None:
        if not letter.body.endswith(b"!"):
            raise Suspicious("forged", "It is not from them.")
        ask_fresh(NOON, letter)
        name, about, mugs = letter.body[:-1].split()
        return Notice(name.decode(), about.decode(), Lorry(mugs=int(mugs))) if int(mugs) else None

    def heed(self, said: Message) -> Sequence[Command]:
        assert isinstance(said, Lorry)
        if not self.open:
            raise NotYet("Nobody is at the gate.")
        if said.mugs == 13:
            raise RuntimeError("Bad luck.")
        return [ReceiveStock(sku=MUG, quantity=said.mugs)]


@pytest.fixture
def supplier() -> Iterator[Supplier]:
    open_shop()
    them = Supplier()
    with connected(senders=[them]):
        yield them


def letter(text: str, came_at: datetime = NOON) -> Letter:
    return Letter("/webhooks/supplier/", {}, text.encode(), came_at)


def counted() -> dict[str, int]:
    return {row.outcome: row.letters for row in ReceivedCount.objects.all()}


def came() -> list[int]:
    arrived = [fact.event.quantity for fact in log.read_log() if isinstance(fact.event, StockReceived)]
    return arrived[2:]  # without those that the shop was opened with


def waiting() -> list[tuple[str, int, str]]:
    return [(row.notice_id, row.attempts, row.outcome) for row in Received.objects.filter(settled_at=None)]


def test_what_comes_in_is_kept_once_and_worked_on_once(supplier: Supplier) -> None:
    assert receive(supplier, letter("1 gate 5!")) == "kept"
    assert receive(supplier, letter("1 gate 5!")) == "kept before"
    assert heeding.heed_everybody() == 1
    assert receive(supplier, letter("1 gate 5!")) == "kept before"
    assert heeding.heed_everybody() == 0
    assert came() == [5]
    assert counted() == {"kept": 1, "kept before": 2}


@pytest.mark.parametrize(
    ("text", "came_at", "fault"),
    [
        ("2 gate 5", NOON, "forged"),
        ("2 gate 5!", NOON + timedelta(minutes=6), "stale"),
        ("2 gate 5!", NOON - timedelta(minutes=6), "stale"),
        ("1 gate 50!", NOON, "altered"),
    ],
)
def test_what_is_suspicious_is_refused_and_counted(
    supplier: Supplier, text: str, came_at: datetime, fault: str
) -> None:
    receive(supplier, letter("1 gate 5!"))
    with pytest.raises(Suspicious):
        receive(supplier, letter(text, came_at))
    heeding.heed_everybody()
    assert came() == [5]
    assert counted() == {"kept": 1, fault: 1}


def test_what_is_of_no_interest_is_counted_and_not_kept(supplier: Supplier) -> None:
    assert receive(supplier, letter("1 gate 0!")) == "of no interest"
    assert (waiting(), counted()) == ([], {"of no interest": 1})


def test_what_came_too_early_is_tried_again_and_holds_up_what_is_about_the_same(supplier: Supplier) -> None:
    supplier.open = False
    receive(supplier, letter("1 gate 5!"))
    heeding.heed_everybody()
    supplier.open = True
    receive(supplier, letter("2 gate 6!"))
    receive(supplier, letter("3 yard 7!"))
    assert heeding.heed_everybody() == 1
    assert came() == [7]
    assert waiting() == [("1", 1, "Nobody is at the gate."), ("2", 0, "")]
    clock.forward(timedelta(seconds=10))
    assert heeding.heed_everybody() == 2
    assert came() == [7, 5, 6]


def test_whoever_loses_a_race_comes_again_and_nothing_is_wrong(
    supplier: Supplier, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def raced(*_: object, **__: object) -> None:
        raise Conflict(f"stock_item-{MUG}", 1, [])

    receive(supplier, letter("1 gate 5!"))
    with monkeypatch.context() as other:
        other.setattr(heeding, "dispatch", raced)
        heeding.heed_everybody()
    assert [attempts for _, attempts, _ in waiting()] == [1]
    assert caplog.records == []
    clock.forward(timedelta(minutes=1))
    heeding.heed_everybody()
    assert (came(), waiting()) == ([5], [])


def test_what_cannot_be_worked_on_is_left_to_a_person_in_the_end(supplier: Supplier) -> None:
    receive(supplier, letter("1 gate 13!"))
    tries = 0
    while heeding.heed_everybody():
        tries += 1
        clock.forward(timedelta(minutes=11))
    assert tries == heeding.ATTEMPTS
    assert waiting() == [("1", 12, "RuntimeError: Bad luck.")]
    [row] = left.left()
    left.again(row.id)
    assert heeding.heed_everybody() == 1
    with pytest.raises(Invalid, match="wait for anybody"):
        left.set_aside(row.id, by="olga", because="It is a test.")
    with pytest.raises(Invalid, match="wait for anybody"):
        left.again(row.id)


def test_what_somebody_said_who_is_not_connected_any_more_waits_quietly(supplier: Supplier) -> None:
    receive(supplier, letter("1 gate 5!"))
    Received.objects.update(next_try_at=None)
    with connected(senders=[]):
        left.again(Received.objects.get().id)
        tasks.heed("supplier")
        assert waiting() == [("1", 0, "")]
    tasks.heed("supplier")
    assert (came(), waiting()) == ([5], [])


def test_what_is_set_aside_says_who_did_it_and_why_and_lets_others_go_on(supplier: Supplier) -> None:
    receive(supplier, letter("1 gate 13!"))
    receive(supplier, letter("2 gate 6!"))
    [first, _] = Received.objects.order_by("id")
    Received.objects.filter(id=first.id).update(next_try_at=None)
    assert (heeding.heed_everybody(), left.behind(first)) == (0, 1)
    with pytest.raises(Invalid, match="Say why"):
        left.set_aside(first.id, by="olga", because=" ")
    left.set_aside(first.id, by="olga", because="The lorry was a hoax.")
    first.refresh_from_db()
    assert (first.set_aside_by, first.set_aside_because) == ("olga", "The lorry was a hoax.")
    assert heeding.heed_everybody() == 1
    assert came() == [6]


def test_every_inbox_has_its_standing(supplier: Supplier) -> None:
    assert left.standings() == [left.Standing("supplier", 0, 0, 0.0)]
    receive(supplier, letter("1 gate 5!"))
    receive(supplier, letter("2 yard 5!"))
    Received.objects.filter(notice_id="1").update(next_try_at=None, came_at=Now() - timedelta(days=1))
    Received.objects.filter(notice_id="2").update(came_at=Now() - timedelta(minutes=2))
    [one] = left.standings()
    assert one[:3] == ("supplier", 2, 1)
    assert 120 <= one.oldest_seconds < 180


def test_what_was_settled_long_ago_is_forgotten_and_nothing_else(supplier: Supplier) -> None:
    for text in ("1 gate 5!", "2 gate 6!"):
        receive(supplier, letter(text))
    heeding.heed_everybody()
    receive(supplier, letter("3 gate 13!"))
    Received.objects.exclude(notice_id="2").update(came_at=Now() - left.KEPT - timedelta(minutes=1))
    Received.objects.filter(notice_id="2").update(came_at=Now() - left.KEPT + timedelta(minutes=1))
    clock.forward(2 * left.KEPT)  # whoever moves the shop's clock shortens nothing
    tasks.forget()
    assert sorted(Received.objects.values_list("notice_id", flat=True)) == ["2", "3"]
    assert receive(supplier, letter("2 gate 6!")) == "kept before"


def test_the_businesss_no_is_an_answer(supplier: Supplier) -> None:
    receive(supplier, letter("1 gate -3!"))
    heeding.heed_everybody()
    (row,) = Received.objects.all()
    assert row.settled_at
    assert row.outcome.startswith("Refused: ")


def test_what_is_kept_holds_only_what_was_made_of_it(supplier: Supplier) -> None:
    receive(supplier, letter("1 gate 5!"))
    (row,) = Received.objects.all()
    assert bytes(row.content) == b'{"mugs":5}'


@pytest.mark.django_db(transaction=True)
def test_somebody_else_at_work_on_a_thing_is_waited_for(supplier: Supplier) -> None:
    from django.db import transaction

    from tests.eventstore.together import elsewhere

    receive(supplier, letter("1 gate 5!"))
    receive(supplier, letter("2 gate 6!"))
    receive(supplier, letter("3 yard 7!"))
    with transaction.atomic():
        Received.objects.select_for_update().get(notice_id="1")
        assert elsewhere(heeding.heed_everybody).result() == 1
    assert came() == [7]
    assert heeding.heed_everybody() == 2
    assert connection.in_atomic_block is False
