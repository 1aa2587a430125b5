"""How many persons had been erased when a reader began, in the place of times, which differ from clock to clock."""

from django.db import migrations, models

COUNTED = """
    UPDATE eventstore_checkpoint AS c
    SET erased = (SELECT count(*) FROM eventstore_personkey AS p WHERE p.destroyed_at < c.started_at)
"""


class Migration(migrations.Migration):
    """A field, filled from what was known before."""

    dependencies = [
        ("eventstore", "0010_notices_set_aside"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="erased",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
    ]
