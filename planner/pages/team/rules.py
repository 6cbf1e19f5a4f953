"""Making and removing the rules of review of a team."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from planner import ruling, teams
from planner.http import HtmxRequest
from planner.models import Role
from planner.pages.team.forms import RuleForm, blame
from planner.pages.team.show import answer
from planner.people import current
from topology.errors import TierwrightError


@require_POST
def add(request: HtmxRequest, team: str) -> HttpResponse:
    """A new rule."""
    found = teams.team_for(request, team)
    teams.refuse(teams.why_not_manage(current(request), found))
    form = RuleForm(found, request.POST)
    if not form.is_valid():
        return answer(request, found, rule_form=form)
    said = form.cleaned_data
    try:
        rule = ruling.add(current(request), found, **(said | {"least_role": Role(said["least_role"])}))
    except TierwrightError as error:
        blame(form, error)
        return answer(request, found, rule_form=form)
    messages.success(request, f"The rule for {rule.area} holds from now on, for open proposals too.")
    return redirect("team", found.slug)


@require_POST
def remove(request: HtmxRequest, team: str, pk: int) -> HttpResponse:
    """Take a rule away."""
    found = teams.team_for(request, team)
    rule = get_object_or_404(found.review_rules.select_related("team"), pk=pk)
    ruling.remove(current(request), rule)
    messages.success(request, f"The rule for {rule.area} is gone.")
    return redirect("team", found.slug)


urlpatterns = [
    path("team/<slug:team>/rules/", add, name="add_rule"),
    path("team/<slug:team>/rules/<int:pk>/remove/", remove, name="remove_rule"),
]
