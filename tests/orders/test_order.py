"""Order: who may place one, of what, and where to."""

import re
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from orders.domain import order
from orders.domain.money import Money
from orders.domain.order import Line, Offer, OrderPlaced, PlaceOrder, reference
from tests import factories
from tests.scenario import Scenario

MUG = factories.Line.build(sku="MUG", quantity=2, shown=Money(cents=1250))
KETTLE = factories.Line.build(sku="KETTLE", quantity=1, shown=Money(cents=8900))
OFFERS = (
    Offer(sku="MUG", name="Enamel mug", price=Money(cents=1250)),
    Offer(sku="KETTLE", name="Whistling kettle", price=Money(cents=8900)),
)


def place_order(*lines: Line, **changes: Any) -> PlaceOrder:
    command: PlaceOrder = factories.PlaceOrder.build(**{"lines": lines, "offers": OFFERS} | changes)
    return command


def test_what_was_shown_is_what_is_ordered() -> None:
    command = place_order(MUG, KETTLE, payment_terms="on_account")
    Scenario(order).when(command).then(
        OrderPlaced(
            order_id=command.order_id,
            customer_id=command.customer_id,
            lines=(
                factories.OrderedLine.build(sku="MUG", name="Enamel mug", quantity=2, price=Money(cents=1250)),
                factories.OrderedLine.build(sku="KETTLE", name="Whistling kettle", quantity=1, price=Money(cents=8900)),
            ),
            total=Money(cents=11400),
            delivery_address=command.delivery_address,
            payment_terms="on_account",
        )
    )


def test_an_order_says_which_partner_placed_it() -> None:
    command = place_order(MUG, partner_id=uuid7(), payment_terms="on_account")
    [placed] = order.decide(command, order.initial)
    assert isinstance(placed, OrderPlaced)
    assert placed.partner_id == command.partner_id is not None


LINES = st.lists(st.tuples(st.integers(1, 999), st.integers(1, 10_000_000)), min_size=1, max_size=200)


@given(LINES)
def test_the_total_is_the_sum_of_the_lines(pieces: list[tuple[int, int]]) -> None:
    lines = [
        Line(sku=f"SKU-{place}", quantity=quantity, shown=Money(cents=cents))
        for place, (quantity, cents) in enumerate(pieces)
    ]
    offers = tuple(Offer(sku=line.sku, name=line.sku, price=line.shown) for line in lines)
    [placed] = order.decide(place_order(*lines, offers=offers), order.initial)
    assert isinstance(placed, OrderPlaced)
    assert placed.total.cents == sum(quantity * cents for quantity, cents in pieces)
    assert [(line.quantity, line.price.cents) for line in placed.lines] == pieces


def test_an_order_is_placed_once() -> None:
    Scenario(order).given(factories.OrderPlaced.build()).when(place_order(MUG)).refused(
        "This order has been placed already."
    )


def test_no_lines() -> None:
    Scenario(order).when(place_order()).refused("Your basket is empty.")


def test_more_lines_than_an_order_has() -> None:
    lines = [replace(MUG, sku=f"SKU-{place}") for place in range(201)]
    Scenario(order).when(place_order(*lines)).refused("An order has at most 200 lines.")


def test_as_many_lines_as_an_order_has() -> None:
    lines = [replace(MUG, sku=f"SKU-{place}") for place in range(200)]
    offers = tuple(Offer(sku=line.sku, name=line.sku, price=line.shown) for line in lines)
    [placed] = order.decide(place_order(*lines, offers=offers), order.initial)
    assert isinstance(placed, OrderPlaced)
    assert placed.total == MUG.shown * 2 * 200


def test_a_product_in_two_lines() -> None:
    Scenario(order).when(place_order(MUG, MUG)).refused("A product stands in the order twice.")


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**63])
def test_a_quantity_beyond_1_to_999(quantity: int) -> None:
    line = replace(KETTLE, quantity=quantity)
    Scenario(order).when(place_order(MUG, line)).refused("Enter a quantity between 1 and 999.")


@pytest.mark.parametrize("quantity", [1, 999])
def test_the_least_and_the_most_of_a_product(quantity: int) -> None:
    [placed] = order.decide(place_order(replace(MUG, quantity=quantity)), order.initial)
    assert isinstance(placed, OrderPlaced)
    assert placed.total == MUG.shown * quantity


def test_an_unknown_product() -> None:
    line = replace(MUG, sku="UNICORN")
    Scenario(order).when(place_order(line)).refused("There is no product with the number UNICORN.")


def test_a_withdrawn_product() -> None:
    withdrawn = (replace(OFFERS[0], price=None), OFFERS[1])
    Scenario(order).when(place_order(MUG, KETTLE, offers=withdrawn)).refused(
        "Enamel mug is no longer in our catalogue. Remove it to go on."
    )


@pytest.mark.parametrize("now", [1249, 1251])
def test_a_price_that_has_changed_is_told_with_the_one_that_was_shown(now: int) -> None:
    offers = (replace(OFFERS[0], price=Money(cents=now)), OFFERS[1])
    Scenario(order).when(place_order(MUG, KETTLE, offers=offers)).refused(
        f"Enamel mug now costs {Money(cents=now)} instead of €12.50."
    )


def test_the_same_number_in_another_currency_is_another_price() -> None:
    offers = (replace(OFFERS[0], price=Money(cents=1250, currency="GBP")),)
    Scenario(order).when(place_order(MUG, offers=offers)).refused("Enamel mug now costs £12.50 instead of €12.50.")


def test_what_cannot_be_had_at_all_is_told_before_a_price() -> None:
    offers = (replace(OFFERS[0], price=Money(cents=1)), replace(OFFERS[1], price=None))
    Scenario(order).when(place_order(MUG, KETTLE, offers=offers)).refused(
        "Whistling kettle is no longer in our catalogue. Remove it to go on."
    )


def test_every_price_that_has_changed_can_be_listed() -> None:
    offers = (replace(OFFERS[0], price=Money(cents=1)), replace(OFFERS[1], price=Money(cents=2)))
    assert order.changed_prices([MUG, KETTLE], offers) == [(MUG, Money(cents=1)), (KETTLE, Money(cents=2))]
    assert order.changed_prices([MUG, KETTLE], OFFERS) == []


def test_an_erased_customer() -> None:
    order_of_nobody = place_order(MUG, suspended=True, erased=True)
    Scenario(order).when(order_of_nobody).refused("The data of this customer were erased.")


def test_a_suspended_customer() -> None:
    Scenario(order).when(place_order(MUG, suspended=True)).refused(
        "You cannot place orders at the moment. Please get in touch with customer service."
    )


@pytest.mark.parametrize("part", ["recipient", "street", "postcode", "city", "country"])
@pytest.mark.parametrize("blank", ["", " \t\n\N{NO-BREAK SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}\a\n\n", "-"])
def test_an_address_that_no_parcel_can_be_sent_to(part: str, blank: str) -> None:
    address = factories.Address.build(**{part: blank})
    Scenario(order).when(place_order(MUG, delivery_address=address)).refused(
        "A delivery address needs a name, a street, a postcode, a town and a country."
    )


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"postcode": "x"}, "Enter a postcode like 04103."),
        ({"postcode": "1012 AB"}, "Enter a postcode like 04103."),
        ({"postcode": "10115", "country": "NL"}, "Enter a postcode like 1012 AB."),
        ({"country": "CH"}, "Choose one of the countries that we send parcels to."),
    ],
)
def test_an_address_that_a_parcel_comes_back_from(where: dict[str, str], sentence: str) -> None:
    address = factories.Address.build(**where)
    Scenario(order).when(place_order(MUG, delivery_address=address)).refused(sentence)


def test_an_order_belongs_to_whoever_it_was_placed_for() -> None:
    [placed, other] = factories.OrderPlaced.build(), place_order(MUG)
    assert order.owner(other, order.initial) == {str(other.customer_id)}
    assert order.owner(other, order.evolve(order.initial, placed)) == {str(placed.customer_id)}


@pytest.mark.parametrize("end", [None, factories.OrderConfirmed, factories.OrderRejected, factories.OrderCancelled])
def test_an_order_that_a_partner_placed_belongs_to_the_partner_as_well(end: Any) -> None:
    placed = factories.OrderPlaced.build(partner_id=uuid7())
    theirs = {str(placed.customer_id), f"partner:{placed.partner_id}"}
    asked = factories.PlaceOrder.build(customer_id=placed.customer_id, partner_id=placed.partner_id)
    assert order.owner(asked, order.initial) == theirs
    state = Scenario(order).given(placed, *([end.build(order_id=placed.order_id)] if end else [])).state
    assert order.owner(factories.HoldOrder.build(order_id=placed.order_id), state) == theirs


def test_a_reference_reads_as_people_say_it() -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", reference(uuid7()))
    assert reference(UUID(int=0)) == "00000-00000"
    assert reference(UUID(int=2**128 - 1)) == "ZZZZZ-ZZZZZ"
    assert reference(UUID(int=1)) == "00000-00001"


@given(st.uuids(), st.uuids())
def test_references_differ_where_the_random_bits_do(one: UUID, other: UUID) -> None:
    assert (reference(one) == reference(other)) == (one.int % 2**50 == other.int % 2**50)


def test_no_two_orders_share_a_reference() -> None:
    assert len({reference(uuid7()) for _ in range(20_000)}) == 20_000
