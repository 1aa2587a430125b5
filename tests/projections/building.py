"""What tests of rebuilds build, and what happens meanwhile."""

from collections.abc import Callable

from eventstore import log
from projections import products
from tests import factories
from tests.eventstore.pieces import METADATA

PRODUCTS = products.PROJECTION
OURS = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
WAITED_FOR = f"SELECT mode FROM pg_locks WHERE NOT granted AND {OURS}"
LIVE, NEXT, FORMER = (f"products{place}" for place in ("", "@projections_next", "@projections_former"))


def receive(sku: str, quantity: int = 1) -> None:
    """Some pieces arrive."""
    event = factories.StockReceived.build(sku=sku, quantity=quantity)
    log.append([log.New(f"stock_item-{sku}", [event])], METADATA)


def once(deed: Callable[[], object]) -> Callable[[int, int], None]:
    """One who is told how a rebuild gets on, and does something when it has begun."""
    left = [deed]

    def tell(position: int, end: int) -> None:
        if position < end and left:
            left.pop()()

    return tell
