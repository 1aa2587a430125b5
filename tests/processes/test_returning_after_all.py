"""Return and refund (second version) as equations: goods that came after all are inspected, and that is that."""

import pytest

from eventstore.messages import Event
from eventstore.process import Accept, DeadlineReached
from orders.processes import returning, returning_after_all, returning_empty_handed, returning_to_the_day
from tests.processes import happened as h
from tests.processes.story import Story
from tests.processes.test_returning import APPROVED, ARRIVED, REQUESTED, RETURN, closed, inspected

LATE = DeadlineReached(instance=f"returning:{RETURN}", name="arrival", due_at=h.NEXT_WEEK)
HERE: tuple[Event, ...] = (REQUESTED, APPROVED, ARRIVED)


def story(*events: Event) -> Story:
    return Story(returning_after_all).given(*events)


@pytest.mark.parametrize(
    "since", [(), (inspected(h.MUG, 2, 0),), (closed(100),), (closed(0),)], ids=["here", "seen", "refunding", "closed"]
)
def test_a_return_that_could_not_be_closed_as_the_goods_had_come_is_nobodys_task(since: tuple[Event, ...]) -> None:
    story(*HERE, *since).when(h.refused("CloseReturn")).then(Accept())
    Story(returning).given(*HERE, *since).when(h.refused("CloseReturn")).then()
    for later in (returning_to_the_day, returning_empty_handed):
        Story(later).given(*HERE, *since).when(h.refused("CloseReturn")).then(Accept())


@pytest.mark.parametrize("name", ["RestockReturn", "RefundPayment"])
def test_any_other_refusal_is_somebodys_task(name: str) -> None:
    story(*HERE).when(h.refused(name)).then()


def test_so_is_one_before_anything_has_come() -> None:
    story(REQUESTED, APPROVED).when(h.refused("CloseReturn")).then()


@pytest.mark.parametrize("event", [APPROVED, ARRIVED, inspected(h.MUG, 1, 1), closed(100), LATE])
def test_everything_else_is_as_before(event: Event) -> None:
    for given in ((REQUESTED,), (REQUESTED, APPROVED), HERE):
        assert story(*given).when(event).todo == Story(returning).given(*given).when(event).todo
