"""The Django application that keeps designs."""

from __future__ import annotations

from django.apps import AppConfig


class TopologyConfig(AppConfig):
    """Where designs are kept: the rim of the domain that knows Django."""

    name = "topology"
    verbose_name = "Topology"
    default_auto_field = "django.db.models.BigAutoField"
