"""Waivers: a finding that is taken on stays visible with its reason and its name, and can be given back."""

from __future__ import annotations

import re

import pytest

from tests.topology.checks.plans import data_of, design_of
from topology.checks import Finding, findings, take_back, waive
from topology.design import Design, TierwrightError

REASON = "The cache comes next week."


def _design(**changes: object) -> Design:
    data = data_of("direct")
    data["tiers"][1]["roles"] = ["nginx", "gunicorn", "nfs_client"]
    return design_of({**data, **changes})


def _refused(design: Design) -> Finding:
    return next(finding for finding in findings(design) if finding.check == "files-written")


def test_what_somebody_takes_on_stops_nothing_and_stays_visible() -> None:
    design = _design()

    waived = waive(design, _refused(design), reason=REASON, by="Ada")

    finding = _refused(waived)
    assert finding.state == "waived"
    assert not finding.stops
    assert finding.document()["waived_by"] == "Ada"
    assert finding.document()["reason"] == REASON


def test_a_waiver_without_a_place_holds_everywhere() -> None:
    design = _design(waivers=[{"check": "files-written", "reason": REASON, "by": "Ada"}])

    assert _refused(design).state == "waived"


def test_a_waiver_of_another_check_changes_nothing() -> None:
    design = _design(waivers=[{"check": "memory-fits", "reason": REASON, "by": "Ada"}])

    assert _refused(design).stops


def test_a_waiver_that_fits_nothing_any_more_is_found() -> None:
    data = data_of("whole")
    data["waivers"] = [{"check": "files-written", "where": "web1 gunicorn", "reason": REASON, "by": "Ada"}]

    [stale] = [finding for finding in findings(design_of(data)) if finding.check == "files-written"]

    assert stale.level == "advice"
    assert "fits nothing" in stale.says


def test_what_is_taken_back_counts_again() -> None:
    design = _design()
    finding = _refused(design)

    given_back = take_back(waive(design, finding, reason=REASON, by="Ada"), finding.check, finding.where)

    assert given_back == design


def test_what_nobody_took_on_cannot_be_taken_back() -> None:
    with pytest.raises(TierwrightError, match="not there any more"):
        take_back(_design(), "files-written", "web1 gunicorn")


@pytest.mark.parametrize(
    ("reason", "by", "wanted"),
    [
        ("short", "Ada", "^write a reason of 8 to 1,000 characters"),
        ("x" * 1001, "Ada", "^write a reason of 8 to 1,000 characters"),
        (REASON, "", "^write your name in 2 to 100 characters"),
        (REASON, "A\u202eda", "^write your name in 2 to 100 characters"),
    ],
)
def test_a_waiver_says_why_and_who(reason: str, by: str, wanted: str) -> None:
    design = _design()

    with pytest.raises(TierwrightError) as refusal:
        waive(design, _refused(design), reason=reason, by=by)

    assert re.match(wanted, refusal.value.sentence)


def test_a_reason_may_have_lines_and_a_name_has_one() -> None:
    design = _design()

    waived = waive(design, _refused(design), reason="It comes.\r\nNext week.\r\n", by="Ada\nLovelace")

    [waiver] = waived.waivers
    assert (waiver.reason, waiver.by) == ("It comes.\nNext week.", "Ada Lovelace")


def test_a_plan_takes_no_more_waivers_than_its_file_may_hold() -> None:
    waivers = [{"check": "memory-fits", "where": f"web{n}", "reason": REASON, "by": "Ada"} for n in range(200)]
    design = _design(waivers=waivers)

    with pytest.raises(TierwrightError, match="200 waivers at most"):
        waive(design, _refused(design), reason=REASON, by="Ada")
    with pytest.raises(TierwrightError):
        _design(waivers=[*waivers, waivers[0]])
