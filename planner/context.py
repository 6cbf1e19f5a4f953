"""What every page shows around its own content: the six steps, the plans, where one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from planner import notices
from planner.accounts import may_sign_up
from planner.models import Proposal
from planner.people import cast, current
from planner.plans import visible_to
from topology.models import Plan

STEPS = (
    ("start", "Start"), ("intake", "Intake"), ("stages", "Stages"), ("editor", "Editor"), ("forecast", "Forecast"),
    ("bundle", "Bundle"),
)  # fmt: skip
"""The six pages in the order of the work: URL name and title."""
WITHIN = {"cheapest": "forecast", "simulated": "forecast", "findings": "bundle"}
"""Pages that belong to one of the six."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the six pages, as the head shows it."""

    name: str
    title: str
    url: str | None
    """None where it needs a plan and there is none yet."""
    current: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `steps`, `step_number` and `all_plans` (asked only where it is shown)."""
    if _outside(request):
        return {"steps": [], "step_number": None, "all_plans": []}
    steps, all_plans = _steps(request), _plans_once(request)
    return {
        "steps": steps,
        "step_number": next((number for number, step in enumerate(steps, start=1) if step.current), None),
        "all_plans": all_plans,
        "unseen": lambda: _unseen(all_plans()),
        "draft_of": _draft_of(request),
    }


def access(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: whether there are accounts, whether mail is sent, who may make one, whom one can be."""
    return {
        "accounts": settings.ACCOUNTS,
        "mail_is_kept": not settings.EMAIL_HOST,
        "in_the_clear": _in_the_clear(request),
        "may_sign_up": lambda: may_sign_up(request),
        "local_cast": lambda: [] if settings.ACCOUNTS else list(cast()),
    }


def _in_the_clear(request: HttpRequest) -> bool:
    """Whether what is typed crosses a network unencrypted."""
    host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    return not request.is_secure() and host not in ("localhost", "127.0.0.1", "[::1]")


def _outside(request: HttpRequest) -> bool:
    """Whether the person has still to log in, so that nothing of anybody's work is shown."""
    user = getattr(request, "user", None)
    return settings.ACCOUNTS and not (user and user.is_authenticated)


def step_url(name: str, plan: str | None = None) -> str | None:
    """The address of a step for a plan, or None where it needs one and there is none."""
    for arguments in ([plan], []) if plan else ([],):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return None


def _steps(request: HttpRequest) -> list[Step]:
    match = request.resolver_match
    # A page that is of a plan without having it in its address, such as that of a proposal, says so on the request.
    plan = getattr(request, "steps_of", None) or (match.kwargs.get("plan") if match else None)
    page = match.func.__module__.removeprefix("planner.pages.").partition(".")[0] if match else ""
    step = WITHIN.get(page, page)
    return [Step(name=name, title=title, url=step_url(name, plan), current=name == step) for name, title in STEPS]


def _draft_of(request: HttpRequest) -> Callable[[], Proposal | None]:
    """The proposal whose draft the page is of, asked only where it is shown; for an outsider there is none."""
    slug = request.resolver_match.kwargs.get("plan") if request.resolver_match else None

    def proposal() -> Proposal | None:
        if not slug or not request.user.is_authenticated:
            return None
        seen = visible_to(current(request))
        return Proposal.objects.select_related("plan").filter(draft__slug=slug, plan__in=seen).first()

    return proposal


def _plans_once(request: HttpRequest) -> Callable[[], list[Plan]]:
    @cache
    def all_plans() -> list[Plan]:
        if not request.user.is_authenticated:
            return []
        seen = visible_to(current(request)).filter(removed_at=None)
        return list(seen.annotate(unseen=notices.unseen(current(request))).order_by("name", "slug")[:50])

    return all_plans


def _unseen(plans: list[Plan]) -> int:
    """Notices that wait: counted with the plans, so that no page asks for them on their own."""
    return getattr(plans[0], "unseen", 0) if plans else 0
