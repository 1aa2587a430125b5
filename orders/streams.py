"""Which decider serves which category of stream, and the names under which its events are stored for ever."""

from eventstore.schema import Stored
from eventstore.streams import Category
from orders.domain import order, product, stock_item

PRODUCT = Category(
    "product",
    product,
    key="sku",
    commands=(product.ListProduct, product.ChangePrice, product.WithdrawProduct),
    events=(
        Stored("ProductListed", product.ProductListed),
        Stored("PriceChanged", product.PriceChanged),
        Stored("ProductWithdrawn", product.ProductWithdrawn),
    ),
)
STOCK_ITEM = Category(
    "stock_item",
    stock_item,
    key="sku",
    commands=(stock_item.ReceiveStock,),
    events=(Stored("StockReceived", stock_item.StockReceived),),
    state=stock_item.StockItem,
    snapshot_every=200,
)
ORDER = Category(
    "order",
    order,
    key="order_id",
    commands=(order.PlaceOrder,),
    events=(Stored("OrderPlaced", order.OrderPlaced),),
    owner=order.owner,
)

CATEGORIES = (PRODUCT, STOCK_ITEM, ORDER)
