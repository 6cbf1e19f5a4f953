"""What changed between two designs, as a person would say it, and which files of two bundles differ."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from tests.builders import newspaper, plans
from tests.topology.stages.cast import design_at
from topology.components import catalogue
from topology.design import Design
from topology.diff import FileChange, changed_files, compare, listing, to_document
from topology.document import digest, from_data, to_data


def test_a_database_that_gets_a_server_of_its_own_moves() -> None:
    before, after = design_at("single"), design_at("split_database")

    diff = compare(before, after)

    assert diff.lines() == (
        "the tier database is new",
        "db1 (small, 10.0.0.12) is new: tier database, runs postgresql",
        "postgresql moves from web1 to db1",
    )
    assert (diff.added, diff.removed) == (("db1",), ())
    assert (diff.before_digest, diff.after_digest) == (digest(before), digest(after))


def test_nothing_changed_is_nothing_said() -> None:
    diff = compare(design_at("big"), design_at("big"))

    assert (diff.changes, diff.added, diff.removed) == ((), (), ())


def test_counted_and_named_servers_that_are_the_same_are_the_same() -> None:
    named = design_at("single")
    data = to_data(named)
    data["tiers"][0]["servers"] = {"count": 1, "type": "small"}

    assert compare(named, _design(data)).changes == ()


def test_many_equal_servers_are_said_in_one_sentence() -> None:
    before = design_at("single")
    data = to_data(before)
    data["tiers"][0]["servers"] = {"count": 21, "type": "small"}

    [line] = compare(before, _design(data)).lines()

    assert line == (
        "web2 to web21 (small, from 10.0.0.12, 20 servers) are new: tier web, runs nginx, gunicorn, memcached and"
        " postgresql"
    )


def test_servers_that_go_are_said_to_be_gone() -> None:
    diff = compare(design_at("split_database"), design_at("single"))

    assert "db1 (small, 10.0.0.12) is gone: tier database, runs postgresql" in diff.lines()
    assert "postgresql moves from db1 to web1" in diff.lines()
    assert "the tier database is gone" in diff.lines()


def test_a_role_that_spreads_does_not_move() -> None:
    lines = compare(design_at("media_server"), design_at("load_balanced")).lines()

    assert "web1 now runs pgbouncer too" in lines
    assert not any("moves" in line for line in lines)


def test_a_role_that_is_taken_off_is_said() -> None:
    before = design_at("load_balanced")
    data = to_data(before)
    web = next(tier for tier in data["tiers"] if tier["name"] == "web")
    web["roles"].remove("memcached")

    assert compare(before, _design(data)).lines() == ("web1 and web2 no longer run memcached",)


@pytest.mark.parametrize(
    ("settings_before", "settings_after", "says"),
    [
        ({}, {"workers": 9}, "gunicorn.workers on web1: derived → 9"),
        ({"workers": 9}, {"workers": 12}, "gunicorn.workers on web1: 9 → 12"),
        ({"workers": 9}, {}, "gunicorn.workers on web1: 9 → derived"),
    ],
)
def test_settings_are_shown_before_and_after(
    settings_before: dict[str, int], settings_after: dict[str, int], says: str
) -> None:
    before, after = (_with_gunicorn(item) for item in (settings_before, settings_after))

    assert compare(before, after).lines() == (says,)


def test_a_server_that_changes_is_shown_fact_by_fact() -> None:
    before = design_at("single")
    data = to_data(before)
    data["tiers"][0]["servers"][0] |= {"type": "large", "address": "10.0.0.77"}

    assert compare(before, _design(data)).lines() == (
        "web1: type small → large",
        "web1: address 10.0.0.11 → 10.0.0.77",
    )


def test_the_plans_own_keys_are_named_and_notes_are_not_repeated() -> None:
    before = design_at("single")
    data = to_data(before)
    data |= {"name": "other", "notes": "call <b>me</b>", "promise": {"headroom": 0.3}, "currency": "EUR"}
    data["sites"].append({"name": "blog", "domains": ["blog.example.com"]})
    data["server_types"] = {"box": {"cores": 2, "ram_mib": 2048}}
    data["externals"] = [{"name": "mail", "kind": "smtp", "endpoint": "mail.example.com:25"}]

    lines = compare(before, _design(data)).lines()

    assert lines == (
        "the site blog is added",
        "the server type box is added",
        "the external mail is added",
        "name changes from news to other",
        "promise of the plan: added",
        "currency of the plan: added",
        "notes of the plan: added",
    )


def test_a_site_that_changed_is_said_to_have_changed_and_in_what() -> None:
    before = design_at("single")
    data = to_data(before)
    data["sites"][0]["domains"] = ["www.example.com", "example.com"]

    assert compare(before, _design(data)).lines() == (
        "the site news has changed: domains www.example.com → www.example.com, example.com",
    )
    assert compare(_design(data), before).changes[0].before["domains"] == ["www.example.com", "example.com"]


def test_what_people_say_of_a_site_is_told_answer_by_answer() -> None:
    before, after = to_data(design_at("single")), to_data(design_at("single"))
    before["sites"][0]["says"] = {"sessions": "file", "local_files": False}
    after["sites"][0]["says"] = {"sessions": "database", "scheduled": "cron", "local_files": False}

    (says,) = compare(_design(before), _design(after)).lines()

    assert says == ("the site news has changed: says.sessions file → database; says.scheduled not said → cron")


@settings(max_examples=40, deadline=None)
@given(plans(), plans())
def test_any_two_plans_are_compared_in_plain_json(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = _design(one), _design(other)

    diff = compare(before, after)

    assert json.loads(json.dumps(to_document(diff))) == to_document(diff)
    assert set(diff.added) == {h.name for h in after.hosts} - {h.name for h in before.hosts}
    assert set(diff.removed) == {h.name for h in before.hosts} - {h.name for h in after.hosts}
    assert bool(diff.changes) or digest(before) == digest(after) or _only_form_differs(before, after)


def test_files_are_told_apart_by_their_digests() -> None:
    before = {"a": {"same": "1", "gone": "2", "other": "3"}, "left": {"x": "4"}}
    after = {"a": {"same": "1", "other": "5", "new": "6"}}

    assert changed_files(before, after) == (
        FileChange(host="a", path="gone", what="removed"),
        FileChange(host="a", path="new", what="added"),
        FileChange(host="a", path="other", what="changed"),
        FileChange(host="left", path="x", what="removed"),
    )


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["web1", "web2"], "web1 and web2"),
        (["a", "b", "c"], "a, b and c"),
        (["web2", "web3", "web4", "web5"], "web2 to web5"),
        (["web1", "web2", "web4", "web5"], "web1, web2, web4 and web5"),
        (["web1", "web2", "web3", "db4"], "web1, web2, web3 and db4"),
    ],
)
def test_names_are_listed_as_a_person_lists_them(names: list[str], text: str) -> None:
    assert listing(names) == text


def _with_gunicorn(settings: dict[str, int]) -> Design:
    data = to_data(design_at("single"))
    data["tiers"][0]["roles"][1] = {"gunicorn": settings} if settings else "gunicorn"
    return _design(data)


def _only_form_differs(before: Design, after: Design) -> bool:
    """The same servers and keys, written in another way."""
    return [h.name for h in before.hosts] == [h.name for h in after.hosts]


def _design(data: dict[str, Any]) -> Design:
    return from_data(data, catalogue=catalogue())


def test_what_somebody_takes_on_is_told_with_who_and_why() -> None:
    waiver = {"check": "memory-fits", "where": "web1", "reason": "It is replaced next week.", "by": "Ada"}
    before, after = newspaper(), newspaper(waivers=[waiver])

    assert compare(before, after).lines() == ("Ada takes on memory-fits at web1: It is replaced next week.",)
    assert compare(after, before).lines() == ("Ada no longer takes on memory-fits at web1: It is replaced next week.",)
