"""Believable commands, events, facts and rows: each is whole by itself, and a test says only what it is about.

`factories.OrderPlaced.build(payment_terms="on_account")`, `factories.Fact.build(event=…)`, `factories.Product.create()`
"""

from tests.factories.customer import (
    CustomerRegistered,
    CustomerReinstated,
    CustomerSuspended,
    RegisterCustomer,
    ReinstateCustomer,
    SuspendCustomer,
)
from tests.factories.facts import NOON, Fact, history, stream_of
from tests.factories.order import Address, Line, Offer, OrderedLine, OrderPlaced, PlaceOrder
from tests.factories.product import (
    ChangePrice,
    ListProduct,
    Money,
    PriceChanged,
    ProductListed,
    ProductWithdrawn,
    ReceiveStock,
    StockReceived,
    WithdrawProduct,
)
from tests.factories.rows import OrderPage, Product, TimelineEntry, WorkItem

__all__ = [
    "NOON",
    "Address",
    "ChangePrice",
    "CustomerRegistered",
    "CustomerReinstated",
    "CustomerSuspended",
    "Fact",
    "Line",
    "ListProduct",
    "Money",
    "Offer",
    "OrderPage",
    "OrderPlaced",
    "OrderedLine",
    "PlaceOrder",
    "PriceChanged",
    "Product",
    "ProductListed",
    "ProductWithdrawn",
    "ReceiveStock",
    "RegisterCustomer",
    "ReinstateCustomer",
    "StockReceived",
    "SuspendCustomer",
    "TimelineEntry",
    "WithdrawProduct",
    "WorkItem",
    "history",
    "stream_of",
]
