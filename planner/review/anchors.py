"""The places of a proposal that people talk about: how each is written, what stands there, and where it went since."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from topology import components
from topology.components import Cluster, Placed
from topology.design import Design, Host
from topology.errors import Place, TierwrightError
from topology.weighing import METRICS

Kind = Literal["", "tier", "server", "setting", "file", "metric", "check"]
State = Literal["same", "changed", "gone"]
LONGEST = 300
"""Characters of an anchor."""
LONGEST_QUOTE = 500
"""Characters that are kept of what stood at a place."""
NEAR = 40
"""Lines by which a line may have moved and is still the same place."""
TITLES = {str(metric.key): metric.title for metric in METRICS}
_SLUG = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_WORD = r"[a-z][a-z0-9_]*"
_NAME = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
_PATH = r"(?:\.htaccess|[A-Za-z0-9_](?:[A-Za-z0-9._@-]|\\x[0-9a-f]{2})*)"
_GRAMMAR: dict[Kind, re.Pattern[str]] = {
    "tier": re.compile(rf"tier:(?P<owner>{_SLUG})", re.ASCII),
    "server": re.compile(rf"server:(?P<owner>{_SLUG})", re.ASCII),
    "setting": re.compile(rf"setting:(?P<owner>{_SLUG})/(?P<role>{_WORD})\.(?P<setting>{_WORD})", re.ASCII),
    "file": re.compile(
        rf"file:(?P<owner>{_SLUG})/(?P<path>{_PATH}(?:/{_PATH})*)(?:#(?P<line>[1-9][0-9]{{0,6}}))?", re.ASCII
    ),
    "metric": re.compile(rf"metric:(?P<owner>{_WORD})", re.ASCII),
    "check": re.compile(rf"check:(?P<owner>{_NAME})", re.ASCII),
}


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A place, taken apart; the whole proposal where it has no kind."""

    kind: Kind = ""
    owner: str = ""
    """The tier, the server, the host of a file, the figure or the check."""
    role: str = ""
    setting: str = ""
    path: str = ""
    line: int | None = None

    def __str__(self) -> str:
        if self.kind == "setting":
            return f"setting:{self.owner}/{self.role}.{self.setting}"
        if self.kind == "file":
            return f"file:{self.owner}/{self.path}" + (f"#{self.line}" if self.line else "")
        return f"{self.kind}:{self.owner}" if self.kind else ""

    @property
    def title(self) -> str:
        """The place as a person would say it."""
        match self.kind:
            case "setting":
                return f"{self.role}.{self.setting} of {self.owner}"
            case "file":
                return (f"line {self.line} of " if self.line else "") + f"/{self.path} on {self.owner}"
            case "metric":
                return TITLES.get(self.owner, self.owner.replace("_", " "))
            case "":
                return "the proposal"
        return f"the {self.kind} {self.owner.replace('_', ' ')}"


@dataclass(frozen=True)
class Sight:
    """A revision as anchors look at it; files, figures and checks are made only where one asks for them."""

    design: Design
    text_of: Callable[[str, str], str | None]
    """The text of a file by host and path; None where there is none."""
    figure_of: Callable[[str], str | None]
    """A figure in words by its key."""
    check_of: Callable[[str], str | None]
    """What a check says, by its name."""

    @cached_property
    def cluster(self) -> Cluster | None:
        """The design resolved; None where it does not hold together."""
        try:
            return components.resolve(self.design)
        except TierwrightError:
            return None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A place that is there, and what stands at it."""

    anchor: Anchor
    value: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A place that is not there."""

    anchor: Anchor


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A place on a later revision than the one that the talk about it began on."""

    anchor: Anchor
    """Where it is now: a line may have another number."""
    state: State
    was: str
    """What stood there when the talk began."""
    now: str = ""
    """What stands there; empty where it is gone."""


def parse(text: str) -> Anchor:
    """The anchor that a text writes; TierwrightError where it is none."""
    if not text:
        return Anchor()
    kind = text.partition(":")[0]
    pattern = next((pattern for name, pattern in _GRAMMAR.items() if name == kind), None)
    found = pattern.fullmatch(text) if pattern and len(text) <= LONGEST else None
    if found is None:
        raise TierwrightError(
            "this names no place of a proposal; a place is tier:web, server:web1, setting:web/gunicorn.workers,"
            " file:web1/etc/nginx/nginx.conf#12, metric:p95 or check:budget, or nothing for the whole",
            place=Place(path="anchor"),
        )
    named = found.groupdict()
    line = named.pop("line", None)
    return Anchor(kind=next(name for name in _GRAMMAR if name == kind), **named, line=int(line) if line else None)


def resolve(anchor: Anchor, sight: Sight) -> Found | Gone:
    """What stands at the place in this revision."""
    value = _value(anchor, sight)
    return Gone(anchor=anchor) if value is None else Found(anchor=anchor, value=value[:LONGEST_QUOTE])


def quote_of(anchor: Anchor, sight: Sight) -> str:
    """What a talk that begins now keeps of its place; TierwrightError where the place is not there."""
    found = resolve(anchor, sight)
    if isinstance(found, Gone):
        raise TierwrightError(f"there is no such place: {anchor.title}", place=Place(path="anchor"))
    return found.value


def carry(anchor: Anchor, quote: str, sight: Sight) -> Carried:
    """The place on this revision: where it is now, and whether what stood there still does."""
    if anchor.kind == "file" and anchor.line:
        return _follow(anchor, quote, sight)
    found = resolve(anchor, sight)
    if isinstance(found, Gone):
        return Carried(anchor=anchor, state="gone", was=quote)
    return Carried(anchor=anchor, state="same" if found.value == quote else "changed", was=quote, now=found.value)


def _follow(anchor: Anchor, quote: str, sight: Sight) -> Carried:
    """A line is where its text is: at its number, or at the nearest one near by."""
    text = sight.text_of(anchor.owner, anchor.path)
    number = nearest([] if text is None else text.splitlines(), quote, anchor.line or 1)
    if number is None:
        return Carried(anchor=anchor, state="gone", was=quote)
    return Carried(anchor=replace(anchor, line=number), state="same", was=quote, now=quote)


def nearest(lines: Sequence[str], quote: str, number: int) -> int | None:
    """The number (from 1) of the line with this text that is nearest to `number`, the earlier of two."""
    for distance in range(NEAR + 1):
        for candidate in dict.fromkeys((number - distance, number + distance)):
            if 1 <= candidate <= len(lines) and lines[candidate - 1][:LONGEST_QUOTE] == quote:
                return candidate
    return None


def _value(anchor: Anchor, sight: Sight) -> str | None:
    match anchor.kind:
        case "":
            return ""
        case "tier":
            return _tier(anchor.owner, sight.design)
        case "server":
            return next((_server(host) for host in sight.design.hosts if host.name == anchor.owner), None)
        case "setting":
            return _setting(anchor, sight)
        case "file":
            return _file(anchor, sight)
        case "metric":
            return sight.figure_of(anchor.owner)
    return sight.check_of(anchor.owner)


def _tier(name: str, design: Design) -> str | None:
    hosts = [host for host in design.hosts if host.tier == name]
    if not hosts:
        return None
    kinds = dict.fromkeys(host.type_name for host in hosts)
    counts = ", ".join(f"{sum(host.type_name == kind for host in hosts)} × {kind}" for kind in kinds)
    return f"{counts}: {_listed(role.name for host in hosts for role in host.roles)}"


def _server(host: Host) -> str:
    return f"{host.type_name} at {host.address}: {_listed(role.name for role in host.roles)}"


def _listed(names: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "runs nothing"


def _file(anchor: Anchor, sight: Sight) -> str | None:
    text = sight.text_of(anchor.owner, anchor.path)
    if text is None:
        return None
    lines = text.splitlines()
    if anchor.line is None:
        return f"{len(lines)} lines, SHA-256 {hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return lines[anchor.line - 1] if anchor.line <= len(lines) else None


def _setting(anchor: Anchor, sight: Sight) -> str | None:
    """The setting on every server of its tier, or on its server; several where they differ."""
    hosts = _alike(hosts_of(anchor.owner, sight.design))
    found = dict.fromkeys(filter(None, (_setting_on(host, anchor, sight.cluster) for host in hosts)))
    return " or ".join(found) or None


def hosts_of(owner: str, design: Design) -> list[Host]:
    """The servers of the tier of that name, else the server of that name."""
    tier = [host for host in design.hosts if host.tier == owner]
    return tier or [host for host in design.hosts if host.name == owner]


def _alike(hosts: Sequence[Host]) -> list[Host]:
    """One of each run of servers that do the same on the same type; the rest would say the same again."""
    firsts: dict[tuple[str, int], Host] = {}
    for host in hosts:
        # Servers without settings of their own share their tier's roles, the very same tuple.
        firsts.setdefault((host.type_name, id(host.roles)), host)
    return list(firsts.values())


def _setting_on(host: Host, anchor: Anchor, cluster: Cluster | None) -> str | None:
    role = next((role for role in host.roles if role.name == anchor.role), None)
    if role is not None and anchor.setting in role.settings:
        return written(role.settings[anchor.setting])
    placed = _placed(host, anchor.role, cluster)
    if placed is None or anchor.setting not in placed.component.settings.model_fields:
        return None
    return _derived(placed, anchor.setting)


def _placed(host: Host, role: str, cluster: Cluster | None) -> Placed | None:
    there = cluster.by_host[host.name] if cluster else ()
    return next((item for item in there if item.role.name == role), None)


def _derived(placed: Placed, setting: str) -> str:
    try:
        value = placed.component.size(placed).values.get(setting)
    except TierwrightError:
        value = None
    return "not said" if value is None else f"{written(value)}, derived"


def written(value: object) -> str:
    """A setting as a plan file would say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
