"""One event is appended to one stream by a function of its own."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "append_one.sql"


class Migration(migrations.Migration):
    """A function."""

    dependencies = [
        ("eventstore", "0011_erased_before_it_began"),
    ]

    operations = [
        migrations.RunSQL(SQL.read_text(), "DROP FUNCTION eventstore_append_one"),
    ]
