"""The bell is gone: an order is placed all the same, quickly, and nothing of it is lost."""

import socket
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from eventstore import bell
from projections.order_page import OrderPage
from tests.shop import MUG, WHERE_TO, browsing, follow, hidden, orders_in_the_log

pytestmark = pytest.mark.django_db(transaction=True)

CHECK = "/orders/place/check/"


@pytest.fixture(params=["nobody listens", "nobody answers"])
def gone(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """A Redis that is not there, or that takes the call and says nothing."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        if request.param == "nobody answers":
            deaf.listen()
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        forget()
        yield
    forget()


def forget() -> None:
    """Have the bell look for its Redis anew."""
    bell._redis.cache_clear()
    bell.Silence.until = 0.0


def test_an_order_is_placed_quickly_without_redis(gone: None, clara: User) -> None:
    client = browsing(clara)
    session = client.session
    session.update({"basket": {MUG: 2}, "delivery": WHERE_TO, "payment": "prepaid"})
    session.save()
    sent = hidden(client.get(CHECK))
    bell.Silence.until = 0.0

    begun = time.perf_counter()
    answer = client.post(CHECK, sent)
    took = time.perf_counter() - begun

    assert answer.status_code == 302
    assert took < 1.5  # of which half a second is given to a Redis that does not answer
    assert bell.Silence.until > time.monotonic()  # and for a while nobody asks it again
    follow()
    assert [order.order_id for order in orders_in_the_log()] == [OrderPage.objects.get().order_id]
