"""The teams that one is in, and making one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from planner import teams as domain
from planner.http import HtmxRequest, page
from planner.people import current
from topology.models import printable


class NewTeamForm(forms.Form):
    """What a new team is called."""

    name = forms.CharField(label="Name of the team", max_length=80, validators=[printable])


@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HtmxRequest) -> HttpResponse:
    """Mine, and a form for one more."""
    user = current(request)
    form = NewTeamForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        domain.refuse(domain.why_not_make(user))
        if form.is_valid():
            made = domain.make(user, form.cleaned_data["name"])
            messages.success(request, f"{made.name} is there, and you own it. Ask the others in.")
            return redirect("team", made.slug)
    context = {"places": domain.places_of(user), "form": form, "why_not": domain.why_not_make(user)}
    return page(request, "planner/teams.html", context, status=422 if form.is_bound else 200)


urlpatterns = [path("teams/", teams, name="teams")]
