"""The team's page, and changing how the team decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from planner import inviting, ruling, teams
from planner.http import HtmxRequest, page
from planner.models import Role, Team
from planner.pages.team.forms import InviteForm, RuleForm, TeamForm
from planner.people import current


@require_safe
def team(request: HtmxRequest, team: str) -> HttpResponse:
    """Who is in it and may do what, whose yes a change needs, what it costs at most."""
    return answer(request, teams.team_for(request, team))


@require_POST
def change(request: HtmxRequest, team: str) -> HttpResponse:
    """Change the name, the lead time, the budget, and whether plans change by proposals alone."""
    found = teams.team_for(request, team)
    teams.refuse(teams.why_not_manage(current(request), found))
    form = TeamForm(request.POST)
    if not form.is_valid():
        return answer(request, found, settings_form=form)
    teams.change(current(request), found, form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("team", found.slug)


def answer(request: HtmxRequest, team: Team, **sent: forms.BaseForm) -> HttpResponse:
    """The page, with a form that came back where there is one."""
    user, now = current(request), timezone.now()
    why_not = teams.why_not_manage(user, team)
    context: dict[str, Any] = {
        "team": team,
        "me": user,
        "members": teams.members_of(team),
        "roles": Role.choices,
        "why_not": why_not,
        "may_manage": why_not is None,
        "needs_accounts": None if settings.ACCOUNTS else teams.NEEDS_ACCOUNTS,
        "invitations": None if why_not else inviting.open_of(team, now=now),
        "now": now,
        "rules": ruling.rules_of(team),
        "areas": ruling.areas_of(team),
        "settings_form": TeamForm(instance=team),
        "invite_form": InviteForm(),
        "rule_form": RuleForm(team),
    }
    return page(request, "planner/team.html", context | sent, status=422 if sent else 200)


urlpatterns = [
    path("team/<slug:team>/", team, name="team"),
    path("team/<slug:team>/change/", change, name="change_team"),
]
