"""The site map: one line a page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from planner.api import api
from planner.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("planner.pages.start")),
    path("", include("planner.pages.intake")),
    path("", include("planner.pages.plans")),
    path("", include("planner.pages.proposals")),
    path("", include("planner.pages.proposal")),
    path("", include("planner.pages.discussion")),
    path("", include("planner.pages.stages")),
    path("", include("planner.pages.editor")),
    path("", include("planner.pages.forecast")),
    path("", include("planner.pages.cheapest")),
    path("", include("planner.pages.simulated")),
    path("", include("planner.pages.replay")),
    path("", include("planner.pages.compare")),
    path("", include("planner.pages.paper")),
    path("", include("planner.pages.bundle")),
    path("", include("planner.pages.findings")),
    path("", include("planner.pages.catalogue")),
    path("", include("planner.pages.docs")),
    path("", include("planner.pages.account")),
    path("", include("planner.pages.teams")),
    path("", include("planner.pages.team")),
    path("", include("planner.pages.invitation")),
    path("", include("planner.pages.people")),
    path("", include("planner.pages.tokens")),
    path("", include("planner.pages.queue")),
    path("", include("planner.pages.notices")),
    path("", include("planner.pages.webhooks")),
    path("", include("planner.pages.presence")),
    path("", include("planner.pages.share")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
]

handler400 = "planner.errors.bad_request"
handler403 = "planner.errors.forbidden"
handler404 = "planner.errors.not_found"
handler429 = "planner.errors.too_often"
handler500 = "planner.errors.fault"
