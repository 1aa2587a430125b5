"""The addresses of what customer service does."""

from django.urls import path

from orders.screens.customer_service import backorders, customer, find, goodwill, holding, lost, returns

urlpatterns = [
    path("find/", find.find, name="find"),
    path("customers/<uuid:customer_id>/", customer.customer, name="customer"),
    path("customers/<uuid:customer_id>/suspend/", customer.suspend_customer, name="suspend_customer"),
    path("customers/<uuid:customer_id>/reinstate/", customer.reinstate_customer, name="reinstate_customer"),
    path("orders/<uuid:order_id>/hold/", holding.hold_order, name="hold_order"),
    path("orders/<uuid:order_id>/release/", holding.release_order, name="release_order"),
    path("orders/<uuid:order_id>/goodwill-refund/", goodwill.goodwill_refund, name="goodwill_refund"),
    path("shipments/<uuid:shipment_id>/lost/", lost.report_shipment_lost, name="report_shipment_lost"),
    path("returns/", returns.returns_desk_list, name="returns_desk"),
    path("returns/<uuid:return_id>/approve/", returns.approve_return, name="approve_return"),
    path("returns/<uuid:return_id>/reject/", returns.reject_return, name="reject_return"),
    path("backorders/", backorders.backorders, name="backorders"),
]
