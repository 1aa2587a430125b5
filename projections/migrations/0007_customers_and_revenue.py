"""Who customers are, how they and their orders are found, and what a day brought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0006_parcels_and_work"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerPage",
            fields=[
                ("customer_id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("email", models.CharField(max_length=254, verbose_name="e-mail address")),
                ("telephone", models.CharField(default="", max_length=40, verbose_name="telephone")),
                ("addresses", models.JSONField(default=list, verbose_name="addresses")),
                (
                    "standing",
                    models.CharField(
                        choices=[("active", "May order"), ("suspended", "Suspended"), ("erased", "Erased")],
                        max_length=20,
                        verbose_name="standing",
                    ),
                ),
                ("reason", models.CharField(default="", max_length=500, verbose_name="reason")),
                ("orders", models.IntegerField(default=0, verbose_name="orders")),
                ("registered_at", models.DateTimeField(verbose_name="registered at")),
                ("ordered_at", models.DateTimeField(null=True, verbose_name="last ordered at")),
                ("version", models.IntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "db_table": "projections_customer_page",
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                ("item", models.CharField(max_length=200, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("number", "Order number"),
                            ("recipient", "Recipient"),
                            ("sku", "Product number"),
                            ("tracking", "Tracking number"),
                            ("name", "Name"),
                            ("email", "E-mail address"),
                        ],
                        max_length=20,
                        verbose_name="what it is",
                    ),
                ),
                ("text", models.CharField(max_length=254, verbose_name="word")),
                ("subject", models.UUIDField(db_index=True, verbose_name="leads to")),
            ],
            options={
                "verbose_name": "search term",
                "verbose_name_plural": "search",
                "db_table": "projections_search",
                "indexes": [models.Index(fields=["text"], name="search_text", opclasses=["varchar_pattern_ops"])],
            },
        ),
        migrations.CreateModel(
            name="DayOfRevenue",
            fields=[
                ("item", models.CharField(max_length=14, primary_key=True, serialize=False)),
                ("day", models.DateField(db_index=True, verbose_name="day")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("orders", models.IntegerField(default=0, verbose_name="orders")),
                ("ordered", models.BigIntegerField(default=0, verbose_name="ordered, in cents")),
                ("charged", models.BigIntegerField(default=0, verbose_name="charged, in cents")),
                ("invoiced", models.BigIntegerField(default=0, verbose_name="invoiced, in cents")),
                ("credited", models.BigIntegerField(default=0, verbose_name="credited, in cents")),
                ("refunded", models.BigIntegerField(default=0, verbose_name="refunded, in cents")),
            ],
            options={
                "verbose_name": "revenue of a day",
                "verbose_name_plural": "revenue per day",
                "db_table": "projections_revenue_per_day",
                "indexes": [],
            },
        ),
    ]
