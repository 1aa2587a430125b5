"""The commands and events of work that is taken and given back."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction
from uuid_utils.compat import uuid7

from orders.domain import work


def some_work() -> str:
    return f"shipment:{uuid7()}@1"


class TakeWork(Factory[work.TakeWork]):
    class Meta:
        model = work.TakeWork

    work = LazyFunction(some_work)
    by = LazyFunction(uuid7)


class GiveBackWork(Factory[work.GiveBackWork]):
    class Meta:
        model = work.GiveBackWork

    work = LazyFunction(some_work)


class WorkTaken(Factory[work.WorkTaken]):
    class Meta:
        model = work.WorkTaken

    work = LazyFunction(some_work)
    by = LazyFunction(uuid7)


class WorkGivenBack(Factory[work.WorkGivenBack]):
    class Meta:
        model = work.WorkGivenBack

    work = LazyFunction(some_work)
