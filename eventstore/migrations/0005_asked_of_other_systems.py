"""What is asked of other systems, and how they answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0004_order_of_owed_commands"),
    ]

    operations = [
        migrations.CreateModel(
            name="Border",
            fields=[
                ("system", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("requests", models.BigIntegerField(default=0)),
                ("errors", models.BigIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("latency", models.FloatField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("open_until", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_border",
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("command_id", models.UUIDField(unique=True)),
                ("stream", models.TextField(db_collation="C")),
                ("system", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=100)),
                ("content", models.BinaryField()),
                ("correlation", models.UUIDField()),
                ("causation", models.UUIDField()),
                ("owed_since", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("token", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("unsure", models.BooleanField(default=False)),
                ("refused", models.BooleanField(default=False)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_effect",
                "indexes": [
                    models.Index(fields=["system", "next_try_at"], name="eventstore_effect_next_try"),
                    models.Index(fields=["stream", "system"], name="eventstore_effect_stream"),
                ],
            },
        ),
    ]
