"""One server of each kind dead at the peak: the others still carry it, and nobody has to be woken."""

from __future__ import annotations

from planner.review.checks.base import Check, Said, Subject, fails, joined, passes, unknown
from topology.diff import listing


class LossOfOne(Check):
    """N-1 at the peak."""

    title = "Carries the peak with any one server gone"
    place = 3

    def look(self, subject: Subject) -> Said:
        """The losses that the peak does not survive, the single points by name."""
        stood = subject.stood
        if stood.forecast is None or stood.outlook is None:
            return unknown(f"There is no forecast: {stood.trouble}.")
        alone = [failure for failure in stood.outlook.failures if failure.dead == 1]
        bad = [failure for failure in alone if not failure.holds]
        points = [point.name for point in stood.forecast.single_points]
        if not alone:
            return unknown("No capacity is claimed of this design, so none is with one server less.")
        if not bad and not points:
            return passes("The peak holds whichever one server is gone.")
        lone = [f"only one of its kind: {listing(points)}"] if points else []
        return fails(joined([*lone, *(failure.says for failure in bad)]))


loss_of_one = LossOfOne()
