"""Patches of plans: what changed from one to another, made again where it fits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.builders import plans
from tests.topology.merging.cast import BASE, CACHE, MANY, design_of, digest, edited, holders, some_edits
from topology import document
from topology.document import PlanRefused
from topology.errors import TierwrightError
from topology.merging import (
    MISSING,
    MOST_EDITS,
    Edit,
    PatchRefused,
    apply,
    changes_in,
    edits_between,
    edits_from_data,
    edits_to_data,
    meeting,
    touches,
)


@MANY
@given(plans(), plans())
def test_the_edits_between_two_plans_make_the_one_of_the_other(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = design_of(one), design_of(other)

    sent = json.loads(json.dumps(edits_to_data(edits_between(before, after))))

    made = apply(before, edits_from_data(sent)) if sent else before
    assert digest(made) == digest(after)


@MANY
@given(some_edits)
def test_edits_of_the_small_plan_are_told_as_they_were_made(edits: dict[str, Any]) -> None:
    after = edited(BASE, edits)

    assert holders({edit.path for edit in edits_between(BASE, after)}, edits) == edits.keys()
    assert touches(BASE, after) == {edit.path for edit in edits_between(BASE, after)}
    assert digest(apply(BASE, edits_between(BASE, after))) == digest(after)
    assert digest(apply(after, edits_between(after, BASE))) == digest(BASE)


def test_a_patch_that_does_not_fit_is_refused_with_every_edit_that_does_not() -> None:
    edits = edits_between(BASE, edited(BASE, {"tiers/web/servers/count": 5, "notes": "x", "currency": "EUR"}))
    moved_on = edited(BASE, {"tiers/web/servers/count": 3, "notes": "y"})

    with pytest.raises(PatchRefused) as refusal:
        apply(moved_on, edits)

    assert {edit.path for edit in refusal.value.edits} == {"tiers/web/servers/count", "notes"}
    assert refusal.value.sentence == (
        "this change no longer fits: the number of servers of the tier web is 3, and the change was made where it was 2"
        " (and 1 more of its edits); make it anew on what is there now"
    )


@pytest.mark.parametrize(
    "edit",
    [
        Edit(path="tiers/gone/servers/count", value=3),
        Edit(path="tiers/web/servers/count/deep", value=3),
        Edit(path="tiers/web", was=MISSING, value=CACHE),
        Edit(path="tiers/#order", was=["database", "web"], value=["web", "database"]),
        Edit(path="tiers/#order", was=["web", "database"], value="web"),
        Edit(path="tiers/#order", was=["web", "database"]),
        Edit(path="promise/#order", was=["p95_ms"], value=["p95_ms"]),
        Edit(path="promise/p95_ms", was=500.0, value=300),
    ],
)  # fmt: skip
def test_an_edit_of_what_is_not_there_is_refused(edit: Edit) -> None:
    with pytest.raises(PatchRefused):
        apply(BASE, [edit])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("tiers", MISSING),
        ("tiers", [3]),
        ("tiers/web", 3),
        ("tiers/web", {"name": "database", "servers": {"count": 1, "type": "small"}}),
        ("tiers/web/roles/gunicorn", "many"),
        ("tiers/web/roles/nginx/nope", 3),
        ("tiers/web/roles", [["nginx"]]),
        ("tiers/database/servers/db1/name", "db2"),
        ("currency", "<b>"),
        ("shape", {}),
        ("waivers", [{"check": 3}]),
    ],
)  # fmt: skip
def test_a_patch_that_makes_no_plan_is_refused_by_the_codec(path: str, value: Any) -> None:
    with pytest.raises(PlanRefused):
        edited(BASE, {path: value})


def test_an_order_fits_where_others_were_added_or_removed_since() -> None:
    edits = edits_between(BASE, edited(BASE, {"tiers/#order": ["database", "web"]}))
    moved_on = edited(BASE, {"tiers/cache": CACHE})

    assert [tier.name for tier in apply(moved_on, edits).tiers] == ["database", "cache", "web"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "a list of edits"),
        ([], "from 1 to"),
        ([{"path": "notes", "value": "x"}] * (MOST_EDITS + 1), "from 1 to"),
        ([{"path": "notes"}], "has a path"),
        ([{"path": "notes", "value": "x", "test": 1}], "has a path"),
        ([{"value": "x"}], "has a path"),
        (["notes"], "has a path"),
        ([{"path": 3, "value": "x"}], "path of an edit is text"),
        ([{"path": "", "value": "x"}], "path of an edit is text"),
        ([{"path": "a" * 501, "value": "x"}], "path of an edit is text"),
        ([{"path": "notes", "value": float("nan")}], "finite"),
        ([{"path": "notes", "value": "\ud800"}], "Unicode"),
        ([{"path": "\udfff", "value": 1}], "Unicode"),
        ([{"path": "notes", "value": json.loads("[" * 17 + "]" * 17)}], "levels"),
        ([{"path": "notes", "value": "x" * 1_000_000}], "characters"),
    ],
)  # fmt: skip
def test_what_is_no_patch_gets_a_sentence(data: Any, says: str) -> None:
    with pytest.raises(TierwrightError, match=says):
        edits_from_data(data)


def test_an_order_is_no_touch_while_nothing_that_stays_is_moved() -> None:
    base = edited(BASE, {"tiers/cache": CACHE})
    data = document.to_data(base)
    data["tiers"].insert(0, {"name": "front", **CACHE})

    after = design_of(data)

    assert {edit.path for edit in edits_between(base, after)} == {"tiers/front", "tiers/#order"}
    assert touches(base, after) == {"tiers/front"}


def test_two_changes_meet_where_one_is_part_of_the_other() -> None:
    mine = touches(BASE, edited(BASE, {"tiers/web/servers/count": 3, "notes": "x"}))
    theirs = touches(BASE, edited(BASE, {"tiers/web": MISSING, "tiers/cache": CACHE}))

    assert meeting(mine, theirs) == {"tiers/web/servers/count"}
    assert meeting(theirs, mine) == {"tiers/web"}
    assert meeting(mine, frozenset({"note", "tiers/web/roles"})) == frozenset()


def test_parts_of_documents_are_compared_too() -> None:
    before, after = ({"tiers": [{"name": "web", "roles": roles}]} for roles in (["nginx"], ["nginx", "gunicorn"]))

    assert changes_in(before, after) == (Edit(path="tiers/web/roles/gunicorn", value={}),)
