"""A revision as anchors look at it: its files, figures and checks, each made once and kept."""

from __future__ import annotations

from functools import partial

from planner.keeping import Kept
from planner.packed import packed
from planner.review.anchors import Sight
from topology import revisions
from topology.checks import LEVELS, checks
from topology.errors import TierwrightError
from topology.models import Revision
from topology.weighing import METRICS, Standing, reading_of, stand

_STOOD: Kept[str, Standing] = Kept(most=16)


def sight_of(revision: Revision) -> Sight:
    """The revision as anchors look at it."""
    return Sight(
        revisions.design_of(revision),
        text_of=partial(_text_of, revision),
        figure_of=partial(_figure_of, revision),
        check_of=partial(_check_of, revision),
    )


def _text_of(revision: Revision, host: str, path: str) -> str | None:
    try:
        return packed(revision).bundle.file(host, path).config.text
    except (KeyError, TierwrightError):
        return None


def _figure_of(revision: Revision, key: str) -> str | None:
    metric = next((metric for metric in METRICS if metric.key == key), None)
    if metric is None:
        return None
    reading = reading_of(metric.key, _stood(revision))
    unit = reading.unit or metric.unit
    return f"{reading.text} {unit}" if unit and reading.amount is not None else reading.text


def _stood(revision: Revision) -> Standing:
    return _STOOD.get(revision.digest, lambda: stand(revisions.design_of(revision)))


def _check_of(revision: Revision, name: str) -> str | None:
    """What a check of the files says: how much it found, the gravest first."""
    if name not in {check.name for check in checks()}:
        return None
    found = [item for item in _stood(revision).findings if item.check == name and item.state != "waived"]
    counts = [(level, sum(item.level == level for item in found)) for level in LEVELS]
    return ", ".join(f"{number} {level}" for level, number in counts if number) or "nothing found"
