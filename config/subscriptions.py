"""Who follows the log: the addresses of events, as urls.py holds those of requests."""

from eventstore.process import runtime
from orders import processes
from projections import (
    backorders,
    invoices,
    order_page,
    payment_ledger,
    products,
    refunds,
    stock_movements,
    timeline,
    work_queue,
)

PROJECTIONS = (
    products.PROJECTION,
    stock_movements.PROJECTION,
    backorders.PROJECTION,
    order_page.PROJECTION,
    timeline.PROJECTION,
    payment_ledger.PROJECTION,
    invoices.PROJECTION,
    refunds.PROJECTION,
    work_queue.PROJECTION,
)

PROCESSES = (*processes.PROCESSES,)

READERS = [
    *(reader for projection in PROJECTIONS for reader in projection.readers()),
    *(runtime.reader(process) for process in PROCESSES),
]
