"""Hostile strings through names, domains and paths of a plan: refused, or without any effect on a file's structure."""

from __future__ import annotations

import copy
import random
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.topology.bundles.reading import Tree, read
from topology.bundles import build, members
from topology.components import catalogue
from topology.design import Design, TierwrightError
from topology.document import from_data

PLAN: dict[str, Any] = {
    "tierwright": 1,
    "name": "everything",
    "sites": [
        {
            "name": "newspaper",
            "domains": ["www.example.com"],
            "path": "/",
            "app": {"wsgi": "paper.wsgi", "settings": "paper.settings", "directory": "/srv/newspaper/app"},
        },
        {"name": "blog", "domains": ["blog.example.net"]},
    ],
    "tiers": [
        {"name": "balancer", "servers": {"count": 2, "type": "small"}, "roles": ["haproxy", "keepalived", "bind9"]},
        {
            "name": "web",
            "servers": {"count": 1, "type": "medium"},
            "roles": ["nginx", "gunicorn", "memcached", "nfs_client", "pgbouncer"],
        },
        {"name": "media", "servers": {"count": 1, "type": "small"}, "roles": ["nginx_media", "nfs_server"]},
        {
            "name": "database",
            "servers": [
                {"name": "db1", "type": "large", "roles": ["postgresql"]},
                {"name": "db2", "type": "large", "roles": ["postgresql_replica"]},
            ],
        },
    ],
}
"""One server of every kind, so that a name passes through every component that holds files."""

KEPT = 5
Forms = Callable[[str], dict[str, str]]


def _as_written(marker: str) -> Forms:
    return lambda value: {marker: value}


def _slug_forms(marker: str) -> Forms:
    """A slug as it is, as a Python or SQL name, and as systemd escapes it."""
    return lambda value: {
        marker: value,
        marker.replace("-", "_"): value.replace("-", "_"),
        marker.replace("-", "\\x2d"): value.replace("-", "\\x2d"),
    }


def _prefix_forms(marker: str) -> Forms:
    """A URL prefix as it is, and as WSGI has it, without its last slash."""
    return lambda value: {marker: value, marker.rstrip("/"): value.rstrip("/")}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place of the plan that takes a word of a person."""

    name: str
    path: tuple[str | int, ...]
    marker: str
    """A harmless value that stands nowhere else, so that every place it reaches is known."""
    forms: Forms
    """How it is written where it may not stand as it is."""
    sound: str
    """A pattern of values that may be accepted, from which tricky ones are made."""

    def plan(self, value: str) -> dict[str, Any]:
        """The plan with this value in the slot."""
        data = copy.deepcopy(PLAN)
        place: Any = data
        for key in self.path[:-1]:
            place = place[key]
        place[self.path[-1]] = value
        return data


def _slot(name: str, path: tuple[str | int, ...], marker: str, forms: Callable[[str], Forms], sound: str) -> Slot:
    return Slot(name=name, path=path, marker=marker, forms=forms(marker), sound=sound)


SLOTS = (
    _slot("plan name", ("name",), "zq-plan", _slug_forms, "slug"),
    _slot("site name", ("sites", 0, "name"), "zq-site", _slug_forms, "slug"),
    _slot("tier name", ("tiers", 1, "name"), "zq-tier", _slug_forms, "slug"),
    _slot("server name", ("tiers", 3, "servers", 0, "name"), "zq-server", _slug_forms, "slug"),
    _slot("domain", ("sites", 0, "domains", 0), "zq-main.zq-domain.org", _as_written, "domain"),
    _slot("URL path", ("sites", 0, "path"), "/zq-path/", _prefix_forms, "url"),
    _slot("directory", ("sites", 0, "app", "directory"), "/srv/zq-folder", _as_written, "path"),
    _slot("WSGI module", ("sites", 0, "app", "wsgi"), "zq_module.wsgi", _as_written, "dotted"),
    _slot("settings module", ("sites", 0, "app", "settings"), "zq_module.settings", _as_written, "dotted"),
)
"""Every field of a plan whose value is written into files."""

_FRAGMENTS = (
    "\n", "\r\n", "\t", " ", "\0", "\x1b[2J", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff",
    "\u0430", "é", "ß", "İ", "ſ", "K",
    '"', "'", "`", "\\", "\\n", "$", "$(id)", "${PATH}", "$host", "%", "%n", "%i", "%%", "{", "}",
    "{{ 7*7 }}", "{% x %}",
    "{#", ";", "; }", "#", "//", "/*", "*/", "--", "<", ">", "<b>", "<!--", "&", "&amp;", "|",
    "||", "=", "==", ":", "::", ",", "(",
    ")", "[", "]", "[section]", "!", "?", "*", "~", "^", "@", "+", "..", "../", "/..", "/../../etc/passwd", "/.", "./",
    ".hidden", "-rf", "-", "_", "0", "'; DROP TABLE x; --", '"); import os; os.system("id")#', "'''", '"""',
    "\nuser root;\n", "\n}\nserver {\n", "\nlisten stats\n", "\n[Service]\nExecStart=/bin/sh\n", "\n* IN A 10.9.9.9\n",
    " 10.9.9.9(rw)", "\nhost all all 0.0.0.0/0 trust\n", "\n-l 0.0.0.0\n", " accept", "\ninclude /etc/passwd;\n",
    ".\n$INCLUDE /etc/shadow\n", "|/bin/sh", "%include /etc/shadow", "\u0000", "xn--", "a" * 41, "a" * 64, "a" * 254,
)  # fmt: skip
"""What means something to some format, shell or reader."""


def candidates(slot: Slot, count: int, *, seed: int) -> Iterator[str]:
    """Strings for a slot: sound ones, sound ones with something hostile in them, and hostile ones alone."""
    dice = random.Random(f"{seed} {slot.name}")
    for _ in range(count):
        sound = _sound(dice, slot.sound)
        kind = dice.random()
        if kind < 0.15:
            yield sound
        elif kind < 0.85:
            spot = dice.randrange(len(sound) + 1)
            yield sound[:spot] + dice.choice(_FRAGMENTS) + sound[spot + dice.choice((0, 0, 1)) :]
        else:
            yield "".join(dice.choice(_FRAGMENTS) for _ in range(dice.randint(1, 4)))


def _sound(dice: random.Random, kind: str) -> str:
    """A value that the field may take, as long and odd as it likes."""
    return _SOUND[kind](lambda signs, most: "".join(dice.choice(signs) for _ in range(dice.randint(1, most))), dice)


Word = Callable[[str, int], str]
_LOWER, _DIGITS = string.ascii_lowercase, string.digits
_ANY = string.ascii_letters + _DIGITS + "_"


def _slug(word: Word, dice: random.Random) -> str:
    parts = [dice.choice(_LOWER) + word(_LOWER + _DIGITS, 6)]
    return "-".join([*parts, *(word(_LOWER + _DIGITS, 5) for _ in range(dice.randint(0, 3)))])


def _domain(word: Word, dice: random.Random) -> str:
    labels = [word(_LOWER + _DIGITS, 9) for _ in range(dice.randint(1, 3))]
    return ".".join([*labels, word(_LOWER, 6)])


def _url(word: Word, dice: random.Random) -> str:
    return "/" + "".join(word(_ANY, 6) + word("a~.-_", 3) + "/" for _ in range(dice.randint(1, 3)))


def _path(word: Word, dice: random.Random) -> str:
    return "/srv" + "".join("/" + word(_ANY, 5) + word("a.-_", 3) for _ in range(dice.randint(1, 3)))


def _dotted(word: Word, dice: random.Random) -> str:
    return ".".join(word(_ANY, 6) for _ in range(dice.randint(1, 3)))


_SOUND: Mapping[str, Callable[[Word, random.Random], str]] = {
    "slug": _slug, "domain": _domain, "url": _url, "path": _path, "dotted": _dotted,
}  # fmt: skip


@dataclass(kw_only=True)
class Tally:
    """What became of the candidates of one slot."""

    slot: str
    tried: int = 0
    refused: int = 0
    accepted: int = 0
    files: int = 0
    """Files that were rendered and read back."""
    changed: list[str] = field(default_factory=list)
    """Values that changed a file's structure; there must be none."""
    designs: list[Design] = field(default_factory=list)
    """The first few designs that were accepted, for the real programs."""


def try_slot(slot: Slot, count: int, *, seed: int) -> Tally:
    """Put `count` candidates into a slot. Any error but a refusal in words is a fault, and raised."""
    tally = Tally(slot=slot.name)
    for value in candidates(slot, count, seed=seed):
        tally.tried += 1
        try:
            design = from_data(slot.plan(value), catalogue=catalogue())
            trees = trees_of(design)
        except TierwrightError:
            tally.refused += 1
            continue
        tally.accepted += 1
        tally.designs += [design] if len(tally.designs) < KEPT else []
        tally.files += len(trees)
        if trees != expected(slot, value):
            tally.changed.append(value)
    return tally


def trees_of(design: Design) -> Mapping[str, Tree]:
    """Every file that the design's bundle holds, read back; UnicodeError, SyntaxError ... where one cannot be read."""
    made = members(build(design))
    return {
        member.path: _without_serial(read(member.path, member.content.decode()))
        for member in made
        if _is_read(member.path)
    }


def _is_read(path: str) -> bool:
    """Rendered files, and what a person is told to paste; JSON and YAML are written by libraries that escape."""
    return "/rootfs/" in path or path.endswith((".csv", "PREPARE.md", "cluster/hosts"))


def _without_serial(tree: Tree) -> Tree:
    """A zone's serial number, the first in the brackets of its SOA, follows from its records and so from every name."""
    if not isinstance(tree, list):
        return tree
    if "SOA" in tree and "(" in tree:
        spot = tree.index("(") + 1
        return [*tree[:spot], "serial", *tree[spot + 1 :]]
    return [_without_serial(inner) for inner in tree]


def expected(slot: Slot, value: str) -> Mapping[str, Tree]:
    """The baseline's files, with the value in the marker's places and nothing else changed."""
    forms = slot.forms(value)
    return {_swap(path, forms): _swap(tree, forms) for path, tree in _baseline(slot.name).items()}


@cache
def _baseline(name: str) -> Mapping[str, Tree]:
    slot = next(slot for slot in SLOTS if slot.name == name)
    return trees_of(from_data(slot.plan(slot.marker), catalogue=catalogue()))


def _swap(tree: Any, forms: Mapping[str, str]) -> Any:
    if isinstance(tree, list):
        return [_swap(inner, forms) for inner in tree]
    if not isinstance(tree, str):
        return tree
    pattern = "|".join(re.escape(marker) for marker in sorted(forms, key=len, reverse=True))
    return re.sub(pattern, lambda match: forms[match.group()], tree)
