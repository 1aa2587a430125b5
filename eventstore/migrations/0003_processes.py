"""What processes keep."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0002_readers"),
    ]

    operations = [
        migrations.CreateModel(
            name="DueDeadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.TextField(db_collation="C")),
                ("name", models.CharField(max_length=100)),
                ("due_at", models.DateTimeField()),
                ("correlation", models.UUIDField()),
                ("causation", models.UUIDField()),
            ],
            options={
                "db_table": "eventstore_deadline",
                "indexes": [models.Index(fields=["due_at"], name="eventstore_deadline_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "name"), name="eventstore_deadline_stream_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Noticed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.TextField(db_collation="C")),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "eventstore_noticed",
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "position"), name="eventstore_noticed_stream_position")
                ],
            },
        ),
        migrations.CreateModel(
            name="OwedCommand",
            fields=[
                ("command_id", models.UUIDField(primary_key=True, serialize=False)),
                ("stream", models.TextField(db_collation="C")),
                ("name", models.CharField(max_length=100)),
                ("content", models.BinaryField()),
                ("correlation", models.UUIDField()),
                ("causation", models.UUIDField()),
                ("owed_since", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_owed_command",
                "indexes": [
                    models.Index(fields=["next_try_at"], name="eventstore_owed_next_try"),
                    models.Index(fields=["stream"], name="eventstore_owed_stream"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcessInstance",
            fields=[
                ("stream", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("process", models.CharField(max_length=100)),
                ("key", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("shape", models.CharField(max_length=64)),
                ("state", models.BinaryField()),
                ("waits", models.JSONField()),
                ("stands", models.CharField(max_length=100)),
                ("since", models.DateTimeField()),
                ("ended", models.BooleanField()),
            ],
            options={
                "db_table": "eventstore_process_instance",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended", False)),
                        fields=["process", "since"],
                        name="eventstore_process_running",
                    )
                ],
            },
        ),
    ]
