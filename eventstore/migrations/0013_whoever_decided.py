"""Whoever skips an event or sets a notice aside is known by an e-mail address, however long it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two longer fields."""

    dependencies = [
        ("eventstore", "0012_one_event"),
    ]

    operations = [
        migrations.AlterField(
            model_name="parked",
            name="skipped_by",
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AlterField(
            model_name="received",
            name="set_aside_by",
            field=models.CharField(blank=True, max_length=254),
        ),
    ]
