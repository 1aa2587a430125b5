"""Whatever people do, and in whatever pieces the work is done: the books balance, and nobody is stuck in silence."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from config.seed import MADE_UP
from config.simulation.trade import Trade
from eventstore import bell, clock, log
from eventstore.models import Checkpoint, DueDeadline, Noticed, OwedCommand, Parked, ProcessInstance
from eventstore.process import deadlines, sending
from eventstore.readers import Reader, readers
from eventstore.rest import to_rest
from eventstore.subscriptions import begin, step
from tests.log_room import empty
from tests.shop import open_shop, orders_in_the_log

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", True)


DEATHS: list[int] = []


class Died(BaseException):
    """What a worker had in hand is lost; nothing that it could catch."""


def in_pieces(chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Some of the work is done, by anybody, in any order, in batches of any size; and somebody dies over it."""

    def mortal(append: Callable[..., object]) -> Callable[..., object]:
        def appending(*arguments: object, **options: object) -> object:
            if chance.random() < 0.05:
                raise Died
            done = append(*arguments, **options)
            if chance.random() < 0.05:
                raise Died
            return done

        return appending

    def one_reader() -> None:
        reader: Reader = chance.choice([each for name, each in readers().items() if name.startswith(bell.PROCESS)])
        begin(reader)
        monkeypatch.setattr(reader, "batch", chance.choice([1, 2, 7, 500]))
        step(reader, log.number())

    def send() -> None:
        sending.send_some(chance.choice([1, 2, 50]))

    def fire() -> None:
        deadlines.fire_some(chance.choice([1, 2, 50]))

    def work() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(log, "append", mortal(log.append))
            patched.setattr(log, "record", mortal(log.record))
            for _ in range(chance.randrange(30)):
                try:
                    chance.choice([one_reader, one_reader, send, send, fire])()
                except Died:
                    DEATHS.append(1)

    return work


def everything_is_in_order(trade: Trade) -> None:
    """The books balance, nothing is owed, parked or forgotten."""
    assert list(trade.books.faults()) == []
    assert not Parked.objects.exists()
    assert [f"{each.name}: {each.error}" for each in OwedCommand.objects.all()] == []


@hypothesis_settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_books_balance_in_whatever_pieces_the_work_is_done(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    empty()
    for model in (Checkpoint, Noticed, ProcessInstance, OwedCommand, DueDeadline):
        model.objects.all().delete()
    open_shop()
    chance = random.Random(seed)
    with monkeypatch.context() as patched:
        trade = Trade(seed=seed, customers=3, rest=in_pieces(chance, patched))
        trade.open()
        for _ in trade.days(timedelta(days=8), 25):
            pass
    to_rest()
    trade.look()
    everything_is_in_order(trade)
    assert DEATHS
    assert not ProcessInstance.objects.filter(stands="Reserving").exists()


def test_a_month_of_trade_comes_to_an_end() -> None:
    open_shop()
    trade = Trade(seed=7, customers=5, rest=to_rest)
    trade.open()
    for _ in trade.days(timedelta(days=5), 25):
        pass
    for _ in trade.days(timedelta(days=100), 0):
        pass
    everything_is_in_order(trade)
    open_orders = set(trade.books.goods) - set(trade.books.ended)
    assert open_orders == set()
    clock.forward(timedelta(days=100))
    before = log.number()
    to_rest()
    assert log.number() == before


def test_the_command_says_what_came_of_it_in_a_shop_that_had_nothing_to_sell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("simulate", days=2, orders=3, customers=2)
    said = capsys.readouterr().out
    assert "The books balance to the cent, and the stock to the piece." in said
    assert "refused: PlaceOrder" not in said


@pytest.mark.parametrize("days", [10**9, 70_000, 10**30])
@pytest.mark.parametrize("until_now", [False, True])
def test_no_more_days_can_go_by_than_the_clock_has(days: int, until_now: bool) -> None:
    with pytest.raises(CommandError, match=r"^The clock goes up to 2200 only\.$"):
        call_command("simulate", days=days, orders=0, customers=1, until_now=until_now)
    assert log.number() == 0


def test_nobody_is_made_up_where_the_shop_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.EVENTSTORE, "SANDBOX", False)
    with pytest.raises(CommandError, match=MADE_UP):
        call_command("simulate", days=0, orders=0, customers=1)
    assert log.number() == 0
    assert not User.objects.exists()


def test_the_same_seed_is_another_trade_where_it_was_played_before(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        call_command("simulate", days=2, orders=3, customers=2)
        assert "The books balance to the cent, and the stock to the piece." in capsys.readouterr().out
    assert len(orders_in_the_log()) == 6
