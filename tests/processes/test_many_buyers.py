"""Two hundred buyers at once, and fifty pieces: who came first gets one, nobody gets what is not there."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.models import OwedCommand, Parked
from eventstore.tasks import tick
from orders.domain.order import Line, Offer, OrderPlaced, PlaceOrder
from orders.domain.stock_item import Backordered, ReceiveStock, StockReserved
from tests import factories
from tests.processes import play
from tests.shop import CATALOGUE, SEEDS, send

BUYERS, PIECES = 200, 50
PATIENCE = 120.0  # seconds


def order_one(_: int) -> UUID:
    """Somebody orders a piece."""
    order_id, price = uuid7(), CATALOGUE[SEEDS].price
    try:
        send(
            PlaceOrder(
                order_id=order_id,
                customer_id=uuid7(),
                lines=(Line(sku=SEEDS, quantity=1, shown=price),),
                delivery_address=factories.Address.build(),
                payment_terms="on_account",
                offers=(Offer(sku=SEEDS, name="Heirloom seeds", price=price),),
                suspended=False,
            )
        )
    finally:
        connection.close()
    return order_id


@pytest.mark.django_db(transaction=True)
def test_two_hundred_buyers_and_fifty_pieces(worker: None) -> None:
    send(CATALOGUE[SEEDS])
    send(ReceiveStock(sku=SEEDS, quantity=PIECES))
    with ThreadPoolExecutor(16) as buyers:
        orders = set(buyers.map(order_one, range(BUYERS)))
    until = time.monotonic() + PATIENCE
    while len(answered()) < BUYERS:
        assert time.monotonic() < until, f"only {len(answered())} have an answer"
        tick.delay()  # as beat does: who lost too many races is sent for again a moment later
        time.sleep(0.5)
    arrived = [each.event.order_id for each in log.read_log() if isinstance(each.event, OrderPlaced)]
    reserved = [each.order_id for each in answered() if isinstance(each, StockReserved)]
    waiting = [each.order_id for each in answered() if isinstance(each, Backordered)]
    assert set(arrived) == orders
    assert (len(reserved), len(waiting)) == (PIECES, BUYERS - PIECES)
    assert (play.item(SEEDS).on_hand, play.item(SEEDS).available) == (PIECES, 0)
    assert list(play.item(SEEDS).claims) == reserved + waiting
    assert not Parked.objects.exists()
    assert not OwedCommand.objects.filter(next_try_at=None).exists()


def answered() -> list[StockReserved | Backordered]:
    """What the stock has said to the buyers, in that order."""
    return [each.event for each in log.read_log() if isinstance(each.event, StockReserved | Backordered)]
