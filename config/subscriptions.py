"""Who follows the log: the addresses of events, as urls.py holds those of requests."""

from eventstore.process import runtime
from orders import processes
from projections import order_page, products, timeline, work_queue

PROJECTIONS = (products.PROJECTION, order_page.PROJECTION, timeline.PROJECTION, work_queue.PROJECTION)

PROCESSES = (*processes.PROCESSES,)

READERS = [
    *(reader for projection in PROJECTIONS for reader in projection.readers()),
    *(runtime.reader(process) for process in PROCESSES),
]
