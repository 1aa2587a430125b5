"""The addresses of what customers do."""

from django.urls import path

from orders.screens.customer import (
    answer_backorder,
    cancel_order,
    change_delivery_address,
    enter_card,
    invoice,
    my_orders,
    pay_with_another_card,
    place_order,
    request_return,
    returns,
    shopping,
)

urlpatterns = [
    path("products/", shopping.products, name="products"),
    path("products/<slug:sku>/", shopping.product, name="product"),
    path("basket/", shopping.show_basket, name="basket"),
    path("basket/add/", shopping.add_to_basket, name="add_to_basket"),
    path("basket/change/", shopping.change_quantity, name="change_quantity"),
    path("orders/", my_orders.my_orders, name="my_orders"),
    path("orders/place/", place_order.delivery, name="place_order"),
    path("orders/place/payment/", place_order.payment, name="place_order_payment"),
    path("orders/place/payment/card/", enter_card.enter_card, name="enter_card"),
    path("orders/place/payment/card/entered/", enter_card.card_entered_there, name="card_entered"),
    path("orders/place/check/", place_order.check, name="place_order_check"),
    path("orders/<uuid:order_id>/placed/", place_order.order_placed, name="order_placed"),
    path(
        "orders/<uuid:order_id>/change-delivery-address/",
        change_delivery_address.change_delivery_address,
        name="change_delivery_address",
    ),
    path("orders/<uuid:order_id>/cancel/", cancel_order.cancel_order, name="cancel_order"),
    path("orders/<uuid:order_id>/cancel-lines/", cancel_order.cancel_lines, name="cancel_lines"),
    path("orders/<uuid:order_id>/answer-backorder/", answer_backorder.answer_backorder, name="answer_backorder"),
    path(
        "orders/<uuid:order_id>/pay-with-another-card/",
        pay_with_another_card.pay_with_another_card,
        name="pay_with_another_card",
    ),
    path(
        "orders/<uuid:order_id>/pay-with-another-card/enter/",
        pay_with_another_card.enter_another_card,
        name="enter_another_card",
    ),
    path(
        "orders/<uuid:order_id>/pay-with-another-card/entered/",
        pay_with_another_card.another_card_entered,
        name="another_card_entered",
    ),
    path("orders/<uuid:order_id>/return/", request_return.request_return, name="request_return"),
    path("orders/<uuid:order_id>/invoices/<uuid:shipment_id>/", invoice.order_invoice, name="order_invoice"),
    path("returns/mine/", returns.my_returns, name="my_returns"),
    path("returns/<uuid:return_id>/", returns.a_return, name="a_return"),
]
