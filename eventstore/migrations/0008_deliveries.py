"""Events on their way to subscriptions outside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0007_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subscription", models.CharField(max_length=100)),
                ("position", models.BigIntegerField()),
                ("subject", models.TextField(db_collation="C")),
                ("since", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("token", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_delivery",
                "indexes": [
                    models.Index(fields=["subscription", "subject", "position"], name="eventstore_delivery_subject"),
                    models.Index(fields=["subscription", "next_try_at"], name="eventstore_delivery_next_try"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "position"), name="eventstore_delivery_position")
                ],
            },
        ),
    ]
