"""Who follows the log: the addresses of events, as urls.py holds those of requests."""

from eventstore.readers import Reader
from projections import order_page, products, timeline, work_queue

PROJECTIONS = {
    projection.name: projection
    for projection in (products.PROJECTION, order_page.PROJECTION, timeline.PROJECTION, work_queue.PROJECTION)
}

READERS = [Reader(name, wants=projection.wants, take=projection.take) for name, projection in PROJECTIONS.items()]
