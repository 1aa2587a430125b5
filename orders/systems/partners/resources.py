"""What partners can ask for, by address: views, addresses and the document are made of this one table."""

from orders.systems.partners import catalogue, customers, feed, following, ordering, subscribing
from orders.systems.partners.asking import Operation

ROOT = "/api/v1/"

RESOURCES: dict[str, tuple[Operation, ...]] = {
    "products/": (catalogue.LIST_PRODUCTS,),
    "products/{sku}/": (catalogue.SHOW_PRODUCT,),
    "customers/": (customers.REGISTER_CUSTOMER,),
    "customers/{customer_id}/": (customers.SHOW_CUSTOMER,),
    "orders/": (following.LIST_ORDERS, ordering.PLACE_ORDER),
    "orders/{order_id}/": (following.SHOW_ORDER,),
    "orders/{order_id}/delivery-address/": (ordering.CHANGE_DELIVERY_ADDRESS,),
    "orders/{order_id}/cancellation/": (ordering.CANCEL_ORDER,),
    "events/": (feed.LIST_EVENTS,),
    "subscriptions/": (subscribing.LIST_SUBSCRIPTIONS, subscribing.SUBSCRIBE),
    "subscriptions/{subscription_id}/": (subscribing.SHOW_SUBSCRIPTION, subscribing.UNSUBSCRIBE),
    "subscriptions/{subscription_id}/replay/": (subscribing.REPLAY,),
    "subscriptions/{subscription_id}/secret/": (subscribing.CHANGE_SECRET,),
}
