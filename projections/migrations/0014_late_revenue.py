"""What came in late is part of what a day brought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0013_wait_for_return"),
    ]

    operations = [
        migrations.AddField(
            model_name="dayofrevenue",
            name="late",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="came in late"),
        ),
    ]
