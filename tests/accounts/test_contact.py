"""Customer: how we reach them, where their parcels go, and how they are forgotten."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from accounts.domain import customer
from accounts.domain.customer import (
    AddDeliveryAddress,
    ChangeContactDetails,
    ContactDetailsChanged,
    CustomerErased,
    DeliveryAddressAdded,
    DeliveryAddressRemoved,
    EraseCustomer,
    RegisterCustomer,
    RemoveDeliveryAddress,
)
from tests import factories
from tests.scenario import Scenario

REGISTERED = factories.CustomerRegistered.build()
ID = REGISTERED.customer_id
SUSPENDED = factories.CustomerSuspended.build(customer_id=ID)
REINSTATED = factories.CustomerReinstated.build(customer_id=ID)
ERASED = CustomerErased(customer_id=ID)
HOME, WORK = uuid7(), uuid7()
ADDED = DeliveryAddressAdded(customer_id=ID, address_id=HOME, address=factories.Address.build())
REMOVED = DeliveryAddressRemoved(customer_id=ID, address_id=HOME)

ADD = AddDeliveryAddress(customer_id=ID, address_id=HOME, address=factories.Address.build())
REMOVE = RemoveDeliveryAddress(customer_id=ID, address_id=HOME)
ERASE = EraseCustomer(customer_id=ID, open_orders=0)

KNOWN = pytest.mark.parametrize("since", [(), (SUSPENDED,)], ids=["active", "suspended"])


def change(**details: str) -> ChangeContactDetails:
    told = {"name": "Clara Vogel", "email": "clara@example.com", "telephone": ""} | details
    return ChangeContactDetails(customer_id=ID, **told)


def known(*events: customer.Happening) -> Scenario:
    return Scenario(customer).given(REGISTERED, *events)


@KNOWN
@pytest.mark.parametrize(
    "telephone", ["", "+49 341 123456", "(0341) 123-456/7", "1234", "123456789012345", f"0341{' ' * 32}1234"]
)
def test_we_reach_a_customer_in_another_way(since: tuple[customer.Happening, ...], telephone: str) -> None:
    changed = ContactDetailsChanged(customer_id=ID, name="Clara Vogel", email="clara@example.com", telephone=telephone)
    known(*since).when(change(telephone=telephone)).then(changed)
    assert known(*since, changed).state == known(*since).state


ADDRESS = "Enter an e-mail address, such as name@example.com."


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"name": " "}, "Enter a name."),
        ({"name": "x" * 201}, "Use at most 200 characters for the name."),
        ({"email": "clara"}, ADDRESS),
        ({"email": "@example.com"}, ADDRESS),
        ({"email": "clara@"}, ADDRESS),
        ({"email": "clara vogel@example.com"}, ADDRESS),
        ({"email": "x" * 243 + "@example.com"}, ADDRESS),
    ],
    ids=str,
)
def test_who_cannot_be_reached(details: dict[str, Any], sentence: str) -> None:
    known().when(change(**details)).refused(sentence)
    told: Any = {"name": "Clara Vogel", "email": "clara@example.com"} | details
    Scenario(customer).when(RegisterCustomer(customer_id=ID, **told)).refused(sentence)


@pytest.mark.parametrize("details", [{"name": "x" * 200}, {"email": "x" * 242 + "@example.com"}], ids=["name", "email"])
def test_who_can_just_be_reached(details: dict[str, str]) -> None:
    assert customer.decide(change(**details), known().state)


@pytest.mark.parametrize(
    "telephone", ["123", "1234567890123456", "no", "+49 x", "+", "X0341 1234", "0341" + " " * 33 + "1234"]
)
def test_a_telephone_that_cannot_be_dialled(telephone: str) -> None:
    known().when(change(telephone=telephone)).refused("Enter a telephone number, such as +49 341 123456, or none.")


@KNOWN
def test_a_customer_keeps_addresses_with_us(since: tuple[customer.Happening, ...]) -> None:
    known(*since).when(ADD).then(ADDED)
    known(*since, ADDED).when(ADD).then()
    known(*since, ADDED).when(REMOVE).then(REMOVED)
    known(*since, ADDED, REMOVED).when(REMOVE).then()
    known(*since, ADDED, REMOVED).when(ADD).then(ADDED)
    known(*since).when(RemoveDeliveryAddress(customer_id=ID, address_id=WORK)).then()


def test_a_suspended_customer_keeps_their_addresses() -> None:
    known(ADDED, SUSPENDED).when(REMOVE).then(REMOVED)
    known(ADDED, SUSPENDED, REINSTATED).when(REMOVE).then(REMOVED)


def test_there_are_only_so_many_addresses() -> None:
    many = [DeliveryAddressAdded(customer_id=ID, address_id=uuid7(), address=ADDED.address) for _ in range(19)]
    known(*many).when(ADD).then(ADDED)
    known(*many, many[0].__class__(customer_id=ID, address_id=WORK, address=ADDED.address)).when(ADD).refused(
        "We keep at most 20 addresses for you. Remove one first."
    )


def test_no_parcel_goes_nowhere() -> None:
    known().when(
        AddDeliveryAddress(customer_id=ID, address_id=HOME, address=factories.Address.build(street=""))
    ).refused("A delivery address needs a name, a street, a postcode, a town and a country.")


@KNOWN
def test_a_customer_is_forgotten(since: tuple[customer.Happening, ...]) -> None:
    known(ADDED, *since).when(ERASE).then(ERASED)


@pytest.mark.parametrize("orders", [1, 2])
def test_a_customer_is_not_forgotten_while_an_order_is_open(orders: int) -> None:
    known().when(EraseCustomer(customer_id=ID, open_orders=orders)).refused(
        f"Orders that are still open: {orders}. The data can be erased once all of them are completed."
    )


def test_who_is_forgotten_is_forgotten() -> None:
    known(ERASED).when(ERASE).then()


COMMANDS: list[customer.Message] = [
    change(),
    ADD,
    REMOVE,
    factories.SuspendCustomer.build(customer_id=ID),
    factories.ReinstateCustomer.build(customer_id=ID),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_of_whom_we_know_nothing_nothing_is_changed(command: customer.Message) -> None:
    known(ERASED).when(command).refused("The data of this customer were erased.")
    Scenario(customer).when(command).refused("There is no such customer.")


def test_who_was_forgotten_does_not_come_back_under_the_same_id() -> None:
    known(ERASED).when(factories.RegisterCustomer.build(customer_id=ID)).refused(
        "The data of this customer were erased."
    )
    Scenario(customer).when(ERASE).refused("There is no such customer.")


@pytest.mark.parametrize(
    "command",
    [
        factories.SuspendCustomer.build(customer_id=ID, reason=" "),
        factories.ReinstateCustomer.build(customer_id=ID, reason=""),
    ],
    ids=["suspend", "reinstate"],
)
def test_whoever_suspends_or_reinstates_says_why(command: customer.Message) -> None:
    since = [] if isinstance(command, customer.SuspendCustomer) else [SUSPENDED]
    known(*since).when(command).refused("Enter a reason.")


def test_what_happens_to_nobody_leaves_nobody() -> None:
    for event in (ADDED, REMOVED, SUSPENDED, REINSTATED):
        assert Scenario(customer).given(event).state == customer.initial
