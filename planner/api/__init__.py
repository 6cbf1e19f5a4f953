"""JSON over the same calls as the pages, described by OpenAPI 3.1 at /api/v1/openapi.json."""

from __future__ import annotations

from ninja import NinjaAPI

from planner.api import discussion, plans, proposals
from planner.api.answers import refusals
from planner.api.doors import PerToken

api = NinjaAPI(
    title="Tierwright",
    version="1",
    description="Plans, proposals and their review. A token with scopes is made on the page /account/tokens/.",
    urls_namespace="api",
    docs_url=None,  # its page would load scripts from elsewhere
    throttle=[PerToken()],
)
refusals(api)
api.add_router("/plans", plans.router)
api.add_router("", proposals.router)
api.add_router("", discussion.router)
