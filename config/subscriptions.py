"""Who follows the log: the addresses of events, as urls.py holds those of requests."""

from eventstore.process import runtime
from orders import processes
from projections import (
    backorders,
    customer_page,
    erasing,
    invoices,
    order_page,
    partner_events,
    payment_ledger,
    products,
    refunds,
    returns_desk,
    revenue_per_day,
    search,
    shipments,
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
    shipments.PROJECTION,
    returns_desk.PROJECTION,
    customer_page.PROJECTION,
    search.PROJECTION,
    revenue_per_day.PROJECTION,
    work_queue.PROJECTION,
    partner_events.PROJECTION,
)

PROCESSES = (*processes.PROCESSES,)

READERS = [
    *(reader for projection in PROJECTIONS for reader in projection.readers()),
    *(runtime.reader(process) for process in PROCESSES),
    erasing.READER,
]
