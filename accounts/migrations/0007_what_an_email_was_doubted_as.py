"""What an e-mail was asked as when nobody knew whether it had been sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_patience_with_mail_servers"),
    ]

    operations = [
        migrations.AddField(
            model_name="sentemail",
            name="doubted_as",
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
