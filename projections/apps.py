"""The app of the read models."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.db.migrations import CreateModel, Migration
from django.db.models.signals import post_migrate


class ProjectionsConfig(AppConfig):
    """Tables made of events."""

    name = "projections"
    verbose_name = "Read models"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tables that are made again are seen to."""
        post_migrate.connect(leave_to_rebuilds, sender=self)
        post_migrate.connect(drop_with_live, sender=self)


def leave_to_rebuilds(*, plan: Sequence[tuple[Migration, bool]], **_: object) -> None:
    """Have the tables that these migrations made filled from the first event on, where readers were further already."""
    from eventstore.models import Checkpoint  # noqa: PLC0415  # models are not there earlier
    from projections.engine import NOBODYS, whoever_fills  # noqa: PLC0415

    done = [migration for migration, backwards in plan if not backwards and migration.app_label == "projections"]
    for operation in (each for migration in done for each in migration.operations):
        if isinstance(operation, CreateModel):
            name = operation.options.get("db_table", operation.name_lower).removeprefix("projections_")
            Checkpoint.objects.filter(reader__regex=whoever_fills(name)).update(version=NOBODYS)


def drop_with_live(**_: object) -> None:
    """Have the tables in other rooms go with the live ones that migrations drop."""
    from projections.engine.erased import forget_taken_out  # noqa: PLC0415  # models are not there earlier

    forget_taken_out()
