"""The language that somebody reads, and which e-mails were sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_signing_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, default="", max_length=10, verbose_name="language"),
        ),
        migrations.CreateModel(
            name="SentEmail",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField(db_index=True)),
                ("order_id", models.UUIDField()),
                ("content", models.JSONField()),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("handed over", "Handed over"),
                            ("sent", "Sent"),
                            ("refused", "Refused by the mail server"),
                            ("unknown", "Nobody knows"),
                        ],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("at", models.DateTimeField(auto_now=True, verbose_name="at")),
            ],
            options={
                "verbose_name": "e-mail",
                "verbose_name_plural": "e-mails",
                "indexes": [models.Index(fields=["-at"], name="accounts_sentemail_at")],
            },
        ),
    ]
