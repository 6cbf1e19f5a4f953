"""Published deployments planned by one rule, beside the servers that they had: the counts, and the headroom left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from tests.evidence import Cell, Evidence
from topology.capacity import Need, forecast, headroom_of, needs, read_traffic, workload_of_traffic
from topology.components import catalogue
from topology.design import Design, TierwrightError
from topology.document import from_data
from topology.workload import Workload

ISSUE = 2
HEADROOM = 0.5
FACTOR = 2.0
"""What counts as a hit: not more than twice and not less than half of what they had."""
DATA = Path(__file__).parent / "data" / "published.json"
ROLES: Mapping[str, tuple[Any, ...]] = {
    "balancer": ("haproxy",),
    "web": ("nginx", "gunicorn"),
    "cache": ("memcached",),
    "database": ("postgresql", "pgbouncer"),
    "media": ("nginx_media",),
}
"""What each kind of tier runs in the plan: today's programs in the place of theirs."""
RULE = """\
One rule for all, and nothing fitted to a site:

1. **Traffic** as they told it. A rate a second is taken for the peak; of a longer time the busiest hour is twice the
   mean (a guess, 1.5 to 3). Hits are 10 % pages, 30 % and 60 % files; of the requests that reach an application 30 %
   are pages, unless they told how many; calls of a service within other sites are no pages.
2. **Costs** of the table of demands: a page 12 ms of CPU on the reference core and 2 ms in the database, a call 4 and
   0.7 ms. They are guesses (2 to 60 ms a page), so the range of a count is wide, and it is shown.
3. **Servers** of their kind from the catalogue; where they do not say, a dual-socket server of the year, or of
   the year in which they were bought.
4. **Count** by the forecast, up from one server in each tier, with half of the capacity left free at the peak.

*Judged* are tiers that work for every request where traffic, number and processors are known. The others are shown
with the same rule, and say why they cannot decide anything. *They had free* is the headroom that the engine gives
their own number of servers: with it as the headroom, our count would be theirs."""
WHY = """\
Where we are off, and why:

- **PlentyOfFish** needed less than half. 600 pages a second on its 16 cores leave at most 11 ms a page on the
  reference core, and half of that if the servers were half busy: compiled pages of ASP.NET, not of Python.
- **Stack Exchange 2011, AMO, Tumblr and Bumper Sticker** had two to twelve times what we plan. Stack Exchange says
  that its web servers were 5 to 20 % busy, so most of that is headroom; AMO's servers answered update checks that the
  told traffic leaves out.
- **Wikipedia, Reddit and Digg**: pages that take far longer than our middle guess (Wikimedia wrote in 2004 of 0.2 to
  3 seconds a page), and fleets of many ages.
- **Caches and balancers**: we plan them for their work, one is enough almost everywhere. They are bought for memory,
  and in pairs so that one may fail.
- **Databases** are bought for memory, disks and safety; the CPU of a query is the least of it. A tier that says *one
  must do it* has the work of so many servers; it cannot be shared out by adding servers.

Only an access log, and how busy the server was, narrow the range to something to buy by."""


class Facts(TypedDict):
    """An entry of the file, as far as it is read here."""

    id: str
    stack: str
    traffic: str
    """As `read_traffic` reads it."""
    page_share: NotRequired[float]
    source: str
    types: dict[str, str]
    """By tier."""
    servers: dict[str, int]
    """By tier."""
    total: NotRequired[int]
    hardware_known: bool


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What somebody published, and our plan of it."""

    facts: Facts

    @property
    def name(self) -> str:
        """The entry's name."""
        return self.facts["id"]

    @property
    def theirs(self) -> Mapping[str, int]:
        """Their number of servers, by tier."""
        return self.facts["servers"]

    @cached_property
    def workload(self) -> Workload:
        """Their traffic by rule."""
        traffic = replace(read_traffic(self.facts["traffic"]), page_share=self.facts.get("page_share"))
        return workload_of_traffic(traffic, source=self.facts["source"])

    def design(self, counts: Mapping[str, int]) -> Design:
        """Their tiers with these numbers of servers; a database where they told of none, since pages need one."""
        types = dict(self.facts["types"])
        types.setdefault("database", types["web"])
        ordered = [tier for tier in ROLES if tier in types]
        tiers = [
            {
                "name": tier,
                "servers": {"count": counts.get(tier, 1), "type": types[tier]},
                "roles": list(ROLES[tier]),
            }
            for tier in ordered
        ]
        sites = [{"name": "site", "domains": ["www.example.com"]}]
        return from_data({"tierwright": 1, "name": self.name, "sites": sites, "tiers": tiers}, catalogue=catalogue())

    @cached_property
    def planned(self) -> Mapping[str, Need]:
        """What we plan, by tier."""
        return {need.tier: need for need in needs(self.design({}), self.workload, headroom=HEADROOM)}

    @cached_property
    def had_free(self) -> Mapping[str, float]:
        """The headroom that the engine gives their own numbers of servers."""
        return headroom_of(forecast(self.design(self.theirs), self.workload)) if self.theirs else {}

    def is_judged(self, tier: str) -> bool:
        """Traffic, number and processors are known, and every request passes here or there is no second to share."""
        theirs = self.theirs.get(tier)
        shared_out = tier in ("web", "media") or (tier == "database" and theirs == 1)
        return theirs is not None and self.facts["hardware_known"] and shared_out


def deployments() -> tuple[Deployment, ...]:
    """Every entry of the file."""
    return tuple(Deployment(facts=facts) for facts in json.loads(DATA.read_text(encoding="utf-8")))


def factor(ours: int, theirs: int) -> float:
    """How many times one is of the other, 1 or more."""
    return max(ours / theirs, theirs / ours)


def measure() -> Evidence:
    """One row a tier of each deployment."""
    found = deployments()
    rows = tuple(row for item in found for row in _rows(item))
    judged = [row for row in rows if row[8] == "yes"]
    return Evidence(
        title="Published deployments and our plans of them",
        command="bin/evidence 2 --only published_topologies",
        passed=all(isinstance(row[6], float) and row[6] <= FACTOR for row in judged),
        columns=(
            "deployment",
            "stack",
            "tier",
            "server type",
            "they had",
            "we plan (range)",
            "factor",
            "they had free",
            "judged",
        ),
        rows=rows,
        text=f"{RULE}\n\n{_summary(judged)}\n\n{_by_headroom(found)}\n\n{WHY}",
    )


def _summary(judged: list[tuple[Cell, ...]]) -> str:
    hits = sum(1 for row in judged if isinstance(row[6], float) and row[6] <= FACTOR)
    return f"Within a factor of two: **{hits} of {len(judged)}** judged tiers."


def _by_headroom(found: tuple[Deployment, ...]) -> str:
    """How many web tiers of known size each headroom would meet: whether the rule's own was a lucky one."""
    known = [item for item in found if "web" in item.theirs]
    lines = []
    for headroom in (0.0, 0.3, 0.5, 0.6, 0.7, 0.8):
        counts = [needs(item.design({}), item.workload, headroom=headroom) for item in known]
        ours = [next(need.servers for need in plan if need.tier == "web") for plan in counts]
        hits = sum(1 for count, item in zip(ours, known, strict=True) if factor(count, item.theirs["web"]) <= FACTOR)
        lines.append(f"| {headroom:.0%} | {hits} of {len(known)} |")
    head = "All web tiers whose size is known, judged or not, at other headrooms:"
    return "\n".join([head, "", "| headroom | within a factor of two |", "| --- | --- |", *lines])


def _rows(item: Deployment) -> Iterator[tuple[Cell, ...]]:
    stack = item.facts["stack"]
    try:
        planned = item.planned
    except TierwrightError as error:
        yield (item.name, stack, "all", None, None, str(error), None, None, "no")
        return
    for tier, need in planned.items():
        if tier in item.facts["types"]:
            yield _row(item, tier, need)
    total = item.facts.get("total")
    if total:
        ours = sum(need.servers for need in planned.values())
        yield (item.name, stack, "all", None, f"{total}", str(ours), round(factor(ours, total), 2), None, "no")


def _row(item: Deployment, tier: str, need: Need) -> tuple[Cell, ...]:
    theirs = item.theirs.get(tier)
    free = item.had_free.get(tier)
    alone = ", one must do it" if need.whole and need.servers > 1 else ""
    return (
        item.name,
        item.facts["stack"],
        tier,
        need.type_name,
        theirs,
        f"{need.servers} ({need.low} to {need.high}{alone})",
        None if theirs is None else round(factor(need.servers, theirs), 2),
        None if free is None else f"{free:.0%}",
        "yes" if item.is_judged(tier) else "no",
    )
