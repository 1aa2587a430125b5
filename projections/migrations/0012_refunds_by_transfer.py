"""Refunds that the finance clerk transfers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0011_no_order_is_prepared_by_hand"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="standing",
            field=models.CharField(
                choices=[
                    ("proposed", "To be approved"),
                    ("rejected", "Rejected"),
                    ("requested", "To be paid"),
                    ("to_transfer", "To be transferred"),
                    ("unanswered", "Not answered by the payment provider"),
                    ("refunded", "Refunded"),
                    ("failed", "Failed"),
                    ("credited", "Credited to an invoice"),
                    ("written_off", "Written off"),
                ],
                max_length=20,
                verbose_name="standing",
            ),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="task",
            field=models.CharField(
                choices=[
                    ("pick_shipment", "Pick shipment"),
                    ("pack_shipment", "Pack shipment"),
                    ("label_shipment", "Label shipment"),
                    ("dispatch_shipment", "Dispatch shipment"),
                    ("inspect_return", "Inspect return"),
                    ("approve_return", "Approve or reject return"),
                    ("release_order", "Look at order on hold"),
                    ("answer_backorder", "Ask what becomes of backorder"),
                    ("approve_refund", "Approve or reject refund"),
                    ("retry_refund", "Retry or write off refund"),
                    ("transfer_refund", "Transfer refund"),
                    ("retry_capture", "Retry or write off capture"),
                    ("ask_provider", "Find out what became of payment"),
                    ("chase_invoice", "Chase overdue invoice"),
                ],
                max_length=40,
                verbose_name="task",
            ),
        ),
    ]
