"""The history of processes: what they decided, what came of it, and what persons did about it."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from uuid import UUID

from factory.base import Factory
from factory.declarations import LazyFunction
from uuid_utils.compat import uuid7

from eventstore import models
from eventstore.process import history
from tests.factories.facts import NOON

INSTANCE = "prepaid:0192f7a1-0000-7000-8000-000000000001"
OWED = history.Owed(
    command_id=UUID(int=7), name="ConfirmOrder", content={"order_id": "0192f7a1-0000-7000-8000-000000000001"}
)

ASKED = history.Asked(
    command_id=UUID(int=8), system="payment_provider", name="AuthorizePayment", content={"attempt": 1}
)


class RetryCommand(Factory[history.RetryCommand]):
    class Meta:
        model = history.RetryCommand

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    reason = "The count was wrong, and is right now."


class SkipCommand(Factory[history.SkipCommand]):
    class Meta:
        model = history.SkipCommand

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    reason = "It was done by hand."


class CompensateProcess(Factory[history.CompensateProcess]):
    class Meta:
        model = history.CompensateProcess

    instance = INSTANCE
    reason = "The product is gone for good."
    undoes = True


class Reacted(Factory[history.Reacted]):
    class Meta:
        model = history.Reacted

    instance = INSTANCE
    version = 1
    to = LazyFunction(uuid7)
    owes = LazyFunction(lambda: (OWED,))
    waits = (history.Deadline(name="authorization", until=NOON),)
    stops = ("renewal",)
    asks = LazyFunction(lambda: (ASKED,))


class RequestAnswered(Factory[history.RequestAnswered]):
    class Meta:
        model = history.RequestAnswered

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    name = "AuthorizePayment"


class CommandRefused(Factory[history.CommandRefused]):
    class Meta:
        model = history.CommandRefused

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    name = "ConfirmOrder"
    sentence = "This order was {how}."
    values = LazyFunction(lambda: {"how": "cancelled"})


class CommandFailed(Factory[history.CommandFailed]):
    class Meta:
        model = history.CommandFailed

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    name = "ConfirmOrder"
    attempt = 1
    error = "RuntimeError: out of luck"
    next_try_at = NOON


class DeadlineReached(Factory[history.DeadlineReached]):
    class Meta:
        model = history.DeadlineReached

    instance = INSTANCE
    name = "authorization"
    due_at = NOON


class CommandRetried(Factory[history.CommandRetried]):
    class Meta:
        model = history.CommandRetried

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    as_id = LazyFunction(uuid7)
    reason = "The count was wrong, and is right now."


class CommandSkipped(Factory[history.CommandSkipped]):
    class Meta:
        model = history.CommandSkipped

    instance = INSTANCE
    command_id = LazyFunction(uuid7)
    name = "ConfirmOrder"
    reason = "It was done by hand."


class CompensationAsked(Factory[history.CompensationAsked]):
    class Meta:
        model = history.CompensationAsked

    instance = INSTANCE
    reason = "The product is gone for good."


class TrailEntry(Factory[models.TrailEntry]):
    """Somebody in the warehouse received stock, as the audit trail says."""

    class Meta:
        model = models.TrailEntry

    command = LazyFunction(uuid7)
    name = "ReceiveStock"
    actor = "0192f7a1-0000-7000-8000-000000000002"
    asked_at = NOON
    by_process = False
    outcome = models.Outcome.DONE
    stream = "stock_item-TEA-ASSAM"
    happened = ("StockReceived",)
    refusal = None
