"""Charging since its second version, as equations: of a refund that failed what has gone is gone, the rest is there."""

from datetime import timedelta
from types import ModuleType
from uuid import UUID

import pytest
from msgspec.structs import replace

from eventstore.messages import Event
from eventstore.process import Ask, CommandSkipped, DeadlineReached, RequestAnswered, Wait
from orders.domain import payment
from orders.domain.money import Money
from orders.domain.payment.provider import RefundRequest
from orders.processes import charging, charging_heedful, charging_to_the_cent
from orders.processes.payment_requests import GiveAmountBack, LookInto, Source
from tests import factories
from tests.processes.story import NOON, Story
from tests.processes.test_charging import FOUR, ORDER, PLACED, REFUND, SIX, TAKEN, TEN, refund, waits

ONE = Money(cents=100)
LOOK = Ask("payment_provider", LookInto(order_id=ORDER))
POLICY: ModuleType = charging_to_the_cent


@pytest.fixture(autouse=True, params=[charging_heedful, charging_to_the_cent], ids=["second", "now"])
def _by_each_policy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for where the rest of a refund comes from, they decide alike."""
    monkeypatch.setitem(globals(), "POLICY", request.param)


def story(*events: Event) -> Story:
    """An order by card, and what has happened since."""
    return Story(POLICY).given(PLACED, *events)


def failed(**gone: Money) -> Event:
    """All of the refund could not go, or what is not gone of it."""
    return factories.RefundFailed.build(order_id=ORDER, refund_id=REFUND, attempt=1, gone=gone)


def gives_back(amount: Money, attempt: int, *sources: tuple[str, Money]) -> Ask:
    """An amount goes back, from there."""
    parts = tuple(Source(intent=intent, amount=part) for intent, part in sources)
    asked = GiveAmountBack(order_id=ORDER, refund_id=REFUND, attempt=attempt, amount=amount, sources=parts)
    return Ask("payment_provider", asked)


def test_who_says_that_a_piece_failed_is_asked_about_the_others() -> None:
    story(*TAKEN, refund(TEN)).when(failed()).then(LOOK)
    story(*TAKEN, refund(TEN), failed()).when(failed(pi_1=SIX)).then()


def test_where_there_is_one_piece_nothing_is_asked() -> None:
    story(*TAKEN, refund(SIX)).when(failed()).then()
    Story(POLICY).when(failed()).then()


def test_another_refund_comes_from_what_has_not_gone() -> None:
    told = Story(charging_heedful).given(PLACED, *TAKEN, refund(TEN), failed(pi_1=SIX))
    other = replace(refund(ONE), refund_id=ORDER)
    told.when(other).then(replace_id(gives_back(ONE, 1, ("pi_2", ONE))), waits(10))


def replace_id(asked: Ask) -> Ask:
    """The same, for another refund."""
    return Ask(asked.system, replace(asked.request, refund_id=ORDER))


def test_tried_again_it_comes_from_the_same_takings_whatever_of_it_has_gone() -> None:
    told = story(*TAKEN, refund(TEN), failed(pi_2=FOUR)).when(refund(TEN, attempt=2))
    [asked] = [each.request for each in told.todo if isinstance(each, Ask)]
    assert isinstance(asked, GiveAmountBack)
    assert {each.intent: each.amount for each in asked.sources} == {"pi_1": SIX, "pi_2": FOUR}


def test_what_has_gone_is_part_of_it_and_the_rest_comes_from_elsewhere() -> None:
    told = Story(charging_heedful).given(PLACED, *TAKEN, refund(TEN), failed(pi_2=FOUR))
    told.when(refund(TEN, attempt=2)).then(gives_back(TEN, 2, ("pi_2", FOUR), ("pi_1", SIX)), waits(10))


def test_what_failed_altogether_is_tried_as_before() -> None:
    told = story(*TAKEN, refund(TEN), failed())
    told.when(refund(TEN, attempt=2)).then(gives_back(TEN, 2, ("pi_1", SIX), ("pi_2", FOUR)), waits(10))


UNKNOWN = payment.RecordUnknownOutcome(order_id=ORDER, request=RefundRequest(refund_id=REFUND, attempt=1))


def deadline(name: str = "silence") -> Event:
    """The time is over."""
    return DeadlineReached(instance=f"charging:{ORDER}", name=name, due_at=NOON)


def answered(name: str = "LookInto") -> Event:
    """The provider has said what it knows."""
    return RequestAnswered(instance=f"charging:{ORDER}", command_id=UUID(int=8), name=name)


def skipped(name: str = "LookInto") -> Event:
    """A person has given up asking."""
    return CommandSkipped(instance=f"charging:{ORDER}", command_id=UUID(int=8), name=name, reason="It is away.")


@pytest.mark.parametrize("over", [answered(), skipped()], ids=["answered", "skipped"])
def test_an_hour_after_an_answer_it_is_looked_into_again_and_not_before(over: Event) -> None:
    told = story(*TAKEN, refund(SIX)).when(deadline())
    told.then(UNKNOWN, LOOK)
    told.when(over).then(Wait("look", told.at + timedelta(hours=1)))
    told.when(deadline("look")).then(UNKNOWN, LOOK)


def test_what_is_asked_meanwhile_is_told_as_unknown_and_not_looked_into_twice() -> None:
    told = story(*TAKEN, refund(SIX), deadline(), refund(ONE, ORDER)).when(deadline())
    other = payment.RecordUnknownOutcome(order_id=ORDER, request=RefundRequest(refund_id=ORDER, attempt=1))
    told.then(UNKNOWN, other)
    told.when(answered()).then(Wait("look", told.at + timedelta(hours=1)))


def test_once_nothing_is_open_nothing_is_looked_into() -> None:
    refunded = factories.PaymentRefunded.build(order_id=ORDER, refund_id=REFUND, attempt=1)
    over = story(*TAKEN, refund(SIX), deadline(), refunded)
    over.when(answered()).then()
    over.when(deadline("look")).then()


def test_of_two_looks_the_last_answer_counts() -> None:
    told = story(*TAKEN, refund(TEN), deadline()).when(failed())
    told.then(LOOK)
    told.given(refund(TEN, attempt=2)).when(answered()).then()
    assert LOOK not in told.when(deadline()).todo
    told.when(answered()).then(Wait("look", told.at + timedelta(hours=1)))


@pytest.mark.parametrize("name", ["HoldAmount", "GiveAmountBack"])
def test_other_answers_say_nothing_of_a_look(name: str) -> None:
    told = story(*TAKEN, refund(SIX), deadline())
    told.when(answered(name)).then()
    told.when(skipped(name)).then()
    told.when(deadline()).then(UNKNOWN)


def test_what_was_placed_before_takes_no_notice_of_answers() -> None:
    for event in (answered(), skipped()):
        before = Story(charging).given(PLACED, *TAKEN, refund(SIX), deadline())
        state = before.state
        before.when(event).then()
        assert before.state == state
