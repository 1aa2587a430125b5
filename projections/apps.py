"""The app of the read models."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class ProjectionsConfig(AppConfig):
    """Tables made of events."""

    name = "projections"
    verbose_name = "Read models"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Read every file of the room, as each holds a table."""
        for module in iter_modules(import_module(self.name).__path__):
            if not module.ispkg:
                import_module(f"{self.name}.{module.name}")
        super().import_models()
