"""`manage.py demo`: seeds the demo, a newspaper at the scale of the chapter's; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from topology import document, revisions
from topology.components import catalogue
from topology.design import Design
from topology.models import Plan

SLUG = "newspaper"
NAME = "The newspaper"
HITS_A_DAY = 10_000_000


class Command(BaseCommand):
    """Seeds the demo."""

    help = "Seed the demo plan, a newspaper with ten million hits a day. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the plan where it is not there."""
        there = Plan.objects.filter(slug=SLUG).exists()
        plan = seed()
        self.stdout.write(f"The demo {'was there already' if there else 'is ready'}: plan {plan.slug}.")


def seed() -> Plan:
    """The demo plan, made where it is not there; one that was taken off the lists comes back."""
    plan = Plan.objects.filter(slug=SLUG).first()
    if plan is None:
        return revisions.start(newspaper(), name=NAME, message="One server, as most sites begin").plan
    revisions.bring_back(plan)
    return plan


def newspaper() -> Design:
    """The newspaper on a single server: the chapter's ten million hits a day, and its database under 2 GB."""
    return document.from_data(
        {
            "tierwright": 1,
            "name": SLUG,
            "sites": [{"name": SLUG, "domains": ["www.newspaper.example"]}],
            "workload": {
                "peak_requests_per_second": {
                    "low": HITS_A_DAY / 86_400,
                    "mid": round(HITS_A_DAY / 86_400 * 2, 1),
                    "high": round(HITS_A_DAY / 86_400 * 4, 1),
                    "basis": "guess",
                    "source": "ten million hits a day (The Django Book, chapter 21); a busiest hour of twice the mean",
                },
                "database_gib": {
                    "low": 1, "mid": 1.8, "high": 1.9, "basis": "given", "source": "under 2 GB, chapter 21",
                },
            },
            "tiers": [
                {
                    "name": "web",
                    "servers": [{"name": "web1", "type": "large"}],
                    "roles": ["nginx", "gunicorn", "memcached", "postgresql"],
                }
            ],
        },
        catalogue=catalogue(),
    )  # fmt: skip
