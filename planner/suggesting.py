"""From a form to a suggested change: what may be given another value at a place, and the edits that come of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from django.contrib.auth.models import User

from planner import editing
from planner.models import Proposal, Thread
from planner.review import Refused, discussion
from planner.review.anchors import Anchor, Sight, quote_of
from topology import document, revisions
from topology.components import catalogue
from topology.design import Design, ServerCount, Tier, TierwrightError
from topology.errors import Place
from topology.hardware import BUILT_IN
from topology.merging import Edit, edits_between

PREFIX = "to."
"""What the names of these fields in a form begin with."""
DERIVED = "to.derived"
MOST_COUNT = 5000


@dataclass(frozen=True, kw_only=True)
class Field:
    """A value that may be given otherwise."""

    name: str
    label: str
    now: str
    """What stands there, in words."""
    kind: Literal["number", "text", "choice", "tick"] = "text"
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""


def fields_of(anchor: Anchor, sight: Sight) -> tuple[Field, ...]:
    """What a comment on this place may suggest; none where it is no value of the plan."""
    found = _FIELDS.get(anchor.kind)
    return tuple(found(anchor, sight)) if found else ()


def edits_of(anchor: Anchor, design: Design, sent: Mapping[str, str]) -> tuple[Edit, ...]:
    """The edits that a form asks for; none where all is left as it is. Refused in the codec's words where they fail."""
    typed = {name.removeprefix(PREFIX): sent[name].strip() for name in sent if name.startswith(PREFIX)}
    wanted = {name: text for name, text in typed.items() if text}
    if not wanted or anchor.kind not in _FIELDS:
        return ()
    draft = copy.deepcopy(document.to_data(design))
    _CHANGE[anchor.kind](draft, anchor, wanted)
    after = document.from_data(draft, catalogue=catalogue())
    edits = edits_between(design, after)
    if not edits:
        raise TierwrightError("what you suggest is what stands there already", place=Place(path="suggestion"))
    return edits


def offer(user: User, proposal: Proposal, design: Design, *, parent_digest: str, text: str, thread: str = "") -> Thread:
    """Suggest what the editor holds, in place of saving it: in the thread of that number, else in one of its own.

    `parent_digest` names the revision that the editor began from: what others saved since is not part of it.
    """
    known = parent_digest if parent_digest.isalnum() else ""
    parent = revisions.history(proposal.draft).filter(digest=known).first()
    if parent is None:
        raise Refused("the form did not arrive whole; go back one page and send it again")
    before = revisions.load(proposal.draft, parent.number)
    edits = edits_between(before, design)
    if not edits:
        raise TierwrightError("nothing is changed yet, so there is nothing to suggest")
    number = int(thread) if thread.isdecimal() and len(thread) < 18 else 0
    found = proposal.threads.filter(pk=number).first()
    if found is None:
        return discussion.start_thread(user, proposal, anchor=_common(edits, before), text=text, edits=edits)
    found.proposal = proposal
    discussion.suggest(user, found, text=text, edits=edits)
    return found


def _common(edits: Sequence[Edit], before: Design) -> str:
    """The tier that all edits are in; the whole proposal where there is none, or where it is new."""
    places = {tuple(edit.path.split("/")[:2]) for edit in edits}
    tiers = [f"tier:{tier.name}" for tier in before.tiers if places == {("tiers", tier.name)}]
    return tiers[0] if tiers else ""


# --- Fields -----------------------------------------------------------------------------------------------------------


def _tier_fields(anchor: Anchor, sight: Sight) -> Iterator[Field]:
    tier = _tier(anchor.owner, sight.design)
    if tier is None:
        return
    hosts = [host for host in sight.design.hosts if host.tier == tier.name]
    yield Field(name="to.count", label="Servers", now=str(len(hosts)), kind="number")
    kinds = dict.fromkeys(host.type_name for host in hosts)
    yield Field(name="to.type", label="Server type", now=", ".join(kinds), kind="choice", choices=_types(sight.design))
    written = [role.name for role in tier.roles]
    titles = {name: component.title for name, component in catalogue().by_role.items()}
    others = tuple((name, f"{name}: {titles[name]}") for name in sorted(titles) if name not in written)
    yield Field(name="to.add", label="One more role", now="", kind="choice", choices=others)
    if written:
        yield Field(
            name="to.drop",
            label="One role less",
            now="",
            kind="choice",
            choices=tuple((name, name) for name in written),
        )


def _server_fields(anchor: Anchor, sight: Sight) -> Iterator[Field]:
    host = next((host for host in sight.design.hosts if host.name == anchor.owner), None)
    if host is not None and _is_named(anchor.owner, sight.design):
        yield Field(
            name="to.type", label="Server type", now=host.type_name, kind="choice", choices=_types(sight.design)
        )


def _setting_fields(anchor: Anchor, sight: Sight) -> Iterator[Field]:
    component = catalogue().by_role.get(anchor.role)
    info = component.settings.model_fields.get(anchor.setting) if component else None
    if info is None or not _is_settable(anchor, sight.design):
        return
    kind, choices = _kind(info.annotation)
    now = quote_of(anchor, sight)
    yield Field(
        name="to.value", label=f"{anchor.role}.{anchor.setting}", now=now, kind=kind, choices=choices,
        help=info.description or "",
    )  # fmt: skip
    if not now.endswith("derived"):
        yield Field(name=DERIVED, label="Leave it out, so that it is derived", now="", kind="tick")


def _types(design: Design) -> tuple[tuple[str, str], ...]:
    used = {host.type_name for host in design.hosts}
    names = dict.fromkeys((*design.server_types, *BUILT_IN, *sorted(used)))
    return tuple((name, f"{name}: {_size(design, name)}") for name in names)


def _size(design: Design, name: str) -> str:
    kind = design.server_type(name)
    return f"{kind.cores} cores, {kind.ram_mib / 1024:.3g} GiB"


def _kind(annotation: Any) -> tuple[Literal["number", "text", "choice"], tuple[tuple[str, str], ...]]:
    """How a setting is typed in, by what it may be."""
    parts = _parts(annotation)
    if bool in parts:
        return "choice", (("true", "yes"), ("false", "no"))
    words = [str(word) for part in parts if get_origin(part) is Literal for word in get_args(part)]
    if words:
        return "choice", tuple((word, word) for word in words)
    return ("number" if {int, float} & set(parts) else "text"), ()


def _parts(annotation: Any) -> list[Any]:
    """The types that an annotation is made of, whatever is wrapped around them; a list of several stays text."""
    if get_origin(annotation) is Literal or not get_args(annotation):
        return [annotation]
    if get_origin(annotation) is tuple:
        return [tuple]
    return [part for each in get_args(annotation) for part in _parts(each)]


# --- Edits ------------------------------------------------------------------------------------------------------------


def _change_tier(draft: editing.Draft, anchor: Anchor, wanted: Mapping[str, str]) -> None:
    tier = _written_tier(draft, anchor.owner)
    if "count" in wanted:
        _resize(tier, wanted["count"], draft)
    if "type" in wanted:
        for servers in tier["servers"] if isinstance(tier["servers"], list) else [tier["servers"]]:
            servers["type"] = wanted["type"]
    roles = [role for role in tier.get("roles", []) if _name_of(role) != wanted.get("drop")]
    more = [wanted["add"]] if "add" in wanted else []
    if len(roles) != len(tier.get("roles", [])) or more:
        tier["roles"] = [*roles, *more]


def _resize(tier: editing.Draft, text: str, draft: editing.Draft) -> None:
    count = int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0
    if not 1 <= count <= MOST_COUNT:
        raise TierwrightError(
            f"a tier has from 1 to {MOST_COUNT:,} servers; {text[:40]!r} is not that", place=Place(path="to.count")
        )
    editing.resize(tier, text, draft)


def _change_server(draft: editing.Draft, anchor: Anchor, wanted: Mapping[str, str]) -> None:
    server = _written_server(draft, anchor.owner)
    if server is not None and "type" in wanted:
        server["type"] = wanted["type"]


def _change_setting(draft: editing.Draft, anchor: Anchor, wanted: Mapping[str, str]) -> None:
    """The setting where it belongs: with its tier's role, or with a server's own."""
    tier = next((tier for tier in draft["tiers"] if tier["name"] == anchor.owner), None)
    owner = tier if tier is not None else _written_server(draft, anchor.owner)
    if owner is None:
        raise TierwrightError(f"no tier and no server of its own is called {anchor.owner}", place=Place(path="anchor"))
    roles = owner.get("roles") or []
    at = next((number for number, role in enumerate(roles) if _name_of(role) == anchor.role), None)
    if at is None:
        _override(owner, anchor, wanted)
        return
    role = roles[at]
    settings = dict(role[anchor.role] or {}) if isinstance(role, dict) else {}
    _set(settings, anchor, wanted)
    roles[at] = {anchor.role: settings} if settings else anchor.role


def _override(owner: editing.Draft, anchor: Anchor, wanted: Mapping[str, str]) -> None:
    """On one server alone, over what its tier says."""
    settings = {name: dict(own) for name, own in (owner.get("settings") or {}).items()}
    _set(settings.setdefault(anchor.role, {}), anchor, wanted)
    owner["settings"] = {name: own for name, own in settings.items() if own}
    if not owner["settings"]:
        del owner["settings"]


def _set(settings: dict[str, Any], anchor: Anchor, wanted: Mapping[str, str]) -> None:
    if "derived" in wanted:
        settings.pop(anchor.setting, None)
    elif "value" in wanted:
        settings[anchor.setting] = editing.setting_of(anchor.role, anchor.setting, wanted["value"])


def _tier(name: str, design: Design) -> Tier | None:
    return next((tier for tier in design.tiers if tier.name == name), None)


def _is_named(server: str, design: Design) -> bool:
    """Whether the server stands in the plan by its own name, not as one of a number."""
    lists = (tier.servers for tier in design.tiers if not isinstance(tier.servers, ServerCount))
    return any(each.name == server for servers in lists for each in servers)


def _is_settable(anchor: Anchor, design: Design) -> bool:
    tier = _tier(anchor.owner, design)
    if tier is None:
        return _is_named(anchor.owner, design)
    return any(role.name == anchor.role for role in tier.roles)


def _written_tier(draft: editing.Draft, name: str) -> editing.Draft:
    for tier in draft["tiers"]:
        if tier["name"] == name:
            found: editing.Draft = tier
            return found
    raise TierwrightError(f"no tier is called {name}", place=Place(path="anchor"))


def _written_server(draft: editing.Draft, name: str) -> editing.Draft | None:
    lists = (tier["servers"] for tier in draft["tiers"] if isinstance(tier["servers"], list))
    return next((server for servers in lists for server in servers if server["name"] == name), None)


def _name_of(role: Any) -> str:
    return role if isinstance(role, str) else str(next(iter(role)))


_FIELDS = {"tier": _tier_fields, "server": _server_fields, "setting": _setting_fields}
_CHANGE = {"tier": _change_tier, "server": _change_server, "setting": _change_setting}
