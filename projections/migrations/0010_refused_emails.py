"""When an e-mail to a customer was refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0009_partner_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="customerpage",
            name="email_refused_at",
            field=models.DateTimeField(null=True, verbose_name="e-mail refused at"),
        ),
    ]
