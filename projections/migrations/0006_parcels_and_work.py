"""Where parcels and returns are, and what is to be done about all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0002_readers"),
        ("projections", "0005_stock_and_money"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                "DELETE FROM eventstore_checkpoint WHERE split_part(reader, '@', 1) IN ('refunds', 'timeline', 'work_queue')",
                "DELETE FROM eventstore_parked WHERE split_part(reader, '@', 1) IN ('refunds', 'timeline', 'work_queue')",
            ],
            reverse_sql="",
        ),
        migrations.DeleteModel(
            name="Refund",
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
                ("reason", models.TextField(verbose_name="reason")),
                ("failure", models.TextField(default="", verbose_name="why it failed")),
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
        migrations.DeleteModel(
            name="TimelineEntry",
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(verbose_name="order")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("actor", models.CharField(max_length=200, verbose_name="who")),
                ("for_staff", models.BooleanField(default=False, verbose_name="for staff only")),
                ("sentence", models.TextField(verbose_name="sentence")),
                ("values_in_it", models.JSONField(default=dict)),
                ("position", models.BigIntegerField(verbose_name="position in the log")),
            ],
            options={
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline entries",
                "db_table": "projections_timeline",
                "indexes": [models.Index(fields=["order_id", "position"], name="timeline_order")],
            },
        ),
        migrations.DeleteModel(
            name="WorkItem",
        ),
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                ("item", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=20, verbose_name="role")),
                (
                    "task",
                    models.CharField(
                        choices=[
                            ("prepare_order", "Prepare order"),
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
                            ("retry_capture", "Retry or write off capture"),
                            ("ask_provider", "Find out what became of payment"),
                            ("chase_invoice", "Chase overdue invoice"),
                        ],
                        max_length=40,
                        verbose_name="task",
                    ),
                ),
                ("subject", models.UUIDField(verbose_name="about")),
                ("order_id", models.UUIDField(verbose_name="order")),
                ("reference", models.CharField(max_length=11, verbose_name="order number")),
                ("waiting_since", models.DateTimeField(verbose_name="waiting since")),
                ("lines", models.JSONField(verbose_name="lines")),
                ("cents", models.BigIntegerField(null=True, verbose_name="amount in cents")),
                ("currency", models.CharField(default="", max_length=3)),
            ],
            options={
                "verbose_name": "work item",
                "verbose_name_plural": "work queue",
                "db_table": "projections_work_queue",
                "indexes": [models.Index(fields=["role", "waiting_since", "item"], name="work_queue_role")],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("shipment_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(db_index=True, verbose_name="order")),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("planned", "To be picked"),
                            ("picking", "Being picked"),
                            ("packed", "Packed"),
                            ("labelled", "To be dispatched"),
                            ("dispatched", "On its way"),
                            ("delivered", "Delivered"),
                            ("lost", "Lost"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                ("lines", models.JSONField(verbose_name="lines")),
                ("picker", models.CharField(default="", max_length=200, verbose_name="picked by")),
                ("grams", models.IntegerField(default=0, verbose_name="grams")),
                ("carrier", models.CharField(default="", max_length=100, verbose_name="carrier")),
                (
                    "tracking_number",
                    models.CharField(db_index=True, default="", max_length=100, verbose_name="tracking number"),
                ),
                ("reason", models.CharField(default="", max_length=500, verbose_name="reason")),
                ("planned_at", models.DateTimeField(verbose_name="planned at")),
                ("dispatched_at", models.DateTimeField(null=True, verbose_name="dispatched at")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="delivered at")),
                ("version", models.IntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "shipment",
                "verbose_name_plural": "shipments",
                "db_table": "projections_shipments",
                "indexes": [models.Index(fields=["stage", "planned_at", "shipment_id"], name="shipments_stage")],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("return_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(db_index=True, verbose_name="order")),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                ("customer_id", models.UUIDField(verbose_name="customer")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("requested", "To be approved"),
                            ("approved", "Expected"),
                            ("rejected", "Rejected"),
                            ("arrived", "To be inspected"),
                            ("closed", "Closed"),
                        ],
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("damaged", "Damaged"),
                            ("wrong_item", "Wrong item"),
                            ("not_as_described", "Not as described"),
                            ("changed_mind", "Changed their mind"),
                        ],
                        max_length=20,
                        verbose_name="why",
                    ),
                ),
                ("lines", models.JSONField(verbose_name="lines")),
                ("refund", models.BigIntegerField(default=0, verbose_name="refund in cents")),
                ("currency", models.CharField(max_length=3)),
                ("rejection", models.CharField(default="", max_length=500, verbose_name="why it was rejected")),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="arrived at")),
                ("version", models.IntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns desk",
                "db_table": "projections_returns_desk",
                "indexes": [
                    models.Index(fields=["stage", "requested_at", "return_id"], name="returns_desk_stage"),
                    models.Index(fields=["customer_id", "-requested_at", "return_id"], name="returns_desk_customer"),
                ],
            },
        ),
    ]
