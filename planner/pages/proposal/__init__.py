"""A proposal: its overview, diagram, changes, configs, checks and history, and the buttons that move it on."""

from __future__ import annotations

from planner.pages.proposal import changes, checks, configs, diagram, history, overview, update, verbs

urlpatterns = [
    *overview.urlpatterns,
    *diagram.urlpatterns,
    *changes.urlpatterns,
    *configs.urlpatterns,
    *checks.urlpatterns,
    *history.urlpatterns,
    *verbs.urlpatterns,
    *update.urlpatterns,
]
