"""A team: its people and invitations, its rules, how it decides, and its audit."""

from __future__ import annotations

from planner.pages.team import audit, people, rules, show

urlpatterns = [*show.urlpatterns, *people.urlpatterns, *rules.urlpatterns, *audit.urlpatterns]

__all__ = ["urlpatterns"]
