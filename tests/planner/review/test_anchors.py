"""Places that people talk about: written one way, found on any revision, and carried as a plain oracle says."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.review.anchors import (
    LONGEST_QUOTE,
    NEAR,
    Anchor,
    Carried,
    Found,
    Gone,
    Sight,
    carry,
    nearest,
    parse,
    quote_of,
    resolve,
)
from tests.builders import NEWSPAPER, hostile_texts, newspaper, slugs, words
from topology.components import catalogue
from topology.design import Design
from topology.document import from_data
from topology.errors import TierwrightError

PLAN: dict[str, Any] = {
    **NEWSPAPER,
    "tiers": [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]},
        {
            "name": "database",
            "servers": [{"name": "db1", "type": "large", "address": "10.0.0.31"}],
            "roles": [{"postgresql": {"max_connections": 50}}],
        },
    ],
}
parts = st.sampled_from((".htaccess", r"srv-my\x2dsite-media.mount")) | st.from_regex(
    r"[A-Za-z0-9_][A-Za-z0-9._@-]{0,8}", fullmatch=True
)
paths = st.lists(parts, min_size=1, max_size=5).map("/".join)
anchors = st.one_of(
    st.just(Anchor()),
    st.builds(Anchor, kind=st.sampled_from(("tier", "server")), owner=slugs),
    st.builds(Anchor, kind=st.just("setting"), owner=slugs, role=words, setting=words),
    st.builds(
        Anchor, kind=st.just("file"), owner=slugs, path=paths, line=st.none() | st.integers(1, 9_999_999)
    ),
    st.builds(Anchor, kind=st.just("metric"), owner=words),
    st.builds(Anchor, kind=st.just("check"), owner=slugs),
)  # fmt: skip


def sight(data: dict[str, Any] | None = None, lines: list[str] | None = None) -> Sight:
    """A look at a plan, with one file on web1."""
    return look_at(from_data(data or PLAN, catalogue=catalogue()), lines)


def look_at(design: Design, lines: list[str] | None = None) -> Sight:
    """The same for a design."""
    text = None if lines is None else "".join(f"{line}\n" for line in lines)
    return Sight(
        design,
        text_of=lambda host, path: text if (host, path) == ("web1", "etc/x.conf") else None,
        figure_of={"p95": "310 ms"}.get,
        check_of={"budget": "over by 20"}.get,
    )


@given(anchors)
def test_an_anchor_reads_as_it_is_written(anchor: Anchor) -> None:
    assert parse(str(anchor)) == anchor
    assert anchor.title


@given(st.one_of(hostile_texts, st.builds("{}:{}".format, st.sampled_from(("tier", "file", "setting")), hostile_texts)))
def test_whatever_is_read_is_written_the_same(text: str) -> None:
    try:
        anchor = parse(text)
    except TierwrightError:
        return
    assert str(anchor) == text


@pytest.mark.parametrize(
    "text",
    [
        "tier", "tier:", "tier:Web", "tier:web\n", " tier:web", "tier:web ", "plan:web", "tier:web/x", "server:-a",
        "setting:web", "setting:web/gunicorn", "setting:web/gunicorn.", "setting:web/gunicorn.a.b", "file:web1",
        "file:web1/", "file:web1//etc/passwd", "file:web1/../etc/passwd", "file:web1/etc/.ssh/x", "file:web1/etc/x#0",
        "file:web1/etc/x#01", "file:web1/etc/x#-1", "file:web1/etc/x#1 ", "file:web1/etc/x#99999999", "metric:p95;",
        "check:a b", "tier:w\u00e9b", "tier:\u0661", "tier:a\x00", "javascript:alert(1)", "file:web1/" + "a" * 300,
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(TierwrightError, match="names no place of a proposal"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("tier:web", "2 × medium: nginx, gunicorn"),
        ("server:db1", "large at 10.0.0.31: postgresql"),
        ("setting:web/gunicorn.workers", "9"),
        ("setting:web1/gunicorn.workers", "9"),
        ("setting:database/postgresql.max_connections", "50"),
        ("file:web1/etc/x.conf#2", "two"),
        ("metric:p95", "310 ms"),
        ("check:budget", "over by 20"),
    ],
)
def test_what_stands_at_a_place_is_told(text: str, value: str) -> None:
    assert resolve(parse(text), sight(lines=["one", "two"])) == Found(anchor=parse(text), value=value)


def test_a_derived_setting_says_so() -> None:
    assert quote_of(parse("setting:web/gunicorn.threads"), sight()).endswith(", derived")


def test_a_file_is_told_by_its_length_and_digest() -> None:
    assert quote_of(parse("file:web1/etc/x.conf"), sight(lines=["one"])).startswith("1 lines, SHA-256 ")


def test_servers_of_a_tier_that_differ_are_told_apart() -> None:
    plan = deepcopy(PLAN)
    plan["tiers"][0]["servers"] = [
        {"name": "web1", "type": "medium"},
        {"name": "web2", "type": "large", "settings": {"gunicorn": {"workers": 17}}},
    ]

    assert quote_of(parse("setting:web/gunicorn.workers"), sight(plan)) == "9 or 17"
    assert quote_of(parse("tier:web"), sight(plan)) == "1 × medium, 1 × large: nginx, gunicorn"


@pytest.mark.parametrize(
    "text",
    [
        "tier:cache", "server:web3", "setting:web/gunicorn.nothing", "setting:web/apache.workers",
        "setting:cache/gunicorn.workers", "file:web1/etc/y.conf", "file:web2/etc/x.conf#1", "file:web1/etc/x.conf#3",
        "metric:luck", "check:luck",
    ],
)  # fmt: skip
def test_a_place_that_is_not_there_is_gone(text: str) -> None:
    look = sight(lines=["one", "two"])

    assert resolve(parse(text), look) == Gone(anchor=parse(text))
    assert carry(parse(text), "old", look) == Carried(anchor=parse(text), state="gone", was="old")
    with pytest.raises(TierwrightError, match="there is no such place"):
        quote_of(parse(text), look)


def test_a_plan_that_does_not_hold_together_still_shows_what_is_written() -> None:
    assert resolve(parse("tier:web"), look_at(newspaper())) == Found(
        anchor=parse("tier:web"), value="2 × medium: runs nothing"
    )


def test_a_value_that_changed_is_told_with_what_it_was() -> None:
    later = deepcopy(PLAN)
    later["tiers"][0]["roles"][1]["gunicorn"]["workers"] = 5

    carried = carry(parse("setting:web/gunicorn.workers"), "9", sight(later))

    assert (carried.state, carried.was, carried.now) == ("changed", "9", "5")


@given(
    st.lists(st.sampled_from("abc"), max_size=120),
    st.sampled_from("abcd"),
    st.integers(1, 130),
)
def test_the_nearest_line_of_the_same_text_is_as_brute_force_says(lines: list[str], quote: str, number: int) -> None:
    same = [n for n, line in enumerate(lines, start=1) if line == quote and abs(n - number) <= NEAR]

    assert nearest(lines, quote, number) == min(same, key=lambda n: (abs(n - number), n), default=None)


def test_a_long_line_is_followed_by_its_beginning() -> None:
    line = "x" * 900
    quote = quote_of(parse("file:web1/etc/x.conf#1"), sight(lines=[line]))

    assert len(quote) == LONGEST_QUOTE
    assert carry(parse("file:web1/etc/x.conf#1"), quote, sight(lines=["new", line])).anchor.line == 2


# --- 300 random edits, as a plain oracle says ------------------------------------------------------------------------


def edited(data: dict[str, Any], lines: list[str], chance: random.Random) -> None:
    """One random edit of the plan or of the file."""
    if chance.random() < 0.5:
        _edit_lines(lines, chance)
    else:
        _edit_tiers(data["tiers"], chance)


def _edit_lines(lines: list[str], chance: random.Random) -> None:
    match chance.randrange(3):
        case 0:
            lines.insert(chance.randint(0, len(lines)), chance.choice(("new", "}", "listen 80;")))
        case 1 if lines:
            del lines[chance.randrange(len(lines))]
        case 2 if lines:
            lines[chance.randrange(len(lines))] = "changed"


def _edit_tiers(tiers: list[dict[str, Any]], chance: random.Random) -> None:
    tier, name = chance.choice(tiers), chance.choice(("web", "database", "cache"))
    match chance.randrange(4):
        case 0:
            tier["servers"] = {"count": chance.randint(1, 4), "type": chance.choice(("small", "medium", "large"))}
        case 1 if len(tiers) > 1:
            tiers.remove(tier)
        case 2 if all(other["name"] != name for other in tiers):
            tiers.append({"name": name, "servers": {"count": 1, "type": "small"}, "roles": ["memcached"]})
        case 3:
            tier["roles"] = [chance.choice(("nginx", {"gunicorn": {"workers": chance.randint(8, 10)}}))]


def oracle(anchor: str, quote: str, data: dict[str, Any], lines: list[str]) -> tuple[str, str, str]:
    """State, anchor and value now, told without the code under test."""
    kind, _, rest = anchor.partition(":")
    tiers = {tier["name"]: tier for tier in data["tiers"]}
    if kind == "file":
        number = int(rest.partition("#")[2])
        there = {abs(n - number) + (0.5 if n > number else 0): n for n, line in enumerate(lines, 1) if line == quote}
        found = there[min(there)] if there and min(there) < NEAR + 1 else None
        return ("gone", anchor, "") if found is None else ("same", f"file:web1/etc/x.conf#{found}", quote)
    if kind == "tier":
        now = _tier_in_words(tiers[rest]) if rest in tiers else None
    else:
        roles = tiers.get("web", {}).get("roles", [])
        now = next((str(r["gunicorn"]["workers"]) for r in roles if isinstance(r, dict) and "gunicorn" in r), None)
    if now is None:
        return "gone", anchor, ""
    return ("same" if now == quote else "changed"), anchor, now


def _tier_in_words(tier: dict[str, Any]) -> str:
    servers = tier["servers"]
    kinds = [servers["type"]] * servers["count"] if isinstance(servers, dict) else [s["type"] for s in servers]
    names = [role if isinstance(role, str) else next(iter(role)) for role in tier["roles"]]
    return f"{len(kinds)} × {kinds[0]}: {', '.join(names)}"


def test_talks_are_carried_over_300_random_edits_as_a_plain_oracle_says() -> None:
    states = set()
    for seed in range(4):
        chance, data = random.Random(seed), deepcopy(PLAN)
        lines = [f"line {number}" if number % 3 else "}" for number in range(90)]
        talks = [(f"file:web1/etc/x.conf#{number}", lines[number - 1]) for number in (1, 2, 40, 41, 90)]
        talks += [("tier:web", "2 × medium: nginx, gunicorn"), ("setting:web/gunicorn.workers", "9")]
        for _ in range(300):
            edited(data, lines, chance)
            look = look_at(from_data(deepcopy(data), catalogue=catalogue()), lines)
            for anchor, quote in talks:
                carried = carry(parse(anchor), quote, look)
                states.add((anchor.partition(":")[0], carried.state))
                assert (carried.state, str(carried.anchor), carried.now) == oracle(anchor, quote, data, lines)

    assert states >= {("setting", state) for state in ("same", "changed", "gone")}
    assert states >= {("file", "same"), ("file", "gone"), ("tier", "changed"), ("tier", "gone")}
