"""The Django application of the site."""

from __future__ import annotations

from django.apps import AppConfig


class PlannerConfig(AppConfig):
    """The site in front of the domain."""

    name = "planner"
    verbose_name = "Planner"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let notices and deliveries follow from the events of the audit, and the log from what touches accounts."""
        from planner import telling, watching
        from planner.review import following

        following.connect()
        telling.connect()
        watching.connect()
