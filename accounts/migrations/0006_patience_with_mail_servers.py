"""Since when an e-mail was to be sent."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_subscriptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="sentemail",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="since"),
        ),
        migrations.AlterField(
            model_name="sentemail",
            name="state",
            field=models.CharField(
                choices=[
                    ("handed over", "Handed over"),
                    ("sent", "Sent"),
                    ("later", "To be tried again"),
                    ("refused", "Refused by the mail server"),
                    ("unknown", "Nobody knows"),
                ],
                max_length=20,
                verbose_name="state",
            ),
        ),
    ]
