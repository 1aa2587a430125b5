"""What other systems have told us, and how often they wrote."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0005_asked_of_other_systems"),
    ]

    operations = [
        migrations.CreateModel(
            name="Received",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=100)),
                ("notice_id", models.CharField(max_length=200)),
                ("about", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=100)),
                ("content", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("came_at", models.DateTimeField(auto_now_add=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(blank=True)),
            ],
            options={
                "db_table": "eventstore_received",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["system", "about", "id"],
                        name="eventstore_received_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("system", "notice_id"), name="eventstore_received_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=100)),
                ("outcome", models.CharField(max_length=100)),
                ("letters", models.BigIntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "eventstore_received_count",
                "constraints": [
                    models.UniqueConstraint(fields=("system", "outcome"), name="eventstore_received_count_once")
                ],
            },
        ),
    ]
