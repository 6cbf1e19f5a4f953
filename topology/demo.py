"""The demo: a newspaper at the scale of the chapter's, with the stages that it came through."""

from __future__ import annotations

from django.db import transaction

from topology import revisions
from topology.design import Promise, Site
from topology.models import Plan
from topology.stages import evolve, first
from topology.value import Estimate
from topology.workload import Observation, RequestClass, Workload

SLUG, NAME = "newspaper", "The newspaper"
CHAPTER = "The Django Book, chapter 21"
HITS_A_DAY = 10_000_000
"""Hits a day of the newspaper that Django was written for, from servers for web, media and database (CHAPTER)."""
MEAN_RATE = HITS_A_DAY / 86_400
PEAK = Estimate(
    low=round(MEAN_RATE * 1.5, 1),
    mid=round(MEAN_RATE * 2, 1),
    high=round(MEAN_RATE * 3, 1),
    basis="guess",
    source=f"ten million hits a day ({CHAPTER}); a busiest hour of twice the mean is a guess",
)
NOTES = (
    f"A made-up newspaper at the scale of the one in {CHAPTER}: ten million hits a day, over half a million articles"
    " since 1989, a database under 2 GB. How the day and the requests are spread, how busy the first server was and"
    " how fast the paper grows are guesses, so that there is something to plan."
)
HISTORY = {
    "single": "One server, as most sites begin",
    "split_database": "Give the database a server of its own",
    "media_server": "Give the media a server of their own",
}
"""The stages behind the demo, and what was said of each; the site shows those that may come."""


def is_there() -> bool:
    """Whether the demo was seeded before."""
    return Plan.objects.filter(slug=SLUG).exists()


def seed() -> Plan:
    """The demo plan, made where it is not there; one that was taken off the lists comes back."""
    plan = Plan.objects.filter(slug=SLUG).first()
    if plan is None:
        return grow()
    revisions.bring_back(plan)
    return plan


def workload() -> Workload:
    """What the newspaper's readers ask."""
    return Workload(
        peak_requests_per_second=PEAK,
        classes={
            "page": RequestClass(share=0.1),
            "static": RequestClass(share=0.3),
            "media": RequestClass(share=0.6),
        },
        database_gib=Estimate(low=1, mid=1.8, high=1.9, basis="given", source=f"under 2 GB ({CHAPTER})"),
        growth_per_year=0.6,
        observed=Observation(cpu_share=0.7, requests_per_second=PEAK.mid, cores=8),
    )


@transaction.atomic
def grow() -> Plan:
    """Make the demo plan; where its slug is taken, it gets a number."""
    site = Site(name=SLUG, domains=("www.newspaper.example",))
    promise = Promise(availability=0.998, headroom=0.3)
    start = first(site, workload(), promise=promise).model_copy(update={"notes": NOTES})
    stages = evolve(start)
    revision = revisions.start(start, name=NAME, message=HISTORY["single"])
    for name in list(HISTORY)[1:]:
        design = stages.view(name).design
        revision = revisions.record(revision.plan, design, parent_digest=revision.digest, message=HISTORY[name])
    return revision.plan
