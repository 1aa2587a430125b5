"""Which invoices a refund was credited to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0014_late_revenue"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="invoices",
            field=models.JSONField(db_default={}, default=dict, verbose_name="credited to invoices"),
        ),
    ]
