"""What partners are told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0008_who_does_it"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerEvent",
            fields=[
                (
                    "position",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="position in the log"),
                ),
                ("event_id", models.UUIDField(verbose_name="event")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("order_id", models.UUIDField(null=True, verbose_name="order")),
                ("partner_id", models.UUIDField(null=True, verbose_name="partner")),
            ],
            options={
                "verbose_name": "event for partners",
                "verbose_name_plural": "events for partners",
                "db_table": "projections_partner_events",
                "indexes": [
                    models.Index(fields=["order_id", "position"], name="partner_events_order"),
                    models.Index(
                        condition=models.Q(("partner_id__isnull", False)),
                        fields=["partner_id", "position"],
                        name="partner_events_partner",
                    ),
                    models.Index(
                        condition=models.Q(("order_id", None)), fields=["position"], name="partner_events_catalogue"
                    ),
                ],
            },
        ),
    ]
