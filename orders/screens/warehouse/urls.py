"""The addresses of what the warehouse does."""

from django.urls import path

from orders.screens.warehouse import papers, picking, returns, sending, shelves, shipments, stock

urlpatterns = [
    path("shipments/", shipments.shipments, name="shipments"),
    path("shipments/pick-lists/", papers.pick_lists, name="pick_lists"),
    path("shipments/<uuid:shipment_id>/", shipments.shipment, name="shipment"),
    path("shipments/<uuid:shipment_id>/start-picking/", picking.start_picking, name="start_picking"),
    path("shipments/<uuid:shipment_id>/pick/", picking.pick, name="pick_shipment"),
    path("shipments/<uuid:shipment_id>/short-pick/", picking.report_short_pick, name="report_short_pick"),
    path("shipments/<uuid:shipment_id>/pack/", sending.pack_shipment, name="pack_shipment"),
    path("shipments/<uuid:shipment_id>/dispatch/", sending.dispatch_shipment, name="dispatch_shipment"),
    path("shipments/<uuid:shipment_id>/cancel/", sending.cancel_shipment, name="cancel_shipment"),
    path("shipments/<uuid:shipment_id>/packing-slip/", papers.packing_slip, name="packing_slip"),
    path("shipments/<uuid:shipment_id>/pick-list/", papers.pick_list, name="pick_list"),
    path("returns/<uuid:return_id>/arrival/", returns.record_return_arrival, name="record_return_arrival"),
    path("returns/<uuid:return_id>/inspect/", returns.inspect_return, name="inspect_return"),
    path("stock/", stock.stock, name="stock"),
    path("stock/receive/", shelves.receive_stock, name="receive_stock"),
    path("stock/count/", shelves.count_stock, name="count_stock"),
    path("stock/write-off/", shelves.write_off_stock, name="write_off_stock"),
    path("stock/items/<slug:sku>/", stock.stock_item, name="stock_item"),
]
