"""All the tables of read models, for Django to find."""

from projections.order_page import OrderPage
from projections.products import Product
from projections.timeline import TimelineEntry
from projections.work_queue import WorkItem

__all__ = ["OrderPage", "Product", "TimelineEntry", "WorkItem"]
