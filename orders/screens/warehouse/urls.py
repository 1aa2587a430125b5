"""The addresses of what the warehouse does."""

from django.urls import path

from orders.screens.warehouse import picking, sending, shelves, shipments, stock

urlpatterns = [
    path("shipments/", shipments.shipments, name="shipments"),
    path("shipments/<uuid:shipment_id>/", shipments.shipment, name="shipment"),
    path("shipments/<uuid:shipment_id>/start-picking/", picking.start_picking, name="start_picking"),
    path("shipments/<uuid:shipment_id>/pick/", picking.pick, name="pick_shipment"),
    path("shipments/<uuid:shipment_id>/short-pick/", picking.report_short_pick, name="report_short_pick"),
    path("shipments/<uuid:shipment_id>/pack/", sending.pack_shipment, name="pack_shipment"),
    path("shipments/<uuid:shipment_id>/dispatch/", sending.dispatch_shipment, name="dispatch_shipment"),
    path("shipments/<uuid:shipment_id>/cancel/", sending.cancel_shipment, name="cancel_shipment"),
    path("stock/", stock.stock, name="stock"),
    path("stock/receive/", shelves.receive_stock, name="receive_stock"),
    path("stock/count/", shelves.count_stock, name="count_stock"),
    path("stock/write-off/", shelves.write_off_stock, name="write_off_stock"),
    path("stock/items/<slug:sku>/", stock.stock_item, name="stock_item"),
]
