"""The app of the read models."""

from django.apps import AppConfig


class ProjectionsConfig(AppConfig):
    """Tables made of events."""

    name = "projections"
    verbose_name = "Read models"
    default_auto_field = "django.db.models.BigAutoField"
