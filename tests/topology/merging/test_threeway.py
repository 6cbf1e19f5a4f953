"""Three-way merges of plans: nothing is lost, and what two people said differently is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import plans
from tests.topology.merging.cast import (
    APART,
    BASE,
    CACHE,
    MANY,
    design_of,
    digest,
    edited,
    holders,
    some_edits,
    unordered,
)
from topology.design import Design
from topology.merging import MISSING, Edit, Side, apply, edits_between, merge, told, value_at


@MANY
@given(plans(), plans())
def test_what_one_side_alone_changed_is_the_merge(one: dict[str, Any], other: dict[str, Any]) -> None:
    base, changed = design_of(one), design_of(other)

    mine, theirs, both = merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed)

    assert {digest(merged.design) for merged in (mine, theirs, both)} == {digest(changed)}
    assert (mine.conflicts, theirs.conflicts, both.conflicts) == ((), (), ())
    assert (mine.from_theirs, both.from_theirs) == ((), ())
    assert theirs.from_theirs == tuple(edit.path for edit in edits_between(base, changed))


@MANY
@given(some_edits, st.data())
def test_disjoint_edits_never_conflict_and_both_arrive(edits: dict[str, Any], data: st.DataObject) -> None:
    mine = {path: value for path, value in edits.items() if data.draw(st.booleans())}
    theirs = {path: value for path, value in edits.items() if path not in mine}

    merged = merge(BASE, edited(BASE, mine), edited(BASE, theirs))

    assert (merged.conflicts, merged.problems) == ((), ())
    assert unordered(merged.design) == unordered(edited(BASE, edits))
    assert holders(merged.from_theirs, edits) == theirs.keys()
    if "tiers/#order" in edits:
        assert [tier["name"] for tier in merged.data["tiers"]].index("database") == 0


@MANY
@given(some_edits, some_edits)
def test_a_merge_is_the_same_from_both_sides_but_for_its_conflicts(one: dict[str, Any], other: dict[str, Any]) -> None:
    mine, theirs = edited(BASE, one), edited(BASE, other)

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
    mine, theirs = (edited(BASE, {path: value}) for value in values)

    [conflict] = [c for c in merge(BASE, mine, theirs).conflicts if c.path == path]
    merged = merge(BASE, mine, theirs, choices={conflict.path: side})

    assert (conflict.mine, conflict.theirs) == values
    assert told(path) in conflict.says
    assert digest(merged.design) == digest(mine if side == "mine" else theirs)
    assert holders(merged.from_theirs, [path]) == (set() if side == "mine" else {path})


def test_while_a_conflict_is_open_there_is_no_design_and_the_data_says_what_mine_says() -> None:
    mine, theirs = (edited(BASE, {"tiers/web/servers/count": number}) for number in (3, 4))

    merged = merge(BASE, mine, theirs)

    assert merged.design is None
    assert value_at(merged.data, "tiers/web/servers/count") == 3
    assert [conflict.says for conflict in merged.conflicts] == [
        "the number of servers of the tier web was 2; it is 3 in yours and 4 in theirs"
    ]


def test_a_server_removed_on_one_side_and_changed_on_the_other_is_a_conflict() -> None:
    removed = edited(BASE, {"tiers/database/servers/db2": MISSING})
    changed = edited(BASE, {"tiers/database/servers/db2/type": "xlarge"})

    [conflict] = merge(BASE, removed, changed).conflicts
    [mirrored] = merge(BASE, changed, removed).conflicts

    assert (conflict.path, conflict.mine) == ("tiers/database/servers/db2", MISSING)
    assert conflict.says.startswith("the server db2 is removed in yours and changed in theirs (type large")
    assert mirrored.says.startswith("the server db2 is removed in theirs and changed in yours (type large")
    kept = merge(BASE, removed, changed, choices={conflict.path: "theirs"})
    assert digest(kept.design) == digest(changed)


def test_a_server_that_both_add_differently_is_a_conflict() -> None:
    added = {"type": "large", "address": "10.0.0.33"}
    mine, theirs = (edited(BASE, {"tiers/database/servers/db3": server}) for server in (added, {"type": "large"}))

    [conflict] = merge(BASE, mine, theirs).conflicts

    assert conflict.path == "tiers/database/servers/db3"
    assert conflict.says == (
        "the server db3 is new in both: type large, address 10.0.0.33 in yours, type large in theirs"
    )


def test_a_count_that_becomes_a_list_of_servers_is_one_statement_and_so_is_the_way_back() -> None:
    servers = [{"name": "web1", "type": "medium"}, {"name": "web2", "type": "large"}]
    listed = edited(BASE, {"tiers/web/servers": servers})

    assert edits_between(BASE, listed) == (
        Edit(path="tiers/web/servers", was={"count": 2, "type": "medium"}, value=servers),
    )
    assert digest(apply(listed, edits_between(listed, BASE))) == digest(BASE)
    assert digest(merge(BASE, listed, edited(BASE, {"notes": "x"})).design) == digest(edited(listed, {"notes": "x"}))
    [conflict] = merge(BASE, listed, edited(BASE, {"tiers/web/servers/count": 3})).conflicts
    assert (conflict.path, conflict.theirs) == ("tiers/web/servers", {"count": 3, "type": "medium"})


def test_two_servers_that_get_one_address_are_a_problem_and_no_conflict() -> None:
    mine = edited(BASE, {"tiers/database/servers/db3": {"type": "large", "address": "10.0.0.40"}})
    theirs = edited(BASE, {"tiers/database/servers/db4": {"type": "large", "address": "10.0.0.40"}})

    merged = merge(BASE, mine, theirs)

    assert (merged.design, merged.conflicts) == (None, ())
    assert merged.problems == ("tiers[1].servers[3].address: 10.0.0.40 is already the address of db3",)


def test_both_may_begin_to_promise_and_to_name_externals() -> None:
    base = edited(BASE, {"promise": MISSING})
    mail = {"name": "mail", "kind": "smtp", "endpoint": "mail.example.net:587"}
    files = {"name": "files", "kind": "s3", "endpoint": "s3.example.net:443"}
    mine = edited(base, {"promise": {"p95_ms": 300}, "externals": [mail]})
    theirs = edited(base, {"promise": {"availability": 0.999}, "externals": [files]})

    merged = merge(base, mine, theirs)

    assert merged.data["promise"] == {"p95_ms": 300, "availability": 0.999}
    assert merged.data["externals"] == [files, mail]
    assert merge(base, theirs, mine).data == merged.data


def test_two_workloads_are_never_mixed() -> None:
    base = edited(BASE, {"workload": MISSING})
    mine = edited(base, {"workload": {"peak_requests_per_second": 3}})
    theirs = edited(base, {"workload": {"file": "site.log"}})

    assert [conflict.path for conflict in merge(base, mine, theirs).conflicts] == ["workload"]


def test_what_each_side_puts_in_the_middle_stays_behind_what_it_followed() -> None:
    def with_roles(*roles: str) -> Design:
        return edited(BASE, {"tiers/web/roles": list(roles)})

    base = with_roles("nginx", "gunicorn", "memcached")
    mine = with_roles("nginx", "pgbouncer", "gunicorn", "memcached")
    theirs = with_roles("nginx", "nfs_client", "gunicorn", "memcached", "celery_beat")

    merged = merge(base, mine, theirs)

    assert value_at(merged.data, "tiers/web/roles") == [
        "nginx", "nfs_client", "pgbouncer", "gunicorn", "memcached", "celery_beat",
    ]  # fmt: skip


def test_an_order_that_both_changed_differently_is_a_conflict() -> None:
    base = edited(BASE, {"tiers/cache": CACHE})
    mine, theirs = (
        edited(base, {"tiers/#order": order}) for order in (["database", "web", "cache"], ["web", "cache", "database"])
    )

    [conflict] = merge(base, mine, theirs).conflicts
    merged = merge(base, mine, theirs, choices={conflict.path: "theirs"})

    assert conflict.path == "tiers/#order"
    assert conflict.says == (
        "the order of the tiers was web, database, cache; it is database, web, cache in yours and web, cache, database"
        " in theirs"
    )
    assert digest(merged.design) == digest(theirs)


def test_one_is_not_one_point_nought_since_the_digest_tells_them_apart() -> None:
    base = edited(BASE, {"promise/p95_ms": 1})

    merged = merge(base, edited(base, {"promise/p95_ms": 1.0}), base)

    assert repr(merged.data["promise"]["p95_ms"]) == "1.0"
