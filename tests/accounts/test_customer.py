"""Customer: registered once, suspended and reinstated."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from accounts.domain import customer
from accounts.domain.customer import CustomerRegistered
from accounts.streams import owner
from eventstore.messages import Command
from tests import factories
from tests.scenario import Scenario

REGISTERED = factories.CustomerRegistered.build()
ID = REGISTERED.customer_id
SUSPENDED = factories.CustomerSuspended.build(customer_id=ID, reason="Three invoices are unpaid.")
REINSTATED = factories.CustomerReinstated.build(customer_id=ID, reason="All invoices are paid.")

SUSPEND = factories.SuspendCustomer.build(customer_id=ID, reason="Three invoices are unpaid.")
REINSTATE = factories.ReinstateCustomer.build(customer_id=ID, reason="All invoices are paid.")


def test_somebody_becomes_a_customer() -> None:
    command = factories.RegisterCustomer.build()
    Scenario(customer).when(command).then(
        CustomerRegistered(customer_id=command.customer_id, name=command.name, email=command.email)
    )


def test_a_partner_answers_for_those_whom_it_registers() -> None:
    command = factories.RegisterCustomer.build(partner_id=uuid7())
    [registered] = customer.decide(command, customer.initial)
    assert isinstance(registered, CustomerRegistered)
    assert registered.partner_id == command.partner_id is not None


@pytest.mark.parametrize("happened", [(), (SUSPENDED,), (SUSPENDED, REINSTATED)])
def test_a_customer_is_registered_once(happened: tuple[customer.Happening, ...]) -> None:
    command = factories.RegisterCustomer.build(customer_id=ID)
    Scenario(customer).given(REGISTERED, *happened).when(command).refused("This customer is registered already.")


@pytest.mark.parametrize("name", ["", " \t"])
def test_a_customer_has_a_name(name: str) -> None:
    Scenario(customer).when(factories.RegisterCustomer.build(name=name)).refused("Enter a name.")


def test_a_customer_has_an_email_address() -> None:
    Scenario(customer).when(factories.RegisterCustomer.build(email="clara")).refused(
        "Enter an e-mail address, such as name@example.com."
    )


def test_a_customer_is_suspended() -> None:
    Scenario(customer).given(REGISTERED).when(SUSPEND).then(SUSPENDED)


def test_suspended_is_suspended() -> None:
    Scenario(customer).given(REGISTERED, SUSPENDED).when(SUSPEND).then()


def test_a_suspended_customer_is_reinstated() -> None:
    Scenario(customer).given(REGISTERED, SUSPENDED).when(REINSTATE).then(REINSTATED)


def test_a_reinstated_customer_can_be_suspended_again() -> None:
    Scenario(customer).given(REGISTERED, SUSPENDED, REINSTATED).when(SUSPEND).then(SUSPENDED)


def test_who_is_not_suspended_needs_no_reinstatement() -> None:
    Scenario(customer).given(REGISTERED).when(REINSTATE).then()


@pytest.mark.parametrize("command", [SUSPEND, REINSTATE])
def test_nobody_is_nobody(command: Command) -> None:
    Scenario(customer).when(command).refused("There is no such customer.")


@pytest.mark.parametrize("command", [factories.RegisterCustomer.build(customer_id=ID), SUSPEND, REINSTATE])
def test_a_customer_belongs_to_themself(command: customer.Message) -> None:
    assert owner(command, customer.initial) == {str(ID)}


@pytest.mark.parametrize("later", [(), (factories.CustomerSuspended.build(customer_id=ID),)])
def test_a_customer_of_a_partner_belongs_to_the_partner_as_well(later: tuple[customer.Happening, ...]) -> None:
    partner_id = UUID(int=0xBA)
    registers = factories.RegisterCustomer.build(customer_id=ID, partner_id=partner_id)
    registered = factories.CustomerRegistered.build(customer_id=ID, partner_id=partner_id)
    theirs = {str(ID), f"partner:{partner_id}"}
    assert owner(registers, customer.initial) == theirs
    assert owner(SUSPEND, Scenario(customer).given(registered, *later).state) == theirs
    erased = factories.CustomerErased.build(customer_id=ID)
    assert owner(SUSPEND, Scenario(customer).given(registered, erased).state) == {str(ID)}
