"""The app of the log."""

import gc

from django.apps import AppConfig

from eventstore import arrays

# Objects that gather until the garbage collector looks for circles among them: some 50 MB at the most. Events make no
# circles; to look for them in every two thousand objects, as Python does, takes longer than to read the log.
GATHERED = 200_000


class EventstoreConfig(AppConfig):
    """The log of events and its readers."""

    name = "eventstore"
    verbose_name = "Event log"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Before the first connection is made."""
        from eventstore import snapshots, streams  # noqa: PLC0415  # they need models, which are not there earlier

        arrays.register()
        gc.set_threshold(GATHERED, *gc.get_threshold()[1:])
        for category in streams.categories():
            if category.snapshot_every:
                snapshots.shape(category)  # of the code that runs here, and not of what may replace its files
