"""`manage.py propose`: a plan file of a pipeline becomes a proposal, or a new revision of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from planner import pipeline
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import read_plan


class Command(PlanCommand):
    """`manage.py propose PLAN --plan NAME`."""

    help = (
        "Propose the design of a plan file for a plan of the site. Sent again it changes nothing; a changed file is a"
        " new revision of the open proposal of the same title. Needs the site's database."
    )
    example = 'python manage.py propose plan.yaml --plan newspaper --title "Two more web servers" --by ana@example.com'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="PLAN", help="a plan file")
        parser.add_argument("--plan", required=True, metavar="NAME", help="slug of the plan that it is proposed for")
        parser.add_argument("--title", help="what the proposal is called; by default the plan file's name")
        parser.add_argument("--why", default="", help="its reasons, Markdown")
        parser.add_argument("--by", default="", metavar="WHO", help="handle or e-mail; without accounts not needed")
        parser.add_argument("--draft", action="store_true", help="do not ask for review yet")
        parser.add_argument("--json", action="store_true", help="the proposal as JSON")

    def run(self, **options: Any) -> int:
        design = read_plan(options["file"])
        user = pipeline.person(options["by"])
        plan = pipeline.plan_named(user, options["plan"])
        title = options["title"] or f"{plan.slug} from {design.name}"
        done = pipeline.propose(user, plan, design, title=title, why=options["why"], review=not options["draft"])
        proposal = done.proposal
        if options["json"]:
            self.answer_json(
                {
                    "new": done.is_new,
                    "says": done.says,
                    "proposal": proposal.pk if proposal else None,
                    "number": proposal.number if proposal else None,
                    "state": proposal.state if proposal else "accepted",
                    "url": f"{settings.SITE_URL}/proposals/{proposal.pk}/" if proposal else None,
                }
            )
        else:
            self.answer(f"{done.says}: #{proposal.number} {proposal.title}" if proposal else done.says)
            if proposal:
                self.answer(f"{settings.SITE_URL}/proposals/{proposal.pk}/")
        return FINE
