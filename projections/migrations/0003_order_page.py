"""The order page shows all that happens to an order: its table is thrown away, and made anew by its reader."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0002_readers"),
        ("projections", "0002_stock_of_products"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                "DELETE FROM eventstore_checkpoint WHERE split_part(reader, '@', 1) IN ('order_page')",
                "DELETE FROM eventstore_parked WHERE split_part(reader, '@', 1) IN ('order_page')",
            ],
            reverse_sql="",
        ),
        migrations.DeleteModel(
            name="OrderPage",
        ),
        migrations.CreateModel(
            name="OrderPage",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                ("customer_id", models.UUIDField(verbose_name="customer")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("placed", "Placed"),
                            ("confirmed", "Confirmed"),
                            ("waiting", "Waiting for stock"),
                            ("packing", "Being packed"),
                            ("partly_sent", "Partly sent"),
                            ("sent", "On its way"),
                            ("delivered", "Delivered"),
                            ("completed", "Completed"),
                            ("held", "On hold"),
                            ("cancelling", "Cancellation requested"),
                            ("cancelled", "Cancelled"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("reason", models.CharField(default="", max_length=500, verbose_name="reason")),
                ("placed_at", models.DateTimeField(verbose_name="placed at")),
                ("payment_terms", models.CharField(max_length=20, verbose_name="payment terms")),
                ("lines", models.JSONField(verbose_name="lines")),
                ("cents", models.BigIntegerField(verbose_name="total in cents")),
                ("currency", models.CharField(max_length=3)),
                ("delivery_address", models.JSONField(null=True, verbose_name="delivery address")),
                ("parcels", models.JSONField(default=list, verbose_name="parcels")),
                ("confirmed", models.BooleanField(default=False, verbose_name="confirmed")),
                ("held", models.BooleanField(default=False, verbose_name="on hold")),
                ("cancelling", models.BooleanField(default=False, verbose_name="cancellation requested")),
                ("version", models.IntegerField(verbose_name="version")),
                ("position", models.BigIntegerField(verbose_name="position in the log")),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "db_table": "projections_order_page",
                "indexes": [models.Index(fields=["customer_id", "-placed_at", "order_id"], name="order_page_customer")],
            },
        ),
    ]
