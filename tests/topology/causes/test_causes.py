"""Hunks of a change and what brought them: the diff is whole, and each cause is found by making the change again."""

from __future__ import annotations

import copy
import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.test_site import STAGES, design
from topology import bundles, causes, document
from topology.causes import SEVERAL, FileDiff, Hunk, file_diffs
from topology.components import catalogue
from topology.design import Design
from topology.diff import compare

Data = dict[str, Any]
ORDER = "the order of the servers of the tier database changes"
"""Nothing but the addresses that follow is in the differences of two designs."""


def tier(data: Data, name: str) -> Data:
    found: Data = next(item for item in data["tiers"] if item["name"] == name)
    return found


def more_web(data: Data) -> None:
    tier(data, "web")["servers"]["count"] += 2


def more_workers(data: Data) -> None:
    tier(data, "web")["roles"][1] = {"gunicorn": {"workers": 12}}


def larger_cache(data: Data) -> None:
    tier(data, "cache")["servers"]["type"] = "medium"


def fewer_media(data: Data) -> None:
    tier(data, "media")["servers"]["count"] = 1


def pooled(data: Data) -> None:
    tier(data, "web")["roles"].append("pgbouncer")


def without_keepalived(data: Data) -> None:
    balancer = tier(data, "balancer")
    balancer["roles"], balancer["servers"] = ["haproxy"], {"count": 1, "type": "small"}


def own_type(data: Data) -> None:
    data["server_types"] = {"own": {"cores": 2, "ram_mib": 3000, "price_month": 9}}
    tier(data, "cache")["servers"]["type"] = "own"


def other_domain(data: Data) -> None:
    data["sites"][0]["domains"] = ["www.example.org"]


def noted(data: Data) -> None:
    data["notes"] = "Nothing of this reaches a file."


def databases_swapped(data: Data) -> None:
    tier(data, "database")["servers"].reverse()


EDITS: tuple[Callable[[Data], None], ...] = (
    more_web, more_workers, larger_cache, fewer_media, pooled, without_keepalived, own_type, other_domain, noted,
    databases_swapped,
)  # fmt: skip


def changed(before: Design, *edits: Callable[[Data], None]) -> Design:
    data = copy.deepcopy(document.to_data(before))
    for edit in edits:
        edit(data)
    return document.from_data(data, catalogue=catalogue())


def texts(of: Design) -> dict[tuple[str, str], str]:
    return {(file.host, file.path): file.config.text for file in bundles.build(of).files}


def plain_diff(before: Design, after: Design) -> dict[tuple[str, str], list[str]]:
    """The plain unified diff of both bundles, without its two head lines."""
    old, new = texts(before), texts(after)
    found = {}
    for key in {*old, *new}:
        pair = (old.get(key, "").splitlines(), new.get(key, "").splitlines())
        lines = list(difflib.unified_diff(*pair, lineterm=""))[2:]
        if lines:
            found[key] = lines
    return found


def changed_lines(before: Design, after: Design) -> Mapping[tuple[str, str], Counter[str]]:
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for key, lines in plain_diff(before, after).items():
        found[key].update(line for line in lines if line[:1] in "+-")
    return found


def lines_of(hunk: Hunk) -> Counter[str]:
    return Counter(sign + text for sign, _, _, text in hunk.lines if sign != " ")


def _same_says(says: str, own: set[str]) -> bool:
    """Servers to which the same happens share a sentence, and the whole change may speak of more servers."""
    return says in own or any(says.partition(": ")[2] == line.partition(": ")[2] != "" for line in own)


def written(diff: FileDiff) -> list[str]:
    return [text for hunk in diff.hunks for text in (hunk.head, *(sign + line for sign, _, _, line in hunk.lines))]


def file_of(diffs: tuple[FileDiff, ...], host: str, name: str) -> FileDiff:
    return next(diff for diff in diffs if diff.host == host and diff.path.endswith(name))


def hunks(diffs: tuple[FileDiff, ...]) -> list[Hunk]:
    return [hunk for diff in diffs for hunk in diff.hunks]


@pytest.mark.slow
@settings(max_examples=20)
@given(st.sampled_from(sorted(STAGES)), st.lists(st.sampled_from(EDITS), min_size=1, max_size=4, unique=True))
def test_the_hunks_are_the_plain_diff_and_each_has_a_cause(stage: str, edits: list[Callable[[Data], None]]) -> None:
    before, after = design(stage), changed(design("big"), *edits)

    diffs = file_diffs(before, after)

    assert {(diff.host, diff.path): written(diff) for diff in diffs} == plain_diff(before, after)
    assert all(hunk.causes and all(hunk.causes) for hunk in hunks(diffs))


@pytest.mark.slow
@settings(max_examples=12)
@given(st.lists(st.sampled_from(EDITS), min_size=2, max_size=4, unique=True))
def test_what_is_not_named_does_not_matter(edits: list[Callable[[Data], None]]) -> None:
    """By the plain way: without an edit of which a hunk names nothing, the same lines change in the same way."""
    before = design("big")
    after = changed(before, *edits)
    diffs = file_diffs(before, after)

    for edit in edits:
        others = [other for other in edits if other is not edit]
        alone = (compare(changed(before, *others), after), compare(before, changed(before, edit)))
        own = {line for diff in alone for line in diff.lines()} | ({ORDER} if edit is databases_swapped else set())
        left = changed_lines(before, changed(before, *others))
        for diff in diffs:
            for hunk in diff.hunks:
                if not any(_same_says(says, own) for says in hunk.causes):
                    assert lines_of(hunk) <= left[diff.host, diff.path]


@pytest.mark.parametrize("edit", [more_web, more_workers, larger_cache, fewer_media, pooled, other_domain])
def test_one_change_is_the_cause_of_all_that_follows(edit: Callable[[Data], None]) -> None:
    before = design("big")
    after = changed(before, edit)

    diffs = file_diffs(before, after)

    [causes_of_all] = {hunk.causes for hunk in hunks(diffs)}
    assert SEVERAL not in causes_of_all


def test_two_changes_that_do_not_meet_are_told_apart() -> None:
    before = design("big")

    diffs = file_diffs(before, changed(before, more_workers, larger_cache))

    [workers] = file_of(diffs, "web1", "gunicorn.conf.py").hunks
    [memory] = file_of(diffs, "cache1", "memcached.conf").hunks
    assert workers.causes == ("gunicorn.workers on web1 to web4: derived → 12",)
    assert memory.causes == ("cache1 and cache2: type small → medium",)


def test_a_line_that_takes_two_changes_names_both() -> None:
    before = design("big")

    diffs = file_diffs(before, changed(before, more_web, more_workers))

    upstream = file_of(diffs, "balancer1", "haproxy.cfg").hunks[0]
    assert upstream.causes[0] == SEVERAL
    assert [says.split(" ")[0] for says in upstream.causes[1:]] == ["web5", "gunicorn.workers"]


def test_causes_speak_of_the_final_addresses() -> None:
    before, after = design("load_balanced"), design("big")

    said = {says for hunk in hunks(file_diffs(before, after)) for says in hunk.causes if says != SEVERAL}

    assert said <= set(compare(before, after).lines())


def test_edits_that_only_hold_together_are_made_together() -> None:
    before = design("big")

    diffs = file_diffs(before, changed(before, own_type, more_workers))

    [memory] = file_of(diffs, "cache1", "memcached.conf").hunks
    assert memory.causes == ("the server type own is added", "cache1 and cache2: type small → own")


def test_what_a_file_asks_of_its_unit_is_told() -> None:
    before = design("big")

    diffs = file_diffs(before, changed(before, larger_cache, without_keepalived))

    memory, gone = file_of(diffs, "cache1", "memcached.conf"), file_of(diffs, "balancer2", "haproxy.cfg")
    assert (memory.what, memory.action, memory.unit, memory.counts) == (
        "changed", "restart", "memcached.service", (3, 3),
    )  # fmt: skip
    assert (gone.what, gone.counts[0]) == ("removed", 0)


def test_lines_carry_their_numbers_on_both_sides() -> None:
    before, after = design("single"), design("split_database")

    for diff in file_diffs(before, after):
        old, new = (texts(side).get((diff.host, diff.path), "").splitlines() for side in (before, after))
        for sign, was, now, text in (line for hunk in diff.hunks for line in hunk.lines):
            assert was is None or old[was - 1] == text
            assert now is None or new[now - 1] == text
            assert (sign == "+") == (was is None)
            assert (sign == "-") == (now is None)


def test_nothing_follows_from_a_note() -> None:
    before = design("big")

    assert file_diffs(before, changed(before, noted)) == ()
    assert file_diffs(before, before) == ()


def test_a_change_too_large_to_be_made_again_names_what_speaks_of_the_host() -> None:
    before = design("big")
    after = changed(before, more_workers, larger_cache)

    diffs = file_diffs(before, after, most=1)

    [memory] = file_of(diffs, "cache1", "memcached.conf").hunks
    assert memory.causes == ("cache1: type small → medium",)
    assert not memory.is_replayed
    assert all(hunk.causes for hunk in hunks(diffs))


def test_more_hosts_than_can_be_made_again_are_still_compared() -> None:
    before = design("big")

    def many(data: Data) -> None:
        tier(data, "web")["servers"]["count"] = 70

    diffs = file_diffs(before, changed(before, many))

    assert {hunk.is_replayed for hunk in hunks(diffs)} == {False}
    assert all(hunk.causes for hunk in hunks(diffs))


def test_a_long_file_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "LONGEST", 5)
    before = design("big")

    diff = file_of(file_diffs(before, changed(before, larger_cache, noted)), "cache1", "memcached.conf")

    assert diff.hunks == ()
    assert diff.trouble.endswith("lines, too many to compare here.")


def test_an_answer_is_kept() -> None:
    before, after = design("single"), design("media_server")

    assert file_diffs(before, after) is file_diffs(before, after)
