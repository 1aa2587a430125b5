"""The addresses of what the warehouse does."""

from django.urls import path

from orders.screens.warehouse import picking, sending, shipments

urlpatterns = [
    path("shipments/", shipments.shipments, name="shipments"),
    path("shipments/<uuid:shipment_id>/", shipments.shipment, name="shipment"),
    path("shipments/<uuid:shipment_id>/start-picking/", picking.start_picking, name="start_picking"),
    path("shipments/<uuid:shipment_id>/pick/", picking.pick, name="pick_shipment"),
    path("shipments/<uuid:shipment_id>/short-pick/", picking.report_short_pick, name="report_short_pick"),
    path("shipments/<uuid:shipment_id>/pack/", sending.pack_shipment, name="pack_shipment"),
    path("shipments/<uuid:shipment_id>/dispatch/", sending.dispatch_shipment, name="dispatch_shipment"),
    path("shipments/<uuid:shipment_id>/cancel/", sending.cancel_shipment, name="cancel_shipment"),
]
