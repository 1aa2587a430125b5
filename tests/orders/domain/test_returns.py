"""Return: asked for in time, approved or not, arrived, inspected, closed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from orders.domain import returns
from orders.domain.money import Money
from orders.domain.returns import (
    ApproveReturn,
    CloseReturn,
    Delivery,
    InspectReturn,
    RecordReturnArrival,
    RejectReturn,
    RequestReturn,
    ReturnApproved,
    ReturnArrived,
    ReturnClosed,
    ReturnedLine,
    ReturnInspected,
    ReturnRejected,
    ReturnRequested,
)
from tests.orders.domain.ids import CUSTOMER, ORDER, RETURN
from tests.scenario import Scenario

MUG, KETTLE = "MUG-035", "KET-120"
DELIVERED_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
MUGS = Delivery(
    sku=MUG, name="Enamel mug", price=Money(cents=1250), quantity=2, delivered_at=DELIVERED_AT + timedelta(days=10)
)
EARLIER_MUGS = Delivery(sku=MUG, name="Enamel mug", price=Money(cents=1250), quantity=3, delivered_at=DELIVERED_AT)
KETTLES = Delivery(sku=KETTLE, name="Whistling kettle", price=Money(cents=8900), quantity=1, delivered_at=DELIVERED_AT)

REQUESTED = ReturnRequested(
    return_id=RETURN,
    order_id=ORDER,
    customer_id=CUSTOMER,
    lines=(
        ReturnedLine(sku=MUG, name="Enamel mug", quantity=2, price=Money(cents=1250)),
        ReturnedLine(sku=KETTLE, name="Whistling kettle", quantity=1, price=Money(cents=8900)),
    ),
    reason="changed_mind",
)
APPROVED = ReturnApproved(return_id=RETURN, order_id=ORDER)
REJECTED = ReturnRejected(return_id=RETURN, order_id=ORDER, reason="It was used.")
ARRIVED = ReturnArrived(return_id=RETURN, order_id=ORDER)
MUGS_INSPECTED = ReturnInspected(
    return_id=RETURN, order_id=ORDER, sku=MUG, sellable=1, damaged=1, refund=Money(cents=2500)
)
NO_KETTLE = ReturnInspected(return_id=RETURN, order_id=ORDER, sku=KETTLE, sellable=0, damaged=0, refund=Money(cents=0))
CLOSED = ReturnClosed(return_id=RETURN, order_id=ORDER, refund=Money(cents=2500))

APPROVE = ApproveReturn(return_id=RETURN)
REJECT = RejectReturn(return_id=RETURN, reason="It was used.")
ARRIVE = RecordReturnArrival(return_id=RETURN)
INSPECT = InspectReturn(return_id=RETURN, sku=MUG, sellable=1, damaged=1)
CLOSE = CloseReturn(return_id=RETURN)

STAGES: dict[str, tuple[returns.Happening, ...]] = {
    "unrequested": (),
    "requested": (REQUESTED,),
    "approved": (REQUESTED, APPROVED),
    "rejected": (REQUESTED, REJECTED),
    "arrived": (REQUESTED, APPROVED, ARRIVED),
    "closed": (REQUESTED, APPROVED, ARRIVED, MUGS_INSPECTED, NO_KETTLE, CLOSED),
}


def request(days: int = 30, *deliveries: Delivery, **pieces: int) -> RequestReturn:
    """Asked for so many days after the first delivery."""
    return RequestReturn(
        return_id=RETURN,
        order_id=ORDER,
        pieces={{"mugs": MUG, "kettles": KETTLE}[name]: count for name, count in pieces.items()},
        reason="changed_mind",
        customer_id=CUSTOMER,
        deliveries=deliveries or (EARLIER_MUGS, MUGS, KETTLES),
        requested_at=DELIVERED_AT + timedelta(days=days),
    )


def when(stage: str, command: returns.Message) -> Scenario:
    return Scenario(returns).given(*STAGES[stage]).when(command)


# Asked for


def test_goods_are_asked_to_be_returned_at_the_price_that_was_paid() -> None:
    when("unrequested", request(mugs=2, kettles=1)).then(REQUESTED)


def test_nothing_is_asked_for_in_the_name_of_an_erased_customer() -> None:
    erased = "The customer was erased: no return can be requested in their name any more."
    when("unrequested", replace(request(mugs=2), erased=True)).refused(erased)
    when("requested", replace(request(mugs=2), erased=True)).refused("This return has been requested already.")


def test_the_last_moment_to_return_goods() -> None:
    when("unrequested", request(30, KETTLES, kettles=1)).then(
        ReturnRequested(
            return_id=RETURN, order_id=ORDER, customer_id=CUSTOMER, lines=REQUESTED.lines[1:], reason="changed_mind"
        )
    )
    when("unrequested", request(31, KETTLES, kettles=1)).refused(
        "Whistling kettle came on 2026-03-02. It can be returned within 30 days."
    )


@pytest.mark.parametrize("came", ["2026-03-02T00:00", "2026-03-02T09:00", "2026-03-02T23:59"])
def test_goods_can_be_returned_until_the_thirtieth_day_is_over_by_the_clock_of_the_shop(came: str) -> None:
    """In between its clocks are put forward."""
    berlin = ZoneInfo("Europe/Berlin")
    delivery = replace(KETTLES, delivered_at=datetime.fromisoformat(came).replace(tzinfo=berlin).astimezone(UTC))
    last = datetime(2026, 4, 1, 23, 59, 59, tzinfo=berlin)
    asked = replace(request(30, delivery, kettles=1), requested_at=last)
    assert returns.decide(asked, returns.initial)
    when("unrequested", replace(asked, requested_at=last + timedelta(seconds=1))).refused(
        "Whistling kettle came on 2026-03-02. It can be returned within 30 days."
    )


def test_only_what_came_lately_can_be_returned() -> None:
    when("unrequested", request(31, EARLIER_MUGS, MUGS, KETTLES, mugs=3)).refused(
        "Enamel mug came on 2026-03-02. It can be returned within 30 days."
    )
    assert returns.decide(request(31, mugs=2), returns.initial)


def test_the_day_is_that_of_the_clock_of_whoever_asks() -> None:
    late = replace(KETTLES, delivered_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    asked = datetime(2026, 4, 20, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    when("unrequested", replace(request(31, late, kettles=1), requested_at=asked)).refused(
        "Whistling kettle came on 2026-03-03. It can be returned within 30 days."
    )


def test_of_what_came_too_long_ago_the_last_day_is_told() -> None:
    when("unrequested", request(60, EARLIER_MUGS, MUGS, mugs=1)).refused(
        "Enamel mug came on 2026-03-12. It can be returned within 30 days."
    )


def test_no_more_is_returned_than_was_delivered_and_not_yet_returned() -> None:
    assert returns.decide(request(mugs=5), returns.initial)
    when("unrequested", request(mugs=6)).refused("Of Enamel mug, 5 can still be returned.")
    when("unrequested", request(30, MUGS, kettles=1)).refused(
        "There is no KET-120 in this order that you could return."
    )


def test_all_pieces_of_a_line_are_refunded_at_one_price() -> None:
    free = replace(EARLIER_MUGS, price=Money(cents=0), quantity=1)
    refused = (
        "Of Enamel mug, {} can be returned at once, as not the same was paid for all. Request another return for the "
        "others."
    )
    line = ReturnedLine(sku=MUG, name="Enamel mug", quantity=1, price=Money(cents=0))
    when("unrequested", request(30, free, MUGS, mugs=1)).then(replace(REQUESTED, lines=(line,)))
    when("unrequested", request(30, free, MUGS, mugs=2)).refused(refused.format(1))
    when("unrequested", request(30, MUGS, free, MUGS, mugs=3)).refused(refused.format(2))


def test_what_came_too_long_ago_says_nothing_of_the_price_of_what_came_since() -> None:
    late = replace(EARLIER_MUGS, price=Money(cents=0))
    when("unrequested", request(31, late, MUGS, mugs=2)).then(replace(REQUESTED, lines=REQUESTED.lines[:1]))


def test_of_an_order_of_which_nothing_has_come_nothing_is_returned() -> None:
    when("unrequested", replace(request(mugs=1), deliveries=())).refused(
        "There is nothing of this order that you could return now."
    )


def test_something_is_returned() -> None:
    when("unrequested", request()).refused("Choose what you want to return.")
    when("unrequested", request(mugs=0)).refused("Enter a quantity of 1 or more.")
    when("unrequested", request(mugs=1, kettles=-1)).refused("Enter a quantity of 1 or more.")
    assert returns.decide(request(mugs=1), returns.initial)


@pytest.mark.parametrize("stage", ["requested", "approved", "rejected", "arrived", "closed"])
def test_a_return_is_asked_for_once(stage: str) -> None:
    when(stage, request(mugs=1)).refused("This return has been requested already.")


def test_a_return_is_asked_for_by_the_customer_whose_order_it_is() -> None:
    assert returns.owner(request(mugs=1), returns.initial) == CUSTOMER
    assert returns.owner(APPROVE, Scenario(returns).given(REQUESTED).state) is None


# The way of a return


def test_the_way_of_a_return() -> None:
    when("requested", APPROVE).then(APPROVED)
    when("approved", ARRIVE).then(ARRIVED)
    when("arrived", INSPECT).then(MUGS_INSPECTED)
    Scenario(returns).given(*STAGES["closed"][:-1]).when(CLOSE).then(CLOSED)


UNKNOWN = "There is no such return."
NOT_APPROVED = "This return has not been approved yet. Ask customer service."
WAS_REJECTED = "This return was rejected."
IS_CLOSED = "This return is closed."
AT_OTHER_STAGES: list[tuple[returns.Message, dict[str, str]]] = [
    (APPROVE, {"unrequested": UNKNOWN, "approved": "", "arrived": "", "rejected": WAS_REJECTED, "closed": IS_CLOSED}),
    (
        REJECT,
        {
            "unrequested": UNKNOWN,
            "approved": "This return was approved already.",
            "arrived": "This return was approved already.",
            "rejected": "",
            "closed": IS_CLOSED,
        },
    ),
    (
        ARRIVE,
        {
            "unrequested": UNKNOWN,
            "requested": NOT_APPROVED,
            "arrived": "",
            "rejected": "This return was rejected. Send the goods back to the customer.",
            "closed": "This return is closed. Ask customer service what to do with the goods.",
        },
    ),
    (
        INSPECT,
        {
            "unrequested": UNKNOWN,
            "requested": NOT_APPROVED,
            "approved": "Record first that this return has arrived.",
            "rejected": WAS_REJECTED,
            "closed": IS_CLOSED,
        },
    ),
    (CLOSE, {"unrequested": UNKNOWN, "requested": NOT_APPROVED, "rejected": WAS_REJECTED, "closed": ""}),
]


@pytest.mark.parametrize(
    ("command", "stage", "sentence"),
    [(command, stage, sentence) for command, said in AT_OTHER_STAGES for stage, sentence in said.items()],
    ids=[f"{type(command).__name__}-{stage}" for command, said in AT_OTHER_STAGES for stage in said],
)
def test_what_does_not_come_next(command: returns.Message, stage: str, sentence: str) -> None:
    if sentence:
        when(stage, command).refused(sentence)
    else:
        when(stage, command).then()


def test_a_return_is_rejected_for_a_reason() -> None:
    when("requested", REJECT).then(REJECTED)
    when("requested", RejectReturn(return_id=RETURN, reason=" ")).refused("Enter a reason.")


# Inspected


@pytest.mark.parametrize(("sellable", "damaged", "cents"), [(2, 0, 2500), (0, 2, 2500), (1, 0, 1250), (0, 0, 0)])
def test_what_came_is_refunded_in_whatever_state_it_is(sellable: int, damaged: int, cents: int) -> None:
    when("arrived", InspectReturn(return_id=RETURN, sku=MUG, sellable=sellable, damaged=damaged)).then(
        ReturnInspected(
            return_id=RETURN, order_id=ORDER, sku=MUG, sellable=sellable, damaged=damaged, refund=Money(cents=cents)
        )
    )


@pytest.mark.parametrize(("sellable", "damaged"), [(3, 0), (1, 2), (-1, 2), (2, -1)])
def test_no_more_comes_back_than_was_asked_to(sellable: int, damaged: int) -> None:
    when("arrived", InspectReturn(return_id=RETURN, sku=MUG, sellable=sellable, damaged=damaged)).refused(
        "Enter how many came back sellable, and how many damaged: 2 at the most."
    )


def test_what_is_not_in_the_return_is_not_inspected() -> None:
    when("arrived", InspectReturn(return_id=RETURN, sku="UNICORN", sellable=1, damaged=0)).refused(
        "UNICORN does not belong to this return."
    )


def test_a_line_is_inspected_once() -> None:
    inspected = Scenario(returns).given(*STAGES["arrived"], MUGS_INSPECTED)
    inspected.when(INSPECT).then()
    inspected.when(InspectReturn(return_id=RETURN, sku=MUG, sellable=2, damaged=0)).refused(
        "Enamel mug was inspected already."
    )


# Closed


def test_a_return_is_closed_when_nothing_came() -> None:
    when("approved", CLOSE).then(ReturnClosed(return_id=RETURN, order_id=ORDER, refund=Money(cents=0)))


def test_a_return_is_not_closed_before_every_line_is_inspected() -> None:
    Scenario(returns).given(*STAGES["arrived"], MUGS_INSPECTED).when(CLOSE).refused(
        "Whistling kettle has not been inspected yet."
    )


def test_what_happens_out_of_turn_leaves_a_return_as_it_is() -> None:
    closed: Any = Scenario(returns).given(*STAGES["closed"]).state
    for late in (APPROVED, ARRIVED, MUGS_INSPECTED):
        assert Scenario(returns).given(*STAGES["closed"], late).state == closed


def test_a_return_knows_its_order_to_the_end() -> None:
    assert Scenario(returns).given(*STAGES["closed"]).state == returns.Closed(order_id=ORDER)
    assert Scenario(returns).given(*STAGES["rejected"]).state == returns.Rejected(order_id=ORDER)
