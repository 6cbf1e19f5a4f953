"""The team's audit: what was done, by whom and when, the newest first; as a page, as CSV and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner import audit, tables, teams
from planner.http import HtmxRequest, page
from planner.models import Event, Team
from planner.people import name_of

PER_PAGE = 50
RECENT = 1_000
"""So many of the newest events say what may be filtered by."""
DIGESTS = ("rows", "seals")
"""What is said for machines to check; it is in the files."""
COLUMNS = ("number", "at", "actor", "verb", "plan", "proposal", "data", "previous", "hash")


@dataclass(frozen=True, kw_only=True)
class Row:
    """An event as the page shows it."""

    event: Event
    who: str
    did: str
    said: tuple[tuple[str, str], ...]


class FilterForm(forms.Form):
    """Which events to show."""

    who = forms.CharField(max_length=150, required=False, label="Person")
    verb = forms.CharField(max_length=40, required=False, label="What")
    plan = forms.CharField(max_length=40, required=False, label="Plan")
    before = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    """Number of an event: those older than it are shown."""

    def __init__(self, sent: Any, recent: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(sent)
        for place, name in enumerate(("who", "verb", "plan")):
            words = sorted({row[place] for row in recent} - {""})
            choices = [("", "any"), *((word, word.replace("_", " ") if name == "verb" else word) for word in words)]
            given = sent.get(name, "")
            if given and given not in words and given.isprintable():
                choices.append((given, given))
            self.fields[name].widget = forms.Select(choices=choices, attrs={"class": "form-select form-select-sm"})


@require_safe
def show(request: HtmxRequest, team: str) -> HttpResponse:
    """Fifty events, or all that fit the filter as a file."""
    found = teams.team_for(request, team)
    recent = list(found.events.order_by("-number").values_list("actor", "verb", "plan")[:RECENT])
    form = FilterForm(request.GET, recent)
    events = _events(found, form)
    if (file := tables.answer(request, f"audit-{found.slug}", COLUMNS, _lines(events))) is not None:
        return file
    shown = list(events.select_related("user")[: PER_PAGE + 1])
    said = {name: form.cleaned_data.get(name) for name in ("who", "verb", "plan") if form.cleaned_data.get(name)}
    context = {
        "team": found,
        "form": form,
        "rows": [_row(event) for event in shown[:PER_PAGE]],
        "older": urlencode(said | {"before": shown[PER_PAGE - 1].number}) if len(shown) > PER_PAGE else None,
        "newest": urlencode(said) if form.cleaned_data.get("before") else None,
        "files": urlencode(said),
        "filtered": bool(said),
        "head": audit.head_of(found),
    }
    return page(request, "planner/audit.html", context, status=422 if form.errors else 200)


def _events(team: Team, form: FilterForm) -> QuerySet[Event]:
    events = Event.objects.filter(team=team).order_by("-number")
    if not form.is_valid():
        return events.none()
    said = form.cleaned_data
    wanted = {"actor": said["who"], "verb": said["verb"], "plan": said["plan"], "number__lt": said["before"]}
    return events.filter(**{name: value for name, value in wanted.items() if value})


def _lines(events: QuerySet[Event]) -> Iterator[list[Any]]:
    for event in events.iterator(chunk_size=2_000):
        yield [getattr(event, name) for name in COLUMNS]


def _row(event: Event) -> Row:
    said = tuple((name.replace("_", " "), _text(value)) for name, value in event.data.items() if name not in DIGESTS)
    who = name_of(event.user) if event.user else event.actor
    return Row(event=event, who=who, did=event.verb.replace("_", " "), said=said)


def _text(value: Any) -> str:
    """A value of an event in a line: digests by their first digits, lists by commas, a change by an arrow."""
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "none" if value in (None, "") else str(value)
    return text[:10] if len(text) == 64 and set(text) <= set("0123456789abcdef") else text


urlpatterns = [path("team/<slug:team>/audit/", show, name="audit")]
