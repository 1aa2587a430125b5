"""The audit trail: what the receipts of commands say."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql" / "trail.sql"
DROP = """
DROP VIEW eventstore_trail;
DROP INDEX eventstore_receipt_time, eventstore_receipt_actor, eventstore_receipt_name, eventstore_receipt_refused;
ALTER TABLE eventstore_receipt DROP COLUMN stream;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0006_received_from_other_systems"),
    ]

    operations = [
        migrations.RunSQL(SQL.read_text(), DROP),
        migrations.CreateModel(
            name="TrailEntry",
            fields=[
                ("command", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("actor", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("by_process", models.BooleanField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("nothing", "Nothing had to be done"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("stream", models.TextField()),
                ("happened", models.JSONField()),
                ("refusal", models.JSONField(null=True)),
            ],
            options={
                "verbose_name": "entry of the audit trail",
                "verbose_name_plural": "audit trail",
                "db_table": "eventstore_trail",
                "managed": False,
            },
        ),
    ]
