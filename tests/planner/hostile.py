"""Hostile strings through pages and drawings: whatever is typed, the structure of what comes back stays the same."""

from __future__ import annotations

import copy
import json
import random
import string
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from tests import builders
from topology.diagrams.dot import to_dot
from topology.diagrams.picture import Box, Group, Picture
from topology.diagrams.style import HUES
from topology.models import Plan

HARMLESS = "harmless"
_PARTS = (
    *(
        "<b>",
        "</p>",
        "<script>x</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "&amp;",
        "&#60;",
        '"',
        "'",
        "`",
        "=",
        ">",
        "/>",
        "\\",
    ),
    *(
        "{{ x }}",
        "{% x %}",
        "${x}",
        "$(x)",
        "javascript:x",
        '" onload="x',
        "\u202e",
        "\u2066",
        "\x00",
        "\x1b",
        "\n",
        "\t",
    ),
    *("]]>", "%s", "%00", "'; --", "\\n", "\\N", "\\G", "|", "{", "}", "<table>", "</table>", "<br/>", "é", "漢", "🙂"),
)
Tags = list[tuple[str, tuple[str, ...]]]


def strings(count: int, *, seed: int) -> Iterator[str]:
    """So many strings of up to 60 characters, of pieces that mean something somewhere and of plain letters."""
    chance = random.Random(seed)
    for _ in range(count):
        pieces = [
            chance.choice(_PARTS) if chance.random() < 0.7 else _word(chance) for _ in range(chance.randint(1, 6))
        ]
        yield "".join(pieces)[:60]


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_letters + string.digits + " .-_", k=chance.randint(1, 8)))


class _Structure(HTMLParser):
    """Every tag of a page with the names of its attributes, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Tags = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", ()))


def structure(page: str) -> Tags:
    """The structure of a page."""
    parser = _Structure()
    parser.feed(page)
    parser.close()
    return parser.tags


def start_page(client: Client, plan: Plan, name: str) -> str:
    """The start page with a plan of this name, as if the database held it."""
    Plan.objects.filter(pk=plan.pk).update(name=name.replace("\x00", "")[:80])
    return client.get(reverse("start")).content.decode()


def editor_page(client: Client, plan: Plan, draft: dict[str, Any], name: str) -> str:
    """The editor's answer to a tier of this name, which stays in the form with what is wrong with it."""
    fields = {"draft": json.dumps(draft), "parent": "x", "act": "add-tier", "new.name": name, "new.type": "small"}
    return client.post(reverse("editor", args=[plan.slug]), fields).content.decode()


def broken_drawings(texts: list[str]) -> int:
    """How many boxes Graphviz reads otherwise than one box for each text, all drawn in one picture."""
    boxes = tuple(
        Box(name=text, tier="web", count=1, names=(f"web{n}",), facts=text, address=text, roles=(text,))
        for n, text in enumerate(texts)
    )
    dot = to_dot(Picture(title=texts[0], groups=(Group(name="web", hue=HUES["web"], boxes=boxes),), arrows=()))
    done = subprocess.run(["dot", "-Tdot_json"], input=dot.encode(), capture_output=True, check=False, timeout=120)
    if done.returncode:
        return len(texts)
    names = [item["name"] for item in json.loads(done.stdout)["objects"] if item["name"].startswith("server_")]
    return len({f"server_web{n}" for n in range(len(texts))} ^ set(names)) + abs(len(names) - len(texts))


def draft() -> dict[str, Any]:
    """The draft that the editor's form carries."""
    return copy.deepcopy(builders.NEWSPAPER)
