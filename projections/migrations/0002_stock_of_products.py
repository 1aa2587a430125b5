"""Products show their stock: their table is thrown away, and made anew by its reader."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0002_readers"),
        ("projections", "0001_read_models"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                "DELETE FROM eventstore_checkpoint WHERE split_part(reader, '@', 1) IN ('products')",
                "DELETE FROM eventstore_parked WHERE split_part(reader, '@', 1) IN ('products')",
            ],
            reverse_sql="",
        ),
        migrations.DeleteModel(
            name="Product",
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
                ("on_hand", models.IntegerField(default=0, verbose_name="on hand")),
                ("reserved", models.IntegerField(default=0, verbose_name="reserved")),
                ("waited_for", models.IntegerField(default=0, verbose_name="waited for")),
                ("claims", models.JSONField(default=dict, verbose_name="orders that want it")),
                ("listed", models.BooleanField(default=False, verbose_name="in the catalogue")),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "db_table": "projections_products",
                "indexes": [models.Index(fields=["listed", "name", "sku"], name="products_listed_name")],
            },
        ),
    ]
