"""Sessions say whose they are, guesses are counted, and the addresses of those who sign in already are theirs."""

from typing import Any

from django.db import migrations, models

CACHE = """
    CREATE TABLE accounts_cache (
        cache_key varchar(255) PRIMARY KEY,
        value text NOT NULL,
        expires timestamp with time zone NOT NULL
    );
    CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
"""
# They say nothing of whose they are: everybody signs in once more.
FORMER_SESSIONS = "DELETE FROM django_session"


def know_addresses(apps: Any, _: Any) -> None:
    """Whoever could sign in before has shown that their address is theirs."""
    addresses, users = apps.get_model("account", "EmailAddress"), apps.get_model("accounts", "User")
    known = (addresses(user=user, email=user.email, verified=True, primary=True) for user in users.objects.all())
    addresses.objects.bulk_create(known)


class Migration(migrations.Migration):
    """Signing in."""

    dependencies = [
        ("accounts", "0002_partners"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("user_id", models.UUIDField(db_index=True, null=True)),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunSQL(CACHE, "DROP TABLE accounts_cache"),
        migrations.RunSQL(FORMER_SESSIONS, migrations.RunSQL.noop),
        migrations.RunPython(know_addresses, migrations.RunPython.noop),
    ]
