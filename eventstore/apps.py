"""The app of the log."""

from django.apps import AppConfig


class EventstoreConfig(AppConfig):
    """The log of events and its readers."""

    name = "eventstore"
    verbose_name = "Event log"
    default_auto_field = "django.db.models.BigAutoField"
