"""An event for a subscription is tried for days from its first failure on, and not from when it was put on its way."""

from django.db import migrations, models

FAILED_BEFORE = "UPDATE eventstore_delivery SET failing_since = since WHERE error <> ''"


class Migration(migrations.Migration):
    """One more moment."""

    dependencies = [
        ("eventstore", "0013_whoever_decided"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="failing_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(FAILED_BEFORE, migrations.RunSQL.noop),
    ]
