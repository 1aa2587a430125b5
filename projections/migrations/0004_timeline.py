"""The timeline tells every event of an order: its table is thrown away, and made anew by its reader."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventstore", "0002_readers"),
        ("projections", "0003_order_page"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                "DELETE FROM eventstore_checkpoint WHERE split_part(reader, '@', 1) IN ('timeline')",
                "DELETE FROM eventstore_parked WHERE split_part(reader, '@', 1) IN ('timeline')",
            ],
            reverse_sql="",
        ),
        migrations.DeleteModel(
            name="TimelineEntry",
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(verbose_name="order")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("actor", models.CharField(max_length=200, verbose_name="who")),
                ("for_staff", models.BooleanField(default=False, verbose_name="for staff only")),
                ("sentence", models.TextField(verbose_name="sentence")),
                ("values_in_it", models.JSONField(default=dict)),
                ("position", models.BigIntegerField(verbose_name="position in the log")),
            ],
            options={
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline entries",
                "db_table": "projections_timeline",
                "indexes": [models.Index(fields=["order_id", "position"], name="timeline_order")],
            },
        ),
    ]
