"""The addresses of what customers do."""

from django.urls import path

from orders.screens.customer import my_orders, place_order, shopping

urlpatterns = [
    path("products/", shopping.products, name="products"),
    path("products/<slug:sku>/", shopping.product, name="product"),
    path("basket/", shopping.show_basket, name="basket"),
    path("basket/add/", shopping.add_to_basket, name="add_to_basket"),
    path("basket/change/", shopping.change_quantity, name="change_quantity"),
    path("orders/", my_orders.my_orders, name="my_orders"),
    path("orders/place/", place_order.delivery, name="place_order"),
    path("orders/place/payment/", place_order.payment, name="place_order_payment"),
    path("orders/place/check/", place_order.check, name="place_order_check"),
    path("orders/<uuid:order_id>/placed/", place_order.order_placed, name="order_placed"),
]
