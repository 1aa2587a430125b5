"""Terms that are said by the day end with that day, as the shop's clock has it."""

from datetime import UTC, datetime

from django.conf import settings

from eventstore.process import Ask, Wait
from orders.processes import (
    notification,
    notification_kept,
    returning,
    returning_after_all,
    returning_empty_handed,
    returning_to_the_day,
)
from orders.processes.days import SHOP, end_of_day
from orders.processes.notification import Tell
from tests.processes import happened as h
from tests.processes.happened import CUSTOMER, ORDER
from tests.processes.story import NOON, Story
from tests.processes.test_returning import APPROVED, ARRIVED, REQUESTED, inspected

LAST_MOMENT = datetime(2026, 3, 23, 22, 59, 59, tzinfo=UTC)  # of the 21st day after the 2nd of March, in Berlin


def test_the_day_is_the_shops_also_where_its_clocks_are_put_forward() -> None:
    assert str(SHOP) == settings.TIME_ZONE
    assert end_of_day(NOON) == datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)
    assert end_of_day(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)) == datetime(2026, 3, 3, 22, 59, 59, tzinfo=UTC)
    assert end_of_day(datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)
    assert end_of_day(LAST_MOMENT) == LAST_MOMENT


def test_goods_that_come_back_are_waited_for_until_the_day_is_over_that_the_e_mail_names() -> None:
    for policy in (returning_to_the_day, returning_empty_handed):
        Story(policy).given(REQUESTED).when(APPROVED).then(Wait("arrival", LAST_MOMENT))
    told = Tell(kind="return_approved", order_id=ORDER, customer_id=CUSTOMER, due_at=LAST_MOMENT)
    Story(notification_kept).given(h.placed()).when(APPROVED).then(Ask("mail", told))


def test_who_began_before_is_waited_for_as_before() -> None:
    told = Story(returning).given(REQUESTED).when(APPROVED)
    told.then(Wait("arrival", told.at + returning.PATIENCE))
    before = Tell(kind="return_approved", order_id=ORDER, customer_id=CUSTOMER)
    Story(notification).given(h.placed()).when(APPROVED).then(Ask("mail", before))


def test_all_else_of_a_return_is_as_before() -> None:
    for given, event in (((REQUESTED, APPROVED), ARRIVED), ((REQUESTED, APPROVED, ARRIVED), inspected(h.MUG, 2, 0))):
        before = Story(returning_after_all).given(*given).when(event)
        assert Story(returning_to_the_day).given(*given).when(event).todo == before.todo
