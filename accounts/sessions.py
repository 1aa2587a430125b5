"""Sessions: kept in the database under whose they are, so that all of somebody's can be ended at once."""

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as InDatabase


class SessionStore(InDatabase):
    """A session in the table of accounts."""

    def _validate_session_key(self, key: str) -> bool:
        """Whether it can be the key of a session; a cookie may hold what not even the database takes."""
        return bool(super()._validate_session_key(key)) and set(key) <= set(VALID_KEY_CHARS)  # type: ignore[misc]

    @classmethod
    def get_model_class(cls) -> Any:
        """Where sessions are kept."""
        from accounts.models import Session  # noqa: PLC0415  # models are read after the settings that name this module

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of a session, which says whose it is."""
        row: Any = super().create_model_instance(data)
        row.user_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row


def read_anew(session: Any) -> None:
    """What a session holds by now, of which another tab may have saved some; one that has ended is never saved."""
    for row in session.model.objects.filter(session_key=session.session_key):
        session.clear()
        session.update(session.decode(row.session_data))
