"""The app of the log."""

from django.apps import AppConfig

from eventstore import arrays


class EventstoreConfig(AppConfig):
    """The log of events and its readers."""

    name = "eventstore"
    verbose_name = "Event log"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Before the first connection is made."""
        arrays.register()
