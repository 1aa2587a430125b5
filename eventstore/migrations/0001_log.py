"""The log, and what its readers keep."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "log.sql"
DROP = """
DROP FUNCTION eventstore_append, eventstore_number, eventstore_now;
DROP TABLE eventstore_clock, eventstore_event, eventstore_log, eventstore_unnumbered, eventstore_receipt;
DROP FUNCTION eventstore_refuse_change, eventstore_refuse_loss;
"""


class Migration(migrations.Migration):
    """Make the tables of the log."""

    initial = True
    dependencies = []
    operations = [migrations.RunSQL(SQL.read_text(), DROP)]
