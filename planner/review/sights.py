"""A revision as anchors look at it: its files, figures and checks, each made only where somebody talks of one."""

from __future__ import annotations

from functools import partial

from django.utils import timezone

from planner import plans
from planner.models import Proposal
from planner.packed import built, stood
from planner.review.anchors import Sight
from planner.review.checks import Subject, checks
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Revision
from topology.weighing import METRICS, reading_of


def sight_of(proposal: Proposal, revision: Revision) -> Sight:
    """A revision of the proposal as anchors look at it."""
    return Sight(
        revisions.design_of(revision),
        text_of=partial(_text_of, revision),
        figure_of=partial(_figure_of, revision),
        check_of=partial(_check_of, proposal, revision),
    )


def _text_of(revision: Revision, host: str, path: str) -> str | None:
    try:
        return built(revisions.design_of(revision)).file(host, path).config.text
    except (KeyError, TierwrightError):
        return None


def _figure_of(revision: Revision, key: str) -> str | None:
    metric = next((metric for metric in METRICS if metric.key == key), None)
    if metric is None:
        return None
    reading = reading_of(metric.key, stood(revisions.design_of(revision)))
    unit = reading.unit or metric.unit
    return f"{reading.text} {unit}" if unit and reading.amount is not None else reading.text


def _check_of(proposal: Proposal, revision: Revision, name: str) -> str | None:
    check = next((check for check in checks() if check.name == name), None)
    if check is None:
        return None
    team = plans.team_of(proposal.plan)
    try:
        said = check.look(Subject(proposal=proposal, team=team, revision=revision, today=timezone.localdate()))
    except TierwrightError as error:
        return error.sentence
    return f"{said.outcome}: {said.says}"
