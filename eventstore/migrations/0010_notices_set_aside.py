"""Who has set a notice of another system aside, and why; settled ones are found by their age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two fields and an index."""

    dependencies = [
        ("eventstore", "0009_arrivals_as_they_are"),
    ]

    operations = [
        migrations.AddField(
            model_name="received",
            name="set_aside_because",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="received",
            name="set_aside_by",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddIndex(
            model_name="received",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", False)),
                fields=["came_at"],
                name="eventstore_received_settled",
            ),
        ),
    ]
