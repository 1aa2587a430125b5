"""Empty the log between tests, as nobody could who uses the shop."""

from django.conf import settings
from django.db import connection, transaction
from redis import Redis

TABLES = ("eventstore_event", "eventstore_log", "eventstore_receipt", "eventstore_unnumbered")


def empty() -> None:
    """No events, no receipts, nothing rung for."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("UPDATE eventstore_clock SET ahead = '0'")
    Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
