"""The customer's commands and events."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, Sequence
from uuid_utils.compat import uuid7

from accounts.domain import customer


class RegisterCustomer(Factory[customer.RegisterCustomer]):
    class Meta:
        model = customer.RegisterCustomer

    customer_id = LazyFunction(uuid7)
    name = "Clara Vogel"
    email = Sequence("clara.vogel.{}@example.com".format)


class SuspendCustomer(Factory[customer.SuspendCustomer]):
    class Meta:
        model = customer.SuspendCustomer

    customer_id = LazyFunction(uuid7)
    reason = "Three invoices are unpaid."


class ReinstateCustomer(Factory[customer.ReinstateCustomer]):
    class Meta:
        model = customer.ReinstateCustomer

    customer_id = LazyFunction(uuid7)
    reason = "All invoices are paid."


class CustomerRegistered(Factory[customer.CustomerRegistered]):
    class Meta:
        model = customer.CustomerRegistered

    customer_id = LazyFunction(uuid7)
    name = "Clara Vogel"
    email = Sequence("clara.vogel.{}@example.com".format)


class CustomerSuspended(Factory[customer.CustomerSuspended]):
    class Meta:
        model = customer.CustomerSuspended

    customer_id = LazyFunction(uuid7)
    reason = "Three invoices are unpaid."


class CustomerReinstated(Factory[customer.CustomerReinstated]):
    class Meta:
        model = customer.CustomerReinstated

    customer_id = LazyFunction(uuid7)
    reason = "All invoices are paid."


class ReportRefusedEmail(Factory[customer.ReportRefusedEmail]):
    class Meta:
        model = customer.ReportRefusedEmail

    customer_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    code = 550


class EmailRefused(Factory[customer.EmailRefused]):
    class Meta:
        model = customer.EmailRefused

    customer_id = LazyFunction(uuid7)
    order_id = LazyFunction(uuid7)
    code = 550
