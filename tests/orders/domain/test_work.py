"""Work is taken by one person at a time, and given back."""

import pytest
from uuid_utils.compat import uuid7

from orders.domain import work
from tests import factories
from tests.scenario import Scenario

WORK, ANNA, BEN = f"shipment:{uuid7()}@7", uuid7(), uuid7()
TAKEN = factories.WorkTaken.build(work=WORK, by=ANNA)
GIVEN_BACK = factories.WorkGivenBack.build(work=WORK)


def taking(by: object) -> work.TakeWork:
    return factories.TakeWork.build(work=WORK, by=by)


def test_whoever_comes_first_does_it() -> None:
    Scenario(work).when(taking(ANNA)).then(TAKEN)


def test_taking_it_twice_changes_nothing() -> None:
    Scenario(work).given(TAKEN).when(taking(ANNA)).then()


def test_nobody_takes_what_a_colleague_does() -> None:
    Scenario(work).given(TAKEN).when(taking(BEN)).refused("A colleague has taken this a moment ago.")


def test_what_is_given_back_is_free_for_others() -> None:
    Scenario(work).given(TAKEN).when(factories.GiveBackWork.build(work=WORK)).then(GIVEN_BACK)
    Scenario(work).given(TAKEN, GIVEN_BACK).when(taking(BEN)).then(factories.WorkTaken.build(work=WORK, by=BEN))


def test_giving_back_what_nobody_does_changes_nothing() -> None:
    Scenario(work).when(factories.GiveBackWork.build(work=WORK)).then()


def test_its_name_may_be_as_long_as_that() -> None:
    longest = "x" * 120
    taken = factories.WorkTaken.build(work=longest, by=ANNA)
    Scenario(work).when(factories.TakeWork.build(work=longest, by=ANNA)).then(taken)


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_there_has_to_be_such_work(name: str) -> None:
    Scenario(work).when(factories.TakeWork.build(work=name)).refused("There is no such task.")
