"""The scene: what those who work with the shop can see of it, made of events, so that they know what to ask for."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import astuple

from accounts.domain import customer
from eventstore.log import Recorded
from eventstore.messages import Command, Event
from orders.domain import order, product, returns, shipment, stock_item, work
from orders.domain.money import Money
from orders.processes.goods import Goods, goods_of, told


def subject(piece: str) -> str:
    """What a piece of work is about: the id in `shipment:id@turn`."""
    return piece.partition("@")[0].partition(":")[2]


class Scene:
    """The catalogue, the orders and where their pieces are, the stock on the books, and who may not order."""

    def __init__(self) -> None:
        self.offers: dict[str, order.Offer] = {}
        self.goods: dict[UUID, Goods] = {}
        self.customer: dict[UUID, UUID] = {}
        self.standing: dict[UUID, shipment.OrderStanding] = {}
        self.delivered: dict[UUID, datetime] = {}
        self.returned: dict[UUID, dict[str, int]] = {}
        self.returns: dict[UUID, returns.ReturnRequested] = {}
        self.on_hand: dict[str, int] = {}
        self.suspended: set[UUID] = set()
        self.by_card: set[UUID] = set()
        self.taken: set[str] = set()

    def see(self, fact: Recorded[Event]) -> None:
        """Something has happened."""
        event = fact.event
        match event:
            case product.ProductListed(sku=sku, name=name, price=price):
                self.offers[sku] = order.Offer(sku=sku, name=name, price=price)
            case product.PriceChanged(sku=sku, price=price):
                self.offers[sku] = order.Offer(sku=sku, name=self.offers[sku].name, price=price)
            case product.ProductWithdrawn(sku=sku):
                del self.offers[sku]
            case order.OrderPlaced(order_id=order_id):
                self.goods[order_id] = goods_of(event, to_the_piece=True)
                self.customer[order_id] = event.customer_id
                self.standing[order_id] = "open"
                self.by_card |= {order_id} if event.card else set()
            case shipment.ShipmentDelivered(shipment_id=shipment_id):
                self.delivered[shipment_id] = event.delivered_at
            case returns.ReturnRequested():
                self.returns[event.return_id] = event
                sent_back = self.returned.setdefault(event.order_id, {})
                for line in event.lines:
                    sent_back[line.sku] = sent_back.get(line.sku, 0) + line.quantity
            case _:
                self._stand(event)
                self._count(event)
        about = getattr(event, "order_id", None)
        if about in self.goods:
            self.goods[about] = told(self.goods[about], event)

    def _stand(self, event: Event) -> None:
        match event:
            case order.OrderHeld(order_id=order_id):
                self.standing[order_id] = "held"
            case order.CancellationRequested(order_id=order_id):
                self.standing[order_id] = "cancellation_requested"
            case order.OrderCancelled(order_id=order_id) | order.OrderRejected(order_id=order_id):
                self.standing[order_id] = "cancelled"
            case customer.CustomerSuspended(customer_id=customer_id):
                self.suspended.add(customer_id)
            case customer.CustomerReinstated(customer_id=customer_id):
                self.suspended.discard(customer_id)
            case order.OrderReleased(order_id=order_id) | order.CancellationRefused(order_id=order_id):
                self.standing[order_id] = "open"
            case work.WorkTaken(work=each):
                self.taken.add(subject(each))
            case work.WorkGivenBack(work=each):
                self.taken.discard(subject(each))
            case _:
                pass

    def _count(self, event: Event) -> None:
        match event:
            case stock_item.StockReceived(sku=sku, quantity=more) | stock_item.StockReturned(sku=sku, quantity=more):
                self.on_hand[sku] = self.on_hand.get(sku, 0) + more
            case (
                stock_item.StockDispatched(sku=sku, quantity=less) | stock_item.StockWrittenOff(sku=sku, quantity=less)
            ):
                self.on_hand[sku] -= less
            case stock_item.StockCounted(sku=sku, counted=counted):
                self.on_hand[sku] = counted
            case _:
                pass

    def is_taken(self, command: Command) -> bool:
        """Whether a person at the screens has taken what a command is about: that is theirs, and nobody's here."""
        return not self.taken.isdisjoint(map(str, astuple(command)))

    def deliveries(self, order_id: UUID) -> tuple[returns.Delivery, ...]:
        """What of an order could be returned."""
        goods, back = self.goods[order_id], self.returned.get(order_id, {})
        found: dict[str, returns.Delivery] = {}
        for shipment_id, parcel in goods.parcels.items():
            if parcel.stage != "delivered":
                continue
            for sku, quantity in parcel.pieces.items():
                line, at = goods.lines[sku], self.delivered[shipment_id]
                earlier = found[sku].quantity if sku in found else -back.get(sku, 0)
                found[sku] = returns.Delivery(
                    sku=sku, name=line.name, price=line.price, quantity=earlier + quantity, delivered_at=at
                )
        return tuple(each for each in found.values() if each.quantity > 0)

    def price(self, sku: str) -> Money:
        """What a product costs now."""
        price = self.offers[sku].price
        assert price is not None
        return price
