"""What is owed to one addressee is sent in its order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0003_processes"),
    ]

    operations = [
        migrations.DeleteModel("OwedCommand"),
        migrations.CreateModel(
            name="OwedCommand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("command_id", models.UUIDField(unique=True)),
                ("stream", models.TextField(db_collation="C")),
                ("addressee", models.TextField(db_collation="C")),
                ("name", models.CharField(max_length=100)),
                ("content", models.BinaryField()),
                ("correlation", models.UUIDField()),
                ("causation", models.UUIDField()),
                ("owed_since", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("refused", models.BooleanField(default=False)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_owed_command",
                "indexes": [
                    models.Index(fields=["next_try_at"], name="eventstore_owed_next_try"),
                    models.Index(fields=["stream", "addressee"], name="eventstore_owed_stream"),
                ],
            },
        ),
    ]
