"""The site map: one line a page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from planner.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
]
