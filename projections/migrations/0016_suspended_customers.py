"""A customer who was suspended for what they owe is work as well, and of no order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0015_credited_invoices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="workitem",
            name="order_id",
            field=models.UUIDField(null=True, verbose_name="order"),
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
                    ("await_return", "Wait for return"),
                    ("inspect_return", "Inspect return"),
                    ("approve_return", "Approve or reject return"),
                    ("release_order", "Look at order on hold"),
                    ("answer_backorder", "Ask what becomes of backorder"),
                    ("reinstate_customer", "Reinstate customer"),
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
