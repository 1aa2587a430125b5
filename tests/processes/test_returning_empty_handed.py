"""Return and refund, as it is run now, as equations: of what did not come, the stock is told nothing."""

import pytest

from eventstore.messages import Event
from orders.domain import returns, stock_item
from orders.processes import PROCESSES, returning, returning_after_all, returning_empty_handed, returning_to_the_day
from tests.processes.happened import KETTLE, MUG
from tests.processes.story import Story
from tests.processes.test_returning import APPROVED, ARRIVED, CLOSE, REQUESTED, RETURN, closed, inspected

HERE: tuple[Event, ...] = (REQUESTED, APPROVED, ARRIVED)


def story(*events: Event) -> Story:
    return Story(returning_empty_handed).given(*events)


def nothing_came(sku: str) -> returns.ReturnInspected:
    return inspected(sku, 0, 0)


def test_a_return_that_begins_now_is_carried_so_and_one_that_began_before_as_it_was() -> None:
    [process] = [each for each in PROCESSES if each.name == "returning"]
    assert process.policies == {
        1: returning,
        2: returning_after_all,
        3: returning_to_the_day,
        4: returning_empty_handed,
    }


def test_a_line_of_which_nothing_came_puts_nothing_on_the_shelf() -> None:
    story(*HERE).when(nothing_came(MUG)).then()
    told = stock_item.RestockReturn(sku=MUG, return_id=RETURN, sellable=0, damaged=0)
    Story(returning_to_the_day).given(*HERE).when(nothing_came(MUG)).then(told)


def test_and_closes_the_return_where_it_is_the_last() -> None:
    story(*HERE, inspected(MUG, 1, 1)).when(nothing_came(KETTLE)).then(CLOSE)
    story(*HERE, nothing_came(MUG)).when(nothing_came(KETTLE)).then(CLOSE)


@pytest.mark.parametrize("event", [APPROVED, ARRIVED, inspected(MUG, 0, 1), inspected(MUG, 1, 0), closed(100)])
def test_everything_else_is_as_before(event: Event) -> None:
    for given in ((REQUESTED,), (REQUESTED, APPROVED), HERE, (*HERE, nothing_came(KETTLE))):
        before = Story(returning_to_the_day).given(*given).when(event)
        assert story(*given).when(event).todo == before.todo
