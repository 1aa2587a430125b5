"""All the tables of read models, for Django to find."""

from projections.backorders import Backorder
from projections.invoices import Invoice
from projections.order_page import OrderPage
from projections.payment_ledger import PaymentLedger
from projections.products import Product
from projections.refunds import Refund
from projections.stock_movements import StockMovement
from projections.timeline import TimelineEntry
from projections.work_queue import WorkItem

__all__ = [
    "Backorder",
    "Invoice",
    "OrderPage",
    "PaymentLedger",
    "Product",
    "Refund",
    "StockMovement",
    "TimelineEntry",
    "WorkItem",
]
