"""All the tables of read models, for Django to find."""

from projections.backorders import Backorder
from projections.customer_page import CustomerPage
from projections.invoices import Invoice
from projections.order_page import OrderPage
from projections.partner_events import PartnerEvent
from projections.payment_ledger import PaymentLedger
from projections.products import Product
from projections.refunds import Refund
from projections.returns_desk import Return
from projections.revenue_per_day import DayOfRevenue
from projections.search import SearchTerm
from projections.shipments import Shipment
from projections.stock_movements import StockMovement
from projections.timeline import TimelineEntry
from projections.work_queue import WorkItem

__all__ = [
    "Backorder",
    "CustomerPage",
    "DayOfRevenue",
    "Invoice",
    "OrderPage",
    "PartnerEvent",
    "PaymentLedger",
    "Product",
    "Refund",
    "Return",
    "SearchTerm",
    "Shipment",
    "StockMovement",
    "TimelineEntry",
    "WorkItem",
]
