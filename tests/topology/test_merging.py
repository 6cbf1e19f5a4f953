"""Plans merged, patched and addressed by name: nothing is lost, and what two people said differently is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import plans
from topology import document
from topology.components import catalogue
from topology.design import Design
from topology.document import PlanRefused
from topology.errors import TierwrightError
from topology.merging import (
    MISSING,
    MOST_EDITS,
    Edit,
    PatchRefused,
    Side,
    apply,
    changes_in,
    edits_between,
    edits_from_data,
    edits_to_data,
    flatten,
    meeting,
    merge,
    shown,
    told,
    touches,
    value_at,
)

PLAN: dict[str, Any] = {
    "tierwright": 1,
    "name": "paper",
    "sites": [{"name": "paper", "domains": ["www.example.com"]}],
    "workload": {
        "peak_requests_per_second": {"low": 300, "mid": 350, "high": 500},
        "classes": {"page": {"share": 0.1}, "media": {"share": 0.9}},
    },
    "promise": {"p95_ms": 500},
    "tiers": [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]},
        {
            "name": "database",
            "servers": [
                {"name": "db1", "type": "large", "address": "10.0.0.31"},
                {"name": "db2", "type": "large", "roles": ["postgresql_replica"]},
            ],
            "roles": ["postgresql"],
        },
    ],
}
CACHE = {"servers": {"count": 1, "type": "small"}, "roles": ["memcached"]}
APART: Mapping[str, tuple[Any, ...]] = {
    "tiers/web/servers/count": (5, 7),
    "tiers/web/servers/type": ("large", "small"),
    "tiers/web/roles/gunicorn/workers": (4, MISSING),
    "tiers/web/roles/gunicorn/threads": (4, 8),
    "tiers/web/roles/nginx": (MISSING, {"worker_connections": 2000}),
    "tiers/web/roles/pgbouncer": ({}, {"default_pool_size": 12}),
    "tiers/database/servers/db1/type": ("xlarge", "memory"),
    "tiers/database/servers/db1/address": ("10.0.0.41", MISSING),
    "tiers/database/servers/db2": (MISSING, {"type": "xlarge", "roles": ["postgresql_replica"]}),
    "tiers/database/servers/db3": ({"type": "large"}, {"type": "small"}),
    "tiers/database/servers/db4": ({"type": "large"}, {"type": "small"}),
    "tiers/cache": (CACHE, {**CACHE, "servers": {"count": 2, "type": "small"}}),
    "tiers/accelerator": (CACHE, {**CACHE, "roles": []}),
    "tiers/#order": (["database", "web"],),
    "promise/p95_ms": (MISSING, 250),
    "promise/availability": (0.999, 0.99),
    "workload/peak_requests_per_second": (400, {"low": 300, "mid": 360, "high": 500}),
    "workload/growth_per_year": (0.5, 0.25),
    "server_types": ({"huge": {"cores": 64, "ram_mib": 262_144}},),
    "externals": ([{"name": "mail", "kind": "smtp", "endpoint": "mail.example.net:587"}],),
    "waivers": ([{"check": "one-leader", "reason": "it is known to us", "by": "ana"}],),
    "currency": ("EUR", "GBP"),
    "notes": ("Ask ben.", "Ask chi."),
}
"""Statements that stand apart, by path, each with what it may become; the plan above holds or lacks them."""
MANY = settings(max_examples=80, suppress_health_check=list(HealthCheck), deadline=None)


def _design(data: Mapping[str, Any]) -> Design:
    return document.from_data(data, catalogue=catalogue())


def _edited(design: Design, edits: Mapping[str, Any]) -> Design:
    data = document.to_data(design)
    return apply(design, [Edit(path=path, was=value_at(data, path), value=value) for path, value in edits.items()])


def _digest(design: Design | None) -> str:
    assert design is not None
    return document.digest(design)


def _unordered(design: Design | None) -> dict[str, Any]:
    assert design is not None
    return {path: value for path, value in flatten(document.to_data(design)).items() if "#order" not in path}


def _holders(paths: Iterable[str], of: Iterable[str]) -> set[str]:
    """For each path the one of `of` that it is or is a part of; a path outside them all stands for itself."""
    return {next((other for other in of if f"{path}/".startswith(f"{other}/")), path) for path in paths}


BASE = _design(PLAN)
some_edits = st.dictionaries(st.sampled_from(sorted(APART)), st.integers(0, 1), max_size=6).map(
    lambda picked: {path: APART[path][number % len(APART[path])] for path, number in picked.items()}
)


def test_a_document_is_addressed_by_names() -> None:
    flat = flatten(PLAN)

    assert flat["tiers/web/servers/count"] == 2
    assert flat["tiers/web/roles/gunicorn/workers"] == 9
    assert flat["tiers/web/roles/nginx"] == {}
    assert flat["tiers/database/servers/db1/address"] == "10.0.0.31"
    assert flat["tiers/database/servers/#order"] == ["db1", "db2"]
    assert flat["workload/peak_requests_per_second"] == {"low": 300, "mid": 350, "high": 500}
    assert not any(part.isdecimal() for path in flat for part in path.split("/"))


@MANY
@given(plans())
def test_what_a_path_says_is_found_at_it(data: dict[str, Any]) -> None:
    flat = flatten(data)

    assert {path: value_at(data, path) for path in flat} == flat


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", PLAN),
        ("tiers/web", {"servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]}),
        ("tiers/database/servers/db2/roles/postgresql_replica", {}),
        ("tiers/database/servers/db2/roles", ["postgresql_replica"]),
        ("tiers/#order", ["web", "database"]),
        ("tiers/0", MISSING),
        ("tiers/web/servers/count/more", MISSING),
        ("promise/availability", MISSING),
        ("/promise", MISSING),
    ],
)  # fmt: skip
def test_any_part_of_a_document_has_an_address(path: str, value: Any) -> None:
    assert value_at(PLAN, path) == value


def test_a_slash_or_a_tilde_in_a_name_is_escaped() -> None:
    data = {"waivers": [{"check": "one-leader", "where": "tier web/a~b", "reason": "known to us", "by": "ana"}]}

    assert flatten(data)["waivers/one-leader tier web~1a~0b/by"] == "ana"
    assert value_at(data, "waivers/one-leader tier web~1a~0b/by") == "ana"


def test_a_list_in_which_a_name_stands_twice_is_one_statement() -> None:
    roles = ["nginx", "nginx"]

    assert flatten({"tiers": [{"name": "web", "roles": roles}]}) == {"tiers/web/roles": roles}


@MANY
@given(plans(), plans())
def test_the_edits_between_two_plans_make_the_one_of_the_other(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = _design(one), _design(other)

    sent = json.loads(json.dumps(edits_to_data(edits_between(before, after))))

    made = apply(before, edits_from_data(sent)) if sent else before
    assert _digest(made) == _digest(after)


@MANY
@given(some_edits)
def test_edits_of_the_small_plan_are_told_as_they_were_made(edits: dict[str, Any]) -> None:
    after = _edited(BASE, edits)

    assert _holders({edit.path for edit in edits_between(BASE, after)}, edits) == edits.keys()
    assert touches(BASE, after) == {edit.path for edit in edits_between(BASE, after)}
    assert _digest(apply(BASE, edits_between(BASE, after))) == _digest(after)
    assert _digest(apply(after, edits_between(after, BASE))) == _digest(BASE)


@MANY
@given(plans(), plans())
def test_what_one_side_alone_changed_is_the_merge(one: dict[str, Any], other: dict[str, Any]) -> None:
    base, changed = _design(one), _design(other)

    mine, theirs, both = merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed)

    assert {_digest(merged.design) for merged in (mine, theirs, both)} == {_digest(changed)}
    assert (mine.conflicts, theirs.conflicts, both.conflicts) == ((), (), ())
    assert (mine.from_theirs, both.from_theirs) == ((), ())
    assert theirs.from_theirs == tuple(edit.path for edit in edits_between(base, changed))


@MANY
@given(some_edits, st.data())
def test_disjoint_edits_never_conflict_and_both_arrive(edits: dict[str, Any], data: st.DataObject) -> None:
    mine = {path: value for path, value in edits.items() if data.draw(st.booleans())}
    theirs = {path: value for path, value in edits.items() if path not in mine}

    merged = merge(BASE, _edited(BASE, mine), _edited(BASE, theirs))

    assert (merged.conflicts, merged.problems) == ((), ())
    assert _unordered(merged.design) == _unordered(_edited(BASE, edits))
    assert _holders(merged.from_theirs, edits) == theirs.keys()
    if "tiers/#order" in edits:
        assert [tier["name"] for tier in merged.data["tiers"]].index("database") == 0


@MANY
@given(some_edits, some_edits)
def test_a_merge_is_the_same_from_both_sides_but_for_its_conflicts(one: dict[str, Any], other: dict[str, Any]) -> None:
    mine, theirs = _edited(BASE, one), _edited(BASE, other)

    here, there = merge(BASE, mine, theirs), merge(BASE, theirs, mine)

    assert [(c.path, c.base, c.mine, c.theirs) for c in here.conflicts] == [
        (c.path, c.base, c.theirs, c.mine) for c in sorted(there.conflicts, key=_in_order_of(here))
    ]
    differing = {path for path in one.keys() & other.keys() if not _equal(one[path], other[path])}
    assert {conflict.path for conflict in here.conflicts} <= differing
    as_mine: dict[str, Side] = {conflict.path: "mine" for conflict in here.conflicts}
    as_theirs: dict[str, Side] = {conflict.path: "theirs" for conflict in here.conflicts}
    settled, mirrored = merge(BASE, mine, theirs, choices=as_mine), merge(BASE, theirs, mine, choices=as_theirs)
    assert (settled.data, settled.problems) == (mirrored.data, mirrored.problems)


def _in_order_of(merged: Any) -> Any:
    paths = [conflict.path for conflict in merged.conflicts]
    return lambda conflict: paths.index(conflict.path)


def _equal(one: Any, other: Any) -> bool:
    return one is other or (MISSING not in (one, other) and json.dumps(one) == json.dumps(other))


@pytest.mark.parametrize("path", [path for path, values in APART.items() if len(values) > 1])
@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_a_choice_settles_a_conflict_for_its_side(path: str, side: Side) -> None:
    values = APART[path]
    mine, theirs = (_edited(BASE, {path: value}) for value in values)

    [conflict] = [c for c in merge(BASE, mine, theirs).conflicts if c.path == path]
    merged = merge(BASE, mine, theirs, choices={conflict.path: side})

    assert (conflict.mine, conflict.theirs) == values
    assert told(path) in conflict.says
    assert _digest(merged.design) == _digest(mine if side == "mine" else theirs)
    assert _holders(merged.from_theirs, [path]) == (set() if side == "mine" else {path})


def test_while_a_conflict_is_open_there_is_no_design_and_the_data_says_what_mine_says() -> None:
    mine, theirs = (_edited(BASE, {"tiers/web/servers/count": number}) for number in (3, 4))

    merged = merge(BASE, mine, theirs)

    assert merged.design is None
    assert value_at(merged.data, "tiers/web/servers/count") == 3
    assert [conflict.says for conflict in merged.conflicts] == [
        "the number of servers of the tier web was 2; it is 3 in yours and 4 in theirs"
    ]


def test_a_server_removed_on_one_side_and_changed_on_the_other_is_a_conflict() -> None:
    removed = _edited(BASE, {"tiers/database/servers/db2": MISSING})
    changed = _edited(BASE, {"tiers/database/servers/db2/type": "xlarge"})

    [conflict] = merge(BASE, removed, changed).conflicts
    [mirrored] = merge(BASE, changed, removed).conflicts

    assert (conflict.path, conflict.mine) == ("tiers/database/servers/db2", MISSING)
    assert conflict.says.startswith("the server db2 is removed in yours and changed in theirs (type large")
    assert mirrored.says.startswith("the server db2 is removed in theirs and changed in yours (type large")
    kept = merge(BASE, removed, changed, choices={conflict.path: "theirs"})
    assert _digest(kept.design) == _digest(changed)


def test_a_server_that_both_add_differently_is_a_conflict() -> None:
    added = {"type": "large", "address": "10.0.0.33"}
    mine, theirs = (_edited(BASE, {"tiers/database/servers/db3": server}) for server in (added, {"type": "large"}))

    [conflict] = merge(BASE, mine, theirs).conflicts

    assert conflict.path == "tiers/database/servers/db3"
    assert conflict.says == (
        "the server db3 is new in both: type large, address 10.0.0.33 in yours, type large in theirs"
    )


def test_a_count_that_becomes_a_list_of_servers_is_one_statement_and_so_is_the_way_back() -> None:
    servers = [{"name": "web1", "type": "medium"}, {"name": "web2", "type": "large"}]
    listed = _edited(BASE, {"tiers/web/servers": servers})

    assert edits_between(BASE, listed) == (
        Edit(path="tiers/web/servers", was={"count": 2, "type": "medium"}, value=servers),
    )
    assert _digest(apply(listed, edits_between(listed, BASE))) == _digest(BASE)
    assert _digest(merge(BASE, listed, _edited(BASE, {"notes": "x"})).design) == _digest(
        _edited(listed, {"notes": "x"})
    )
    [conflict] = merge(BASE, listed, _edited(BASE, {"tiers/web/servers/count": 3})).conflicts
    assert (conflict.path, conflict.theirs) == ("tiers/web/servers", {"count": 3, "type": "medium"})


def test_two_servers_that_get_one_address_are_a_problem_and_no_conflict() -> None:
    mine = _edited(BASE, {"tiers/database/servers/db3": {"type": "large", "address": "10.0.0.40"}})
    theirs = _edited(BASE, {"tiers/database/servers/db4": {"type": "large", "address": "10.0.0.40"}})

    merged = merge(BASE, mine, theirs)

    assert (merged.design, merged.conflicts) == (None, ())
    assert merged.problems == ("tiers[1].servers[3].address: 10.0.0.40 is already the address of db3",)


def test_both_may_begin_to_promise_and_to_name_externals() -> None:
    base = _edited(BASE, {"promise": MISSING})
    mail = {"name": "mail", "kind": "smtp", "endpoint": "mail.example.net:587"}
    files = {"name": "files", "kind": "s3", "endpoint": "s3.example.net:443"}
    mine = _edited(base, {"promise": {"p95_ms": 300}, "externals": [mail]})
    theirs = _edited(base, {"promise": {"availability": 0.999}, "externals": [files]})

    merged = merge(base, mine, theirs)

    assert merged.data["promise"] == {"p95_ms": 300, "availability": 0.999}
    assert merged.data["externals"] == [files, mail]
    assert merge(base, theirs, mine).data == merged.data


def test_two_workloads_are_never_mixed() -> None:
    base = _edited(BASE, {"workload": MISSING})
    mine = _edited(base, {"workload": {"peak_requests_per_second": 3}})
    theirs = _edited(base, {"workload": {"file": "site.log"}})

    assert [conflict.path for conflict in merge(base, mine, theirs).conflicts] == ["workload"]


def test_what_each_side_puts_in_the_middle_stays_behind_what_it_followed() -> None:
    def with_roles(*roles: str) -> Design:
        return _edited(BASE, {"tiers/web/roles": list(roles)})

    base = with_roles("nginx", "gunicorn", "memcached")
    mine = with_roles("nginx", "pgbouncer", "gunicorn", "memcached")
    theirs = with_roles("nginx", "nfs_client", "gunicorn", "memcached", "celery_beat")

    merged = merge(base, mine, theirs)

    assert value_at(merged.data, "tiers/web/roles") == [
        "nginx", "nfs_client", "pgbouncer", "gunicorn", "memcached", "celery_beat",
    ]  # fmt: skip


def test_an_order_that_both_changed_differently_is_a_conflict() -> None:
    base = _edited(BASE, {"tiers/cache": CACHE})
    mine, theirs = (
        _edited(base, {"tiers/#order": order}) for order in (["database", "web", "cache"], ["web", "cache", "database"])
    )

    [conflict] = merge(base, mine, theirs).conflicts
    merged = merge(base, mine, theirs, choices={conflict.path: "theirs"})

    assert conflict.path == "tiers/#order"
    assert conflict.says == (
        "the order of the tiers was web, database, cache; it is database, web, cache in yours and web, cache, database"
        " in theirs"
    )
    assert _digest(merged.design) == _digest(theirs)


def test_one_is_not_one_point_nought_since_the_digest_tells_them_apart() -> None:
    base = _edited(BASE, {"promise/p95_ms": 1})

    merged = merge(base, _edited(base, {"promise/p95_ms": 1.0}), base)

    assert repr(merged.data["promise"]["p95_ms"]) == "1.0"


def test_a_patch_that_does_not_fit_is_refused_with_every_edit_that_does_not() -> None:
    edits = edits_between(BASE, _edited(BASE, {"tiers/web/servers/count": 5, "notes": "x", "currency": "EUR"}))
    moved_on = _edited(BASE, {"tiers/web/servers/count": 3, "notes": "y"})

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
        _edited(BASE, {path: value})


def test_an_order_fits_where_others_were_added_or_removed_since() -> None:
    edits = edits_between(BASE, _edited(BASE, {"tiers/#order": ["database", "web"]}))
    moved_on = _edited(BASE, {"tiers/cache": CACHE})

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
    base = _edited(BASE, {"tiers/cache": CACHE})
    data = document.to_data(base)
    data["tiers"].insert(0, {"name": "front", **CACHE})

    after = _design(data)

    assert {edit.path for edit in edits_between(base, after)} == {"tiers/front", "tiers/#order"}
    assert touches(base, after) == {"tiers/front"}


def test_two_changes_meet_where_one_is_part_of_the_other() -> None:
    mine = touches(BASE, _edited(BASE, {"tiers/web/servers/count": 3, "notes": "x"}))
    theirs = touches(BASE, _edited(BASE, {"tiers/web": MISSING, "tiers/cache": CACHE}))

    assert meeting(mine, theirs) == {"tiers/web/servers/count"}
    assert meeting(theirs, mine) == {"tiers/web"}
    assert meeting(mine, frozenset({"note", "tiers/web/roles"})) == frozenset()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "the plan"),
        ("notes", "notes"),
        ("promise/p95_ms", "promise.p95_ms"),
        ("tiers/web", "the tier web"),
        ("tiers/web/servers", "servers of the tier web"),
        ("tiers/web/servers/count", "the number of servers of the tier web"),
        ("tiers/web/servers/type", "the server type of the tier web"),
        ("tiers/web/servers/web1", "the server web1"),
        ("tiers/web/servers/web1/settings/gunicorn/workers", "gunicorn.workers of the server web1"),
        ("tiers/web/servers/web1/address", "address of the server web1"),
        ("tiers/web/roles/gunicorn", "gunicorn of the tier web"),
        ("tiers/web/roles/gunicorn/workers", "gunicorn.workers of the tier web"),
        ("tiers/#order", "the order of the tiers"),
        ("tiers/web/roles/#order", "the order of the roles of the tier web"),
        ("sites/paper/domains", "domains of the site paper"),
        ("server_types/huge", "the server type huge"),
        ("waivers/one-leader a~1b", "the waiver one-leader a/b"),
    ],
)  # fmt: skip
def test_a_path_is_said_as_a_person_would(path: str, says: str) -> None:
    assert told(path) == says


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (MISSING, "nothing"),
        (None, "nothing"),
        ([], "nothing"),
        (True, "yes"),
        (0.1 + 0.2, "0.3"),
        ({"low": 300, "mid": 350.0, "high": 500}, "350 (300 to 500)"),
        ({"count": 3, "type": "small"}, "3 × small"),
        ([{"name": "web1", "type": "small"}, {"gunicorn": {}}, "nginx"], "web1, gunicorn, nginx"),
        ({}, "nothing more"),
        ("x " * 80, ("x " * 39).strip() + " …"),
    ],
)  # fmt: skip
def test_a_value_is_short_enough_for_a_sentence(value: Any, says: str) -> None:
    assert shown(value) == says


def test_parts_of_documents_are_compared_too() -> None:
    before, after = ({"tiers": [{"name": "web", "roles": roles}]} for roles in (["nginx"], ["nginx", "gunicorn"]))

    assert changes_in(before, after) == (Edit(path="tiers/web/roles/gunicorn", value={}),)
