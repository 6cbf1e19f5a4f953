"""From a slider's event to repainted numbers in a browser, against a bare view of the same site in the same run."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.builders import newspaper
from topology import revisions
from topology.design import Design

# Puts a field on the page that asks for the bare view, with the same pause as the form's.
_ADD_BARE = """(pause) => {
    const field = document.createElement("input");
    field.id = "bare-field";
    field.setAttribute("hx-get", "/healthz");
    field.setAttribute("hx-trigger", `input delay:${pause}ms`);
    field.setAttribute("hx-target", "#bare");
    const place = document.createElement("div");
    place.id = "bare";
    document.body.append(field, place);
    htmx.process(field);
    document.getElementById("what-if").setAttribute("hx-trigger", `input delay:${pause}ms, submit`);
    htmx.process(document.getElementById("what-if"));
}"""

# From the event to the frame after the one in which htmx has settled what came.
_TIME = """([field, target, value]) => new Promise((done) => {
    const input = document.querySelector(field);
    const began = performance.now();
    const settled = (event) => {
        if (event.target.id !== target) return;
        document.body.removeEventListener("htmx:afterSettle", settled);
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    };
    document.body.addEventListener("htmx:afterSettle", settled);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
})"""
SLIDER = '[data-for="traffic"]'


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """Milliseconds from the event to the painted answer, each the median of its rounds."""

    servers: int
    answer_ms: float
    bare_ms: float

    @property
    def times(self) -> float:
        """The answer over the bare view."""
        return self.answer_ms / self.bare_ms


def plan_of(servers: int) -> Design:
    """A design of exactly so many servers in four tiers, asked as much as they carry, with a week of hours."""
    web = servers - 4
    tiers = [
        {"name": "balancer", "servers": {"count": 2, "type": "small"}, "roles": ["haproxy", "keepalived"]},
        {"name": "web", "servers": {"count": web, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
        {"name": "cache", "servers": {"count": 1, "type": "small"}, "roles": ["memcached"]},
        {"name": "database", "servers": {"count": 1, "type": "large"}, "roles": ["postgresql", "pgbouncer"]},
    ]
    workload = {
        "peak_requests_per_second": min(40 * web, 2000),
        "classes": {"page": {"share": 0.5}, "static": {"share": 0.5}},
        "observed": {"cpu_share": 0.4, "requests_per_second": 60, "server_type": "small"},
        "hours": [float(10 + hour % 24) for hour in range(168)],
    }
    promise = {"p95_ms": 300, "headroom": 0.4}
    return newspaper(name=f"servers-{servers}", workload=workload, tiers=tiers, promise=promise)


def reaction_of(page: Page, servers: int, *, rounds: int, pause_ms: int) -> Reaction:
    """A plan of that size under a moving slider; each round asks for the answer and for the bare view in turn."""
    plan = revisions.start(plan_of(servers), name=f"{servers} servers", message="First").plan
    page.goto(f"/plans/{plan.slug}/forecast/")
    page.evaluate(_ADD_BARE, pause_ms)
    answers, bares = [], []
    for number in range(rounds + 2):  # the first two warm both up
        place = round(-0.9 + 1.6 * number / (rounds + 2), 2)
        answers.append(page.evaluate(_TIME, [SLIDER, "answer", str(place)]))
        bares.append(page.evaluate(_TIME, ["#bare-field", "bare", str(number)]))
    return Reaction(
        servers=servers, answer_ms=statistics.median(answers[2:]), bare_ms=statistics.median(bares[2:])
    )  # fmt: skip
