"""The books: what has to add up, whatever has happened. Folded from the log, and from nothing else."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from eventstore.messages import Event
from orders.domain import payment, stock_item
from orders.domain.order import OrderCancelled, OrderCompleted, OrderPlaced, OrderRejected
from orders.domain.payment.provider import AuthorizationRequest
from orders.processes.goods import Goods, goods_of, told
from orders.streams import STOCK_ITEM

OF_STOCK = tuple(stored.event for stored in STOCK_ITEM.events)


class Books:
    """Pieces by their product, and cents by their order."""

    def __init__(self) -> None:
        self.stock: dict[str, stock_item.StockItem] = {}
        self.moved: dict[str, Counter[str]] = {}
        self.goods: dict[UUID, Goods] = {}
        self.ended: dict[UUID, str] = {}
        self.cents: dict[UUID, Counter[str]] = {}

    def record(self, event: Event) -> None:
        """Something has happened."""
        match event:
            case OrderPlaced(order_id=order_id):
                self.goods[order_id], self.cents[order_id] = goods_of(event, to_the_piece=True), Counter()
            case OrderCancelled() | OrderRejected() | OrderCompleted():
                self.ended[event.order_id] = type(event).__name__
            case _:
                self._record_stock(event)
                self._record_money(event)
        about = getattr(event, "order_id", None)
        if about in self.goods:
            self.goods[about] = told(self.goods[about], event)

    def _record_stock(self, event: Event) -> None:
        sku = getattr(event, "sku", None)
        if not isinstance(event, OF_STOCK) or not sku:
            return
        self.stock[sku] = STOCK_ITEM.decider.evolve(self.stock.get(sku, STOCK_ITEM.decider.initial), event)
        pieces = self.moved.setdefault(sku, Counter())
        match event:
            case stock_item.StockReceived(quantity=quantity):
                pieces["received"] += quantity
            case stock_item.StockDispatched(quantity=quantity):
                pieces["dispatched"] += quantity
            case stock_item.StockWrittenOff(quantity=quantity):
                pieces["written off"] += quantity
            case stock_item.StockReturned(quantity=quantity):
                pieces["returned"] += quantity
            case stock_item.StockCounted(difference=difference):
                pieces["found"] += difference
            case _:
                pass

    def _record_money(self, event: Event) -> None:
        match event:
            case payment.PaymentCaptured() | payment.CaptureWrittenOff():
                self.cents[event.order_id][f"settled {event.shipment_id}"] += event.amount.cents
            case payment.InvoicePaid() | payment.InvoicePartlyPaid() | payment.InvoiceCredited():
                # What was written off is settled already.
                given_up = self.cents[event.order_id][f"written off {event.shipment_id}"]
                self.cents[event.order_id][f"settled {event.shipment_id}"] += max(0, event.amount.cents - given_up)
                self.cents[event.order_id][f"written off {event.shipment_id}"] -= min(given_up, event.amount.cents)
            case payment.InvoiceWrittenOff():
                self.cents[event.order_id][f"settled {event.shipment_id}"] += event.amount.cents
                self.cents[event.order_id][f"written off {event.shipment_id}"] += event.amount.cents
            case _:
                pass
        match event:
            case payment.PaymentCaptured() | payment.InvoicePaid() | payment.InvoicePartlyPaid():
                self.cents[event.order_id]["received"] += event.amount.cents
            case payment.LatePaymentReceived(request=request) if not isinstance(request, AuthorizationRequest):
                self.cents[event.order_id]["received"] += event.amount.cents
            case payment.PaymentRefunded():
                self.cents[event.order_id]["refunded"] += event.amount.cents
            case _:
                pass

    def faults(self) -> Iterator[str]:
        """What does not add up."""
        for sku, item in self.stock.items():
            yield from self._faults_of_stock(sku, item)
        for order_id, goods in self.goods.items():
            yield from self._faults_of_order(order_id, goods)

    def _faults_of_stock(self, sku: str, item: stock_item.StockItem) -> Iterator[str]:
        moved = self.moved[sku]
        should = moved["received"] - moved["dispatched"] - moved["written off"] + moved["returned"] + moved["found"]
        if item.on_hand != should:
            yield f"{sku}: {item.on_hand} are on hand, and {should} should be"
        if not 0 <= item.on_hand - item.available <= item.on_hand:
            yield f"{sku}: {item.on_hand - item.available} of {item.on_hand} are reserved"

    def _faults_of_order(self, order_id: UUID, goods: Goods) -> Iterator[str]:
        cents = self.cents[order_id]
        if cents["refunded"] > cents["received"]:
            yield f"{order_id}: {cents['refunded']} were refunded of {cents['received']}"
        for shipment_id, parcel in goods.parcels.items():
            settled = cents[f"settled {shipment_id}"]
            if settled > goods.due(shipment_id).cents or (settled and not parcel.gone):
                yield f"{order_id}: {settled} settled for a shipment of {goods.due(shipment_id)}"
            if self.ended.get(order_id) == "OrderCompleted" and parcel.gone and settled != goods.due(shipment_id).cents:
                yield f"{order_id}: completed, with {settled} of {goods.due(shipment_id)} settled"
        if self.ended.get(order_id) == "OrderCompleted" and not goods.sent_all:
            yield f"{order_id}: completed, and not all of it was sent"
