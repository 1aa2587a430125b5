"""The addresses of what the finance clerk does."""

from django.urls import path

from orders.screens.finance import captures, invoices, ledger, refunds, revenue

urlpatterns = [
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<uuid:refund_id>/approve/", refunds.approve_refund, name="approve_refund"),
    path("refunds/<uuid:refund_id>/reject/", refunds.reject_refund, name="reject_refund"),
    path("refunds/<uuid:refund_id>/retry/", refunds.retry_refund, name="retry_refund"),
    path("refunds/<uuid:refund_id>/transfer/", refunds.transfer_refund, name="transfer_refund"),
    path("refunds/<uuid:refund_id>/write-off/", refunds.write_off_refund, name="write_off_refund"),
    path("shipments/<uuid:shipment_id>/capture/retry/", captures.retry_capture, name="retry_capture"),
    path("shipments/<uuid:shipment_id>/capture/write-off/", captures.write_off_capture, name="write_off_capture"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/transfer/", invoices.record_bank_transfer, name="record_bank_transfer"),
    path("invoices/<uuid:invoice_id>/write-off/", invoices.write_off_invoice, name="write_off_invoice"),
    path("orders/<uuid:order_id>/ledger/", ledger.payment_ledger, name="payment_ledger"),
    path("revenue/", revenue.revenue_per_day, name="revenue_per_day"),
]
