"""Since when an e-mail is put off by the server of its address, and when that was, as the borders say it."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_what_an_email_was_doubted_as"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sentemail",
            name="since",
            field=models.DateTimeField(null=True, verbose_name="since"),
        ),
        migrations.AlterField(
            model_name="sentemail",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="at"),
        ),
    ]
