"""Where partners want to be told of events, and how much they ask."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_emails_that_were_sent"),
    ]

    operations = [
        migrations.AddField(
            model_name="partnertoken",
            name="errors",
            field=models.BigIntegerField(default=0, editable=False, verbose_name="errors"),
        ),
        migrations.AddField(
            model_name="partnertoken",
            name="requests",
            field=models.BigIntegerField(default=0, editable=False, verbose_name="requests"),
        ),
        migrations.AddField(
            model_name="partnertoken",
            name="seconds",
            field=models.FloatField(default=0.0, editable=False),
        ),
        migrations.CreateModel(
            name="PartnerSubscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("types", models.JSONField(verbose_name="types of events")),
                ("personal_data", models.BooleanField(default=False, verbose_name="with personal data")),
                ("stopped", models.BooleanField(default=False, verbose_name="stopped")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
                ("secret_version", models.PositiveIntegerField(default=1)),
                ("secret_since", models.DateTimeField(auto_now_add=True)),
                ("secret_by", models.UUIDField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="accounts.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner's subscription",
                "verbose_name_plural": "partners' subscriptions",
            },
        ),
    ]
