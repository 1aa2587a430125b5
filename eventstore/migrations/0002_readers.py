"""What readers of the log keep."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("eventstore", "0001_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("reader", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("paused", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("held_by", models.CharField(blank=True, max_length=100)),
                ("advanced_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "db_table": "eventstore_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("person", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField(null=True)),
                ("wrapped_by", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "eventstore_personkey",
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("stream", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("shape", models.CharField(max_length=64)),
                ("state", models.BinaryField()),
            ],
            options={
                "db_table": "eventstore_snapshot",
            },
        ),
        migrations.CreateModel(
            name="Parked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=100)),
                ("stream", models.TextField()),
                ("position", models.BigIntegerField()),
                ("error", models.TextField(blank=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("parked_at", models.DateTimeField(auto_now_add=True)),
                ("skipped_at", models.DateTimeField(null=True)),
                ("skipped_by", models.CharField(blank=True, max_length=100)),
                ("skipped_because", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_parked",
                "indexes": [
                    models.Index(
                        condition=models.Q(("skipped_at", None)),
                        fields=["reader", "stream", "position"],
                        name="eventstore_parked_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("reader", "position"), name="eventstore_parked_reader_position")
                ],
            },
        ),
    ]
