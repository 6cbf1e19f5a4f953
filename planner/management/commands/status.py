"""`manage.py status`: where plans and their proposals stand, or one plan file, for a pipeline to wait for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from planner import pipeline, plans
from planner.models import Proposal, State
from topology.errors import Place, TierwrightError
from topology.management.command import FINDINGS, FINE, PlanCommand
from topology.management.inputs import read_plan


class Command(PlanCommand):
    """`manage.py status [PLAN] [--plan NAME]`."""

    help = (
        "Say which proposals are open and what they lack. With a plan file, say where that very design stands, and end"
        " with 0 where it is accepted, with 1 where it is not. Needs the site's database."
    )
    example = "python manage.py status plan.yaml --plan newspaper"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="PLAN", nargs="?", help="a plan file")
        parser.add_argument("--plan", metavar="NAME", help="slug of the plan; needed with a plan file")
        parser.add_argument("--by", default="", metavar="WHO", help="handle or e-mail; without accounts not needed")
        parser.add_argument("--json", action="store_true", help="the same as JSON")

    def run(self, **options: Any) -> int:
        user = pipeline.person(options["by"])
        if options["file"]:
            if not options["plan"]:
                raise TierwrightError("say which plan the file is of: --plan NAME", place=Place(path="--plan"))
            return self._of_file(pipeline.where(pipeline.plan_named(user, options["plan"]), read_plan(options["file"])),
                                 as_json=options["json"])  # fmt: skip
        rows = Proposal.objects.filter(plan__in=plans.visible_to(user)).select_related("plan", "author")
        if options["plan"]:
            rows = rows.filter(plan=pipeline.plan_named(user, options["plan"]))
        opened = [proposal for proposal in rows.order_by("plan__slug", "number") if proposal.is_open]
        if options["json"]:
            self.answer_json([_data(proposal) for proposal in opened])
            return FINE
        for proposal in opened:
            self.answer(f"{proposal.plan.slug} #{proposal.number} {proposal.title}: {State(proposal.state).label}")
            for missing in proposal.summary.get("missing") or ():
                self.answer(f"  {missing}")
        if not opened:
            self.answer("no proposal is open")
        return FINE

    def _of_file(self, found: pipeline.Where, *, as_json: bool) -> int:
        if as_json:
            proposal = _data(found.proposal) if found.proposal else None
            self.answer_json({"state": found.word, "says": found.says, "proposal": proposal})
        else:
            self.answer(f"{found.word}: {found.says}")
        return FINE if found.is_accepted else FINDINGS


def _data(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.pk,
        "plan": proposal.plan.slug,
        "number": proposal.number,
        "title": proposal.title,
        "author": proposal.author.username,
        "state": proposal.state,
        "sentence": proposal.summary.get("sentence", ""),
        "missing": proposal.summary.get("missing") or [],
    }
