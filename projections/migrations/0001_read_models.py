"""The first read models."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OrderPage",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("reference", models.CharField(db_index=True, max_length=11, verbose_name="order number")),
                ("customer_id", models.UUIDField(verbose_name="customer")),
                ("status", models.CharField(choices=[("placed", "Placed")], max_length=20, verbose_name="status")),
                ("placed_at", models.DateTimeField(verbose_name="placed at")),
                ("payment_terms", models.CharField(max_length=20, verbose_name="payment terms")),
                ("lines", models.JSONField(verbose_name="lines")),
                ("cents", models.BigIntegerField(verbose_name="total in cents")),
                ("currency", models.CharField(max_length=3)),
                ("delivery_address", models.JSONField(null=True, verbose_name="delivery address")),
                ("version", models.IntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "db_table": "projections_order_page",
                "indexes": [models.Index(fields=["customer_id", "-placed_at", "order_id"], name="order_page_customer")],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "sku",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="product number"),
                ),
                ("name", models.CharField(default="", max_length=200, verbose_name="name")),
                ("description", models.TextField(default="", verbose_name="description")),
                ("picture", models.CharField(default="", max_length=200)),
                ("cents", models.BigIntegerField(default=0, verbose_name="price in cents")),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("available", models.IntegerField(default=0, verbose_name="available")),
                ("listed", models.BooleanField(default=False, verbose_name="in the catalogue")),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "db_table": "projections_products",
                "indexes": [models.Index(fields=["listed", "name", "sku"], name="products_listed_name")],
            },
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(verbose_name="order")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("actor", models.CharField(max_length=100, verbose_name="who")),
                ("sentence", models.TextField(verbose_name="sentence")),
                ("values_in_it", models.JSONField(default=dict)),
                ("version", models.IntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline entries",
                "db_table": "projections_timeline",
                "indexes": [models.Index(fields=["order_id", "version"], name="timeline_order")],
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                ("item", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=20, verbose_name="role")),
                (
                    "task",
                    models.CharField(choices=[("prepare_order", "Prepare order")], max_length=40, verbose_name="task"),
                ),
                ("order_id", models.UUIDField(verbose_name="order")),
                ("reference", models.CharField(max_length=11, verbose_name="order number")),
                ("waiting_since", models.DateTimeField(verbose_name="waiting since")),
                ("lines", models.JSONField(verbose_name="lines")),
            ],
            options={
                "verbose_name": "work item",
                "verbose_name_plural": "work queue",
                "db_table": "projections_work_queue",
                "indexes": [models.Index(fields=["role", "waiting_since", "item"], name="work_queue_role")],
            },
        ),
    ]
