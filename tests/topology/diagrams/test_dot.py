"""From a picture to DOT: order is kept, words stay words, links stay on the site."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from tests.builders import hostile_texts
from topology.components import PUBLIC
from topology.diagrams import Drawing
from topology.diagrams.dot import no_link, percent, rate_text, to_dot
from topology.diagrams.picture import Arrow, Box, Group, Picture
from topology.diagrams.style import HUES


def box(name: str, **changes: Any) -> Box:
    plain = Box(
        name=name, tier="web", count=1, names=(name,), facts="small · 2 cores", address="10.0.0.11", roles=("nginx",)
    )
    return replace(plain, **changes)


def picture(*boxes: Box, arrows: tuple[Arrow, ...] = ()) -> Picture:
    return Picture(title="A site", groups=(Group(name="web", hue=HUES["web"], boxes=boxes),), arrows=arrows)


def parsed(dot: str) -> dict[str, Any]:
    """What Graphviz itself reads in the DOT."""
    done = subprocess.run(["dot", "-Tdot_json"], input=dot.encode(), capture_output=True, check=True, timeout=30)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_servers_stand_in_the_order_of_the_plan() -> None:
    found = parsed(to_dot(picture(*(box(f"web{n}") for n in (1, 2, 3, 4)))))

    invisible = [(edge["tail"], edge["head"]) for edge in found["edges"] if edge.get("style") == "invis"]
    names = {item["_gvid"]: item["name"] for item in found["objects"]}
    assert [(names[a], names[b]) for a, b in invisible] == [
        ("server_web1", "server_web2"), ("server_web2", "server_web3"), ("server_web3", "server_web4"),
    ]  # fmt: skip


def test_an_arrow_goes_from_tier_to_tier_with_port_and_flow() -> None:
    arrow = Arrow(client=PUBLIC, server="web", service="web", port="80/tcp", rate=12.34)

    [edge] = parsed(to_dot(picture(box("web1"), arrows=(arrow,))))["edges"]

    assert edge["lhead"] == "cluster_web"
    assert "80/tcp" in edge["label"]
    assert "12.3/s" in edge["label"]


@settings(max_examples=25, deadline=None)
@given(text=hostile_texts.filter(lambda text: "\x00" not in text and text.isprintable()))
def test_words_never_change_the_structure(text: str) -> None:
    calm, hostile = box("web1"), box("web1", facts=text, address=text, roles=(text,))

    plain, attacked = parsed(to_dot(picture(calm))), parsed(to_dot(picture(hostile)))

    assert [item["name"] for item in plain["objects"]] == [item["name"] for item in attacked["objects"]]
    assert [sorted(item) for item in plain["objects"]] == [sorted(item) for item in attacked["objects"]]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "https://evil.example", "data:x"])
def test_a_link_that_leaves_the_site_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="relative"):
        to_dot(picture(box("web1")), lambda kind, name: address)


def test_a_link_is_on_the_server() -> None:
    dot = to_dot(picture(box("web1")), lambda kind, name: f"?{kind}={name}" if kind == "server" else None)

    assert "?server=web1" in dot


@pytest.mark.parametrize("kind", ["server", "tier"])
def test_without_links_there_are_none(kind: str) -> None:
    no_link(kind, "web1")

    assert "URL" not in to_dot(picture(box("web1")))


@pytest.mark.parametrize(("share", "text"), [(0.004, "0.4 %"), (0.0994, "9.9 %"), (0.0999, "10 %"), (1.2, "120 %")])
def test_shares(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("rate", "text"), [(0.04, "0.04/s"), (9.99, "10.0/s"), (350, "350/s"), (12345.6, "12,346/s")])
def test_rates(rate: float, text: str) -> None:
    assert rate_text(rate) == text


def test_a_tier_that_grows_says_how_many_servers_it_had_and_has() -> None:
    kept, new, gone = box("web1"), box("web2", state="added"), box("web3", state="removed")

    assert "<b>web ×1 → 2</b>" in to_dot(picture(kept, new))
    assert "<b>web ×2 → 1</b>" in to_dot(picture(kept, gone))
    assert "<b>web ×2</b>" in to_dot(picture(kept, new, gone))


def test_what_a_forecast_adds_can_be_told_from_the_rest() -> None:
    drawn = Drawing(picture(box("web1", cpu=0.5))).svg

    assert re.search(r'<text class="fill-muted load"[^>]*>CPU 50 %</text>', drawn)
    assert "load" not in Drawing(picture(box("web1"))).svg


def test_roles_that_come_or_go_can_be_told_from_those_that_stay() -> None:
    changed = box("web1", state="changed", roles=("nginx", "+ pgbouncer", "gunicorn", "− apache"))

    drawn = Drawing(picture(changed)).svg

    assert re.search(r'<text class="fill-ink comes"[^>]*>\+ pgbouncer</text>', drawn)
    assert re.search(r'<text class="fill-ink goes"[^>]*>− apache</text>', drawn)
    assert re.search(r'<text class="fill-ink"[^>]*>nginx, gunicorn</text>', drawn)
