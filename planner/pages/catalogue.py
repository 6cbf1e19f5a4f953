"""The catalogue: every component, told by its own docstring, settings and validator, and every server type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import path
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from planner import papers
from planner.http import HtmxRequest, page
from topology.components import EVERY_HOST, SYSTEMS, Component, SettingText, settings_of, text_of
from topology.components import catalogue as components
from topology.hardware import OFFERS

EVIDENCE = {
    "booted": "started and asked, in the tests",
    "stand_in": "tried by a stand-in, not by the program itself",
    "translated": "tried in a translation for a program of today",
    "none": "its files are checked by the program, which the tests do not keep running",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One component as the catalogue shows it."""

    component: Component
    text: SafeString
    settings: Sequence[SettingText]
    packages: Sequence[tuple[str, str]]
    """System and version."""
    unasked: str
    """Where it stands without being asked for."""
    evidence: str

    @property
    def tried(self) -> str:
        """How far it was tried, in a word."""
        return self.component.evidence.replace("_", "-")

    @property
    def debian(self) -> str:
        """Its version in Debian 12; a dash where it brings no program."""
        return self.component.packages.get("debian12", "—")

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """Roles with their sentences, and kinds of externals."""
        return (*self.component.roles.items(), *self.component.externals.items())


@require_safe
def catalogue(request: HtmxRequest) -> HttpResponse:
    """Every component, then every server type."""
    context = {
        "entries": [_entry(item) for item in sorted(components().components, key=lambda item: item.title.casefold())],
        "offers": {
            "today": [item for item in OFFERS if item.year is None],
            "earlier": [item for item in OFFERS if item.year is not None],
        },
    }
    return page(request, "planner/catalogue.html", context)


@require_safe
def translation(request: HtmxRequest) -> HttpResponse:
    """What was written in 2006 beside what is written today, component by component."""
    entries = [item for item in components().components if item.translations]
    return page(request, "planner/translation.html", {"entries": entries})


def _entry(component: Component) -> Entry:
    return Entry(
        component=component,
        text=papers.render(text_of(component)),
        settings=settings_of(component),
        packages=[(SYSTEMS.get(system, system), version) for system, version in component.packages.items()],
        unasked=_unasked(component),
        evidence=EVIDENCE[component.evidence],
    )


def _unasked(component: Component) -> str:
    if EVERY_HOST in component.implied_by:
        return "on every server"
    services = sorted(component.implied_by)
    return f"on every server that offers {' or '.join(services)}" if services else ""


urlpatterns = [
    path("catalogue/", catalogue, name="catalogue"),
    path("catalogue/translation/", translation, name="translation"),
]
