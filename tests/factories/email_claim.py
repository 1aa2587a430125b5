"""The commands and events of e-mail claims."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, Sequence
from uuid_utils.compat import uuid7

from accounts.domain import email_claim


class ClaimEmail(Factory[email_claim.ClaimEmail]):
    class Meta:
        model = email_claim.ClaimEmail

    address = Sequence("{:064x}".format)
    customer_id = LazyFunction(uuid7)


class ReleaseEmail(Factory[email_claim.ReleaseEmail]):
    class Meta:
        model = email_claim.ReleaseEmail

    address = Sequence("{:064x}".format)
    customer_id = LazyFunction(uuid7)


class EmailClaimed(Factory[email_claim.EmailClaimed]):
    class Meta:
        model = email_claim.EmailClaimed

    address = Sequence("{:064x}".format)
    customer_id = LazyFunction(uuid7)


class EmailReleased(Factory[email_claim.EmailReleased]):
    class Meta:
        model = email_claim.EmailReleased

    address = Sequence("{:064x}".format)
    customer_id = LazyFunction(uuid7)
