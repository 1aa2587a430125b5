"""Whatever goes back, fails in part, and is tried again, in any order: our books are the provider's, to the cent."""

from collections.abc import Sequence
from functools import reduce
from itertools import count
from typing import Any, Literal
from unittest.mock import Mock
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.effects import Unanswered
from eventstore.messages import Command, Refused, Request
from eventstore.process import Ask, DeadlineReached, RequestAnswered, Send
from orders.domain import payment
from orders.processes import charging_to_the_cent
from orders.processes.payment_requests import GiveAmountBack, Source
from orders.systems.payment_provider.border import OPEN, PaymentBorder
from orders.systems.payment_provider.port import Back, Intent, Refund
from orders.systems.payment_provider.recording import refunded
from tests import factories
from tests.orders.domain.ids import ORDER
from tests.orders.domain.payments import NOON, WEEK, eur
from tests.processes.story import Story

TAKINGS = st.lists(st.integers(1, 9), min_size=1, max_size=4)
STEPS = ("refund", "refund", "retry", "settle", "letters", "silence", "work", "work")
STEP = st.tuples(st.sampled_from(STEPS), st.integers(1, 12))
# What the provider says to the pieces that it is asked for; some answers are lost, and some no's leave no trace there.
ANSWERS = st.lists(st.sampled_from(("yes", "yes, lost", "later", "no", "no, lost", "unheard of")), max_size=12)
STANDINGS: dict[str, Literal["waiting", "paid", "failed"]] = {"y": "paid", "l": "waiting", "n": "failed"}


class Till:
    """A payment provider that gives money back, each piece under its intent, and says no when it is told to."""

    def __init__(self, answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.taken: dict[str, int] = {}
        self.given: list[tuple[str, Refund]] = []
        self.keys: dict[str, tuple[str, Back, Refund]] = {}

    def left(self, intent: str) -> int:
        """What can still be given back of it."""
        return self.taken[intent] - sum(each.amount.cents for each in self.refunds(intent) if each.standing != "failed")

    def give_back(self, intent: str, back: Back, key: str) -> Refund:
        """A piece goes back, or not; the same key again is the same answer."""
        if key in self.keys:
            assert self.keys[key][:2] == (intent, back), "A key is that of one piece."
            return self.keys[key][2]
        answer = self.answers.pop(0) if self.answers else "yes"
        if answer == "unheard of" or back.amount.cents > self.left(intent):
            return Refund(id="", standing="failed", reason="No.", **back._asdict())
        made = Refund(id=key, standing=STANDINGS[answer[0]], **back._asdict())
        self.keys[key] = intent, back, made
        self.given.append((intent, made))
        if answer.endswith("lost"):
            raise Unanswered("The till has not answered.")
        return made

    def waiting(self) -> dict[int, UUID]:
        """The pieces that have no end yet, by their places, and of which refund they are."""
        return {at: each.refund_id for at, (_, each) in enumerate(self.given) if each.standing == "waiting"}

    def settle(self, at: int, standing: Literal["paid", "failed"]) -> None:
        """A piece that waited has gone, or could not go."""
        intent, refund = self.given[at]
        self.given[at] = intent, replace(refund, standing=standing)

    def refunds(self, intent: str) -> Sequence[Refund]:
        """What was given back under an intent."""
        return [refund for under, refund in self.given if under == intent]

    def intents(self, order_id: UUID) -> Sequence[Intent]:
        """Under which something was taken, as is known."""
        alone: Any = {"order_id": order_id, "attempt": 1, "standing": "taken", "shipment_id": UUID(int=1)}
        return [Intent(id=name, amount=eur(cents), **alone) for name, cents in self.taken.items()]

    def back(self, refund_id: UUID | None = None) -> int:
        """What has gone back, of a refund or in all."""
        paid = [each for _, each in self.given if each.standing == "paid"]
        return sum(each.amount.cents for each in paid if refund_id in (None, each.refund_id))


class Shop:
    """A payment by card, what charging makes of it, and what it asks of a till, in turn."""

    def __init__(self, takings: Sequence[int], till: Till) -> None:
        self.payment: payment.Payment = payment.initial
        self.story = Story(charging_to_the_cent).given(factories.OrderPlaced.build(order_id=ORDER, card="pm_card"))
        self.till, self.border = till, PaymentBorder(till, Mock())  # type: ignore[arg-type]
        self.border.is_awaited = self.is_awaited  # type: ignore[method-assign]  # there is no log here
        self.asked: list[tuple[UUID, Request]] = []
        self.number = count(1)
        self.hold_and_take(takings)

    def hold_and_take(self, takings: Sequence[int]) -> None:
        """Each share is taken under an intent of its own."""
        whole: Any = {"order_id": ORDER, "attempt": 1, "amount": eur(sum(takings))}
        self.send(payment.RequestPayment(**whole))
        self.send(payment.RecordAuthorization(**whole, expires_at=NOON + WEEK, reference="pi_0"))
        for number, cents in enumerate(takings):
            share: Any = {"order_id": ORDER, "shipment_id": UUID(int=number), "amount": eur(cents)}
            self.till.taken[f"pi_{number}"] = cents
            self.send(payment.CapturePayment(**share))
            self.send(payment.RecordCapture(**share, attempt=1, reference=f"pi_{number}/x"))
        self.asked.clear()  # it was held and taken

    def send(self, command: Command) -> None:
        """A command, unless it is refused, and all that charging does about it."""
        try:
            decided = payment.decide(command, self.payment)  # type: ignore[arg-type]
        except Refused:
            return
        self.payment = reduce(payment.evolve, decided, self.payment)
        for event in decided:
            self.story.when(event)
            self.do()

    def do(self) -> None:
        """What charging wants."""
        for each in self.story.todo:
            match each:
                case Send(command=command):
                    self.send(command)
                case Ask(request=request):
                    self.asked.append((UUID(int=next(self.number)), request))
                case _:
                    pass  # no time passes

    def work(self) -> None:
        """The till is asked for what is first in turn, until it has answered."""
        if not self.asked:
            return
        key, request = self.asked[0]
        try:
            commands = self.border.ask(request, key)
        except Unanswered:
            return
        self.asked.pop(0)
        for command in commands:
            self.send(command)
        self.story.when(RequestAnswered(instance=f"charging:{ORDER}", command_id=key, name=type(request).__name__))
        self.do()

    def rest(self) -> None:
        """Work until nothing is asked any more."""
        while self.asked:
            self.work()

    def failed(self) -> list[UUID]:
        """The refunds that could not go back, or not all of them."""
        return [key for key, each in self.payment.ledger.refunds.items() if each.standing == "failed"]

    def is_awaited(self, asked: Refund) -> bool:
        """As the border asks the log."""
        known = self.payment.ledger.refunds[asked.refund_id]
        return known.standing in OPEN and known.attempt == asked.attempt

    def ended(self) -> list[UUID]:
        """The refunds of which it is said that they have gone, or have not."""
        return [key for key, each in self.payment.ledger.refunds.items() if each.standing in ("refunded", "failed")]

    def letters(self) -> None:
        """The till writes of every piece how it stands."""
        for command in [told for _, each in self.till.given for told in refunded(each)]:
            self.send(command)

    def silence(self) -> None:
        """What has had no answer for too long is looked into."""
        self.story.when(DeadlineReached(instance=f"charging:{ORDER}", name="silence", due_at=NOON))
        self.do()

    def retry(self, refund_id: UUID) -> None:
        """Finance has it tried again."""
        attempt = self.payment.ledger.refunds[refund_id].attempt + 1
        self.send(payment.RetryRefund(order_id=ORDER, refund_id=refund_id, attempt=attempt))


def take(shop: Shop, step: str, number: int) -> None:
    """One step of anybody."""
    match step:
        case "refund":
            new: Any = {"order_id": ORDER, "refund_id": UUID(int=100 + next(shop.number)), "amount": eur(number)}
            shop.send(payment.RefundPayment(**new, reason="Sorry."))
        case "retry" if shop.failed():
            shop.retry(shop.failed()[number % len(shop.failed())])
        case "letters":
            shop.letters()
        case "settle" if shop.till.waiting():
            waiting = [*shop.till.waiting()]
            shop.till.settle(waiting[number % len(waiting)], "paid" if number % 2 else "failed")
        case "silence":
            shop.silence()
        case "work":
            shop.work()
        case _:
            pass


def settle_all(shop: Shop) -> None:
    """Everything is asked, has its end, and is looked into."""
    shop.rest()
    for at in shop.till.waiting():
        shop.till.settle(at, "paid")
    shop.letters()
    shop.silence()
    shop.rest()


def test_of_a_refund_no_more_goes_than_all_of_it_wherever_it_is_said_to_come_from() -> None:
    till = Till(["yes"])
    till.taken |= {"pi_0": 6, "pi_1": 4}
    refund_id, border = UUID(int=100), PaymentBorder(till, Mock())  # type: ignore[arg-type]
    till.give_back("pi_0", Back(ORDER, refund_id, 1, eur(6), eur(9)), "first")
    sources = (Source(intent="pi_0", amount=eur(5)), Source(intent="pi_1", amount=eur(4)))
    asked = GiveAmountBack(order_id=ORDER, refund_id=refund_id, attempt=2, amount=eur(9), sources=sources)
    [told] = border.ask(asked, UUID(int=1))
    assert isinstance(told, payment.RecordRefund)
    assert till.back(refund_id) == 9


def test_two_pieces_under_one_intent_are_told_as_one_sum() -> None:
    till = Till(["yes", "yes", "no"])
    till.taken |= {"pi_0": 4, "pi_1": 5}
    refund_id, border = UUID(int=100), PaymentBorder(till, Mock())  # type: ignore[arg-type]
    till.give_back("pi_0", Back(ORDER, refund_id, 1, eur(3), eur(9)), "first")
    sources = (Source(intent="pi_0", amount=eur(4)), Source(intent="pi_1", amount=eur(5)))
    asked = GiveAmountBack(order_id=ORDER, refund_id=refund_id, attempt=2, amount=eur(9), sources=sources)
    [told] = border.ask(asked, UUID(int=1))
    assert isinstance(told, payment.RecordRefundFailure)
    assert told.gone == {"pi_0": eur(4)}


# What was found: another refund between two attempts; and what a letter did not know of, although it had gone.
BETWEEN = [("refund", 9), ("work", 1), ("refund", 1), ("work", 1), ("retry", 1)]
UNTOLD = [("refund", 9), ("work", 1), ("letters", 1), ("refund", 1), ("retry", 1)]
# And one piece that is still under way, as the other one fails.
UNDER_WAY = [("refund", 10), ("work", 1), ("settle", 12), ("letters", 1)]


@settings(max_examples=500)
@example([6, 4], BETWEEN, ["no", "yes"])
@example([6, 4], UNTOLD, ["yes", "no, lost"])
@example([6, 4], UNDER_WAY, ["later", "later"])
@given(TAKINGS, st.lists(STEP, max_size=25), ANSWERS)
def test_the_books_are_the_provider_s_and_a_retry_succeeds(
    takings: list[int], steps: list[tuple[str, int]], answers: list[str]
) -> None:
    till = Till(answers)
    shop = Shop(takings, till)
    for step, number in steps:
        take(shop, step, number)
        for refund_id, refund in shop.payment.ledger.refunds.items():
            assert till.back(refund_id) <= refund.amount.cents
        assert not {*till.waiting().values()} & {*shop.ended()}
    settle_all(shop)
    assert shop.payment.ledger.refunded == eur(till.back())
    till.answers.clear()
    for refund_id in shop.failed():
        shop.retry(refund_id)
        shop.rest()
    assert {each.standing for each in shop.payment.ledger.refunds.values()} <= {"refunded", "nothing_left"}
    assert shop.payment.ledger.refunded == eur(till.back())
