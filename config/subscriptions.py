"""Who follows the log: the addresses of events, as urls.py holds those of requests."""

from projections import order_page, products, timeline, work_queue

PROJECTIONS = (products.PROJECTION, order_page.PROJECTION, timeline.PROJECTION, work_queue.PROJECTION)

READERS = [reader for projection in PROJECTIONS for reader in projection.readers()]
