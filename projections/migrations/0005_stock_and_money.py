"""Where pieces and money of orders are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0004_timeline"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("sku", models.CharField(max_length=40, verbose_name="product number")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("actor", models.CharField(max_length=200, verbose_name="who")),
                (
                    "movement",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("counted", "Counted"),
                            ("written_off", "Written off"),
                            ("returned", "Came back"),
                            ("dispatched", "Left"),
                            ("reserved", "Reserved"),
                            ("released", "Released"),
                            ("backordered", "Waited for"),
                            ("allocated", "Reserved for who waited"),
                            ("not_wanted", "No longer waited for"),
                            ("shortfall", "Reserved, but not there"),
                        ],
                        max_length=20,
                        verbose_name="movement",
                    ),
                ),
                ("pieces", models.IntegerField(verbose_name="pieces")),
                ("on_hand", models.IntegerField(default=0, verbose_name="more on hand")),
                ("order_id", models.UUIDField(null=True, verbose_name="order")),
                ("reason", models.CharField(default="", max_length=500, verbose_name="reason")),
                ("version", models.IntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "stock movement",
                "verbose_name_plural": "stock movements",
                "db_table": "projections_stock_movements",
                "indexes": [models.Index(fields=["sku", "version"], name="stock_movements_sku")],
            },
        ),
        migrations.CreateModel(
            name="Backorder",
            fields=[
                ("item", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("sku", models.CharField(max_length=40, verbose_name="product number")),
                ("order_id", models.UUIDField(verbose_name="order")),
                ("reference", models.CharField(max_length=11, verbose_name="order number")),
                ("waiting", models.IntegerField(verbose_name="waits for")),
                ("reserved", models.IntegerField(verbose_name="reserved")),
                ("waiting_since", models.DateTimeField(verbose_name="waiting since")),
            ],
            options={
                "verbose_name": "backorder",
                "verbose_name_plural": "backorders",
                "db_table": "projections_backorders",
                "indexes": [
                    models.Index(fields=["waiting_since", "item"], name="backorders_oldest"),
                    models.Index(fields=["order_id"], name="backorders_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentLedger",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                ("currency", models.CharField(max_length=3)),
                ("held", models.BigIntegerField(default=0, verbose_name="held on the card")),
                ("captured", models.BigIntegerField(default=0, verbose_name="charged")),
                ("invoiced", models.BigIntegerField(default=0, verbose_name="invoiced")),
                ("paid", models.BigIntegerField(default=0, verbose_name="paid by bank transfer")),
                ("owed", models.BigIntegerField(default=0, verbose_name="owed")),
                ("late", models.BigIntegerField(default=0, verbose_name="came in late")),
                ("refunded", models.BigIntegerField(default=0, verbose_name="refunded")),
                ("bookings", models.JSONField(default=list, verbose_name="bookings")),
                ("holds", models.JSONField(default=dict, verbose_name="holds")),
                ("charges", models.JSONField(default=dict, verbose_name="charges")),
                ("dues", models.JSONField(default=dict, verbose_name="dues")),
            ],
            options={
                "verbose_name": "payment ledger",
                "verbose_name_plural": "payment ledgers",
                "db_table": "projections_payment_ledger",
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("shipment_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(db_index=True, verbose_name="order")),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("overdue", "Overdue"),
                            ("settled", "Settled"),
                            ("written_off", "Written off"),
                        ],
                        max_length=20,
                        verbose_name="standing",
                    ),
                ),
                ("cents", models.BigIntegerField(verbose_name="amount in cents")),
                ("left", models.BigIntegerField(verbose_name="still to be paid, in cents")),
                ("currency", models.CharField(max_length=3)),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "db_table": "projections_invoices",
                "indexes": [models.Index(fields=["standing", "due_at", "shipment_id"], name="invoices_due")],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("refund_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(db_index=True, verbose_name="order")),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("proposed", "To be approved"),
                            ("rejected", "Rejected"),
                            ("requested", "To be paid"),
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
                ("cents", models.BigIntegerField(default=0, verbose_name="amount in cents")),
                ("credited", models.BigIntegerField(default=0, verbose_name="credited, in cents")),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("failure", models.CharField(default="", max_length=500, verbose_name="why it failed")),
                ("attempt", models.IntegerField(default=0, verbose_name="attempt")),
                ("proposed_by", models.CharField(default="", max_length=200, verbose_name="proposed by")),
                ("approved_by", models.CharField(default="", max_length=200, verbose_name="approved by")),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "db_table": "projections_refunds",
                "indexes": [models.Index(fields=["standing", "since", "refund_id"], name="refunds_due")],
            },
        ),
    ]
