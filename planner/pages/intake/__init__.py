"""Intake: a log sent, pasted or five numbers typed; what was read, the first useful number, and the plan."""

from __future__ import annotations

from planner.pages.intake.views import urlpatterns

__all__ = ["urlpatterns"]
