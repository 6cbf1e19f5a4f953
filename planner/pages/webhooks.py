"""A team's webhooks: who outside is told, with which secret, and what the last deliveries brought."""

from __future__ import annotations

from django import forms
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from planner import webhooks as hooks
from planner.http import HtmxRequest, page
from planner.models import Delivery, Team, Webhook
from planner.people import current
from planner.review import Refused
from topology.errors import TierwrightError

VERBS = (
    ("propose", "proposed"), ("open_review", "review asked for"), ("edit", "revision saved"), ("approve", "approved"),
    ("request_changes", "changes requested"), ("accept", "accepted"), ("break_glass", "glass broken"),
    ("start_thread", "thread begun"), ("reply", "answered"),
)  # fmt: skip
LATEST = 5


class WebhookForm(forms.Form):
    """A new webhook."""

    url = forms.CharField(
        label="Address", max_length=300, help_text="https://host/path. It gets a signed POST for each event."
    )
    verbs = forms.MultipleChoiceField(
        label="Events", choices=VERBS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every event of the team.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HtmxRequest, team: str) -> HttpResponse:
    """The list, and a form for one more."""
    found = _team(request, team)
    form = WebhookForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if why_not := hooks.why_not_manage(current(request), found):
            raise Refused(why_not)
        if form.is_valid():
            try:
                hooks.add(current(request), found, url=form.cleaned_data["url"], verbs=form.cleaned_data["verbs"])
            except TierwrightError as error:
                form.add_error("url", error.sentence)
            else:
                return redirect("webhooks", team)
        status = 422
    return page(request, "planner/webhooks.html", _context(request, found, form), status=status)


@require_POST
def change(request: HtmxRequest, team: str, pk: int) -> HttpResponse:
    """Remove one, switch it, or give it another secret."""
    hook = get_object_or_404(Webhook, pk=min(pk, 2**62), team=_team(request, team))
    act = request.POST.get("act")
    if act == "remove":
        hooks.remove(current(request), hook)
    elif act == "secret":
        hooks.renew_secret(current(request), hook)
    elif act in ("on", "off"):
        hooks.switch(current(request), hook, on=act == "on")
    else:
        raise Http404
    return redirect("webhooks", team)


def _context(request: HtmxRequest, team: Team, form: WebhookForm) -> dict[str, object]:
    why_not = hooks.why_not_manage(current(request), team)
    place = Window(RowNumber(), partition_by="webhook", order_by="-pk")
    latest = Delivery.objects.filter(webhook__team=team).annotate(place=place).filter(place__lte=LATEST)
    told: dict[int, list[Delivery]] = {}
    for delivery in latest.select_related("event"):
        told.setdefault(delivery.webhook_id, []).append(delivery)
    rows = [
        {
            "hook": hook,
            "address": f"{hooks.host_of(hook)}/..." if why_not else hook.url,
            "secret": None if why_not else hooks.secret_of(hook),
            "deliveries": told.get(hook.pk, []),
        }
        for hook in team.webhooks.all()
    ]
    return {"team": team, "rows": rows, "form": form, "why_not": why_not}


def _team(request: HtmxRequest, slug: str) -> Team:
    return get_object_or_404(Team, slug=slug, memberships__user=current(request))


urlpatterns = [
    path("team/<slug:team>/webhooks/", webhooks, name="webhooks"),
    path("team/<slug:team>/webhooks/<int:pk>/", change, name="webhook_change"),
]
