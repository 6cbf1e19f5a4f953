"""A plain oracle of approvals: both designs rendered, and their texts and documents compared with ==, part by part.

It shares nothing with the areas of the program but the codec and the renderer: no digest, no seal, no area.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.topology.edits_at_random import edited, starts
from topology import document
from topology.areas import Area, Seal, areas_of, changed_areas, why_stale
from topology.bundles import build, members
from topology.components import resolve
from topology.design import Design, Host

HOSTS_FILE = "rootfs/etc/hosts"
"""It names all servers, and so belongs to no tier."""
VERDICTS = ("kept", "its part", "assumptions", "files alone", "gone")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that people could look at before they approve, as it is."""

    document: Mapping[str, Any]
    hosts: tuple[Host, ...]
    texts: Mapping[tuple[str, str], bytes]
    """(host, path) -> what the host gets."""
    writers: Mapping[tuple[str, str], list[str]]
    """(host, path) -> roles that the file belongs to, as the manifest says."""
    placed: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """role -> host -> the settings that the plan writes for it."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an area holds."""

    part: Any
    texts: Mapping[tuple[str, str], bytes]
    assumed: Any


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What the program and the oracle said of many edits."""

    edits: int
    judged: int
    counts: Mapping[tuple[str, str], int]
    """Approvals by the kind of their area and what the oracle says of them."""
    wrong: tuple[str, ...]
    """Where the two differ; a sentence each."""


def scene_of(design: Design) -> Scene:
    """The design rendered."""
    files = {member.path: member.content for member in members(build(design))}
    texts = {_place(path): content for path, content in files.items() if path.startswith("hosts/")}
    manifest = json.loads(files["manifest.json"])["files"]
    placed: dict[str, dict[str, Mapping[str, Any]]] = {}
    for each in resolve(design).placed:
        placed.setdefault(each.role.name, {})[each.host.name] = dict(each.role.settings)
    return Scene(
        document=document.to_data(design),
        hosts=design.hosts,
        texts=texts,
        writers={(row["host"], f"rootfs/{row['path']}"): row["roles"] for row in manifest},
        placed=placed,
    )


def contents(scene: Scene) -> dict[str, Content]:
    """What each area holds, by its name."""
    found = {f"tier:{tier['name']}": _tier(scene, tier) for tier in scene.document["tiers"]}
    found |= {f"role:{role}": _role(scene, role) for role in scene.placed}
    outside = {key: value for key, value in scene.document.items() if key != "tiers"}
    return {**found, "plan": Content(part=outside, texts={}, assumed=_assumed(scene, ()))}


def judge(edits: int, *, seed: int) -> Verdicts:
    """Approvals of every area of a stage, held against the design after an edit, by the program and by the oracle."""
    wrong: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    for number in range(edits):
        draw = random.Random(f"{seed}/{number}")
        start = draw.randrange(len(starts()))
        before = starts()[start]
        after, names = edited(before, draw)
        was, now = contents(scene_of_start(start)), contents(scene_of(after))
        counts.update((area.split(":")[0], verdict_of(was[area], now.get(area))) for area in was)
        where = f"edit {number} of {before.name} ({len(before.hosts)} hosts): {', '.join(names)}"
        wrong += [
            f"{where}: {says}" for says in _disagreements(was, now, areas_of_start(start), areas_of(build(after)))
        ]
    return Verdicts(edits=edits, judged=counts.total(), counts=counts, wrong=tuple(wrong))


@lru_cache(maxsize=16)
def scene_of_start(start: int) -> Scene:
    """The scene of a stage, with which many edits begin."""
    return scene_of(starts()[start])


@lru_cache(maxsize=16)
def areas_of_start(start: int) -> Mapping[str, Area]:
    """The areas of a stage."""
    return areas_of(build(starts()[start]))


def _disagreements(
    was: Mapping[str, Content], now: Mapping[str, Content], before: Mapping[str, Area], after: Mapping[str, Area]
) -> list[str]:
    if (was.keys(), now.keys()) != (before.keys(), after.keys()):
        return [f"the areas are {sorted(after)} and should be {sorted(now)}"]
    found = []
    for name, area in before.items():
        approved = Seal.read(json.loads(json.dumps(area.seal.as_data())))  # as it is kept and read again
        reason, verdict = why_stale(approved, before, after), verdict_of(was[name], now.get(name))
        if (reason is None) != (verdict == "kept"):
            found.append(f"{name} is {verdict}, and the program says {reason}")
    changed = {name for name in was.keys() | now.keys() if _content(was.get(name)) != _content(now.get(name))}
    if changed != set(changed_areas(before, after)):
        found.append(f"changed are {sorted(changed)}, and the program says {changed_areas(before, after)}")
    return found


def verdict_of(was: Content, now: Content | None) -> str:
    """One of VERDICTS: that an approval of what was is kept, or what it fell by."""
    if now is None:
        return "gone"
    if was == now:
        return "kept"
    if was.part != now.part:
        return "its part"
    if was.assumed != now.assumed:
        return "assumptions"
    return "files alone"


def _content(content: Content | None) -> Any:
    return None if content is None else (content.part, content.texts)


def _tier(scene: Scene, tier: Mapping[str, Any]) -> Content:
    hosts = [host for host in scene.hosts if host.tier == tier["name"]]
    names = {host.name for host in hosts}
    texts = {key: text for key, text in scene.texts.items() if key[0] in names and key[1] != HOSTS_FILE}
    return Content(part=(tier, _machines(hosts)), texts=texts, assumed=_assumed(scene, hosts))


def _role(scene: Scene, role: str) -> Content:
    hosts = [host for host in scene.hosts if host.name in scene.placed[role]]
    texts = {key: text for key, text in scene.texts.items() if role in scene.writers.get(key, [])}
    kinds = {host.name: host.type_name for host in hosts}
    return Content(part=(scene.placed[role], kinds, _machines(hosts)), texts=texts, assumed=_assumed(scene, hosts))


def _machines(hosts: list[Host]) -> Any:
    """What the servers are, but for their price."""
    return {
        host.type_name: (
            host.type.cores,
            host.type.ram_mib,
            host.type.disk_gib,
            host.type.network_mbit,
            host.type.speed,
        )
        for host in hosts
    }


def _assumed(scene: Scene, hosts: Any) -> Any:
    told = scene.document
    prices = {host.type_name: host.type.price_month for host in hosts}
    return (told.get("workload"), told.get("promise"), told.get("currency", "USD"), prices)


def _place(path: str) -> tuple[str, str]:
    _, host, rest = path.split("/", 2)
    return host, rest
