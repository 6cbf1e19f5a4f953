"""The editor: the tiers as a table beside the live drawing, the headroom of each tier, cost and warnings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from planner import editing, proposing
from planner.charts import promised_share
from planner.drawings import Drawn, drawn
from planner.editing import Draft, common_type, servers_of
from planner.figures import written
from planner.http import HtmxRequest, page
from planner.kinds import kind_at, rank_of
from planner.people import current
from planner.plans import plan_for, proposal_of
from planner.review import policies
from planner.saving import save
from topology import document, revisions
from topology.capacity import Forecast, forecast
from topology.components import Component, Placed, Sizing, catalogue, resolve
from topology.design import Design, TierwrightError
from topology.diagrams import Link, draw, hue_of
from topology.diff import compare
from topology.document import PlanRefused
from topology.hardware import BUILT_IN, KNOWN, OFFERS
from topology.models import Plan, Revision
from topology.workload import Workload

_UNITS = {"mib": "MiB", "gib": "GiB", "seconds": "seconds", "ms": "ms"}
FEW = 24
"""Tiers of more servers than this show their number, not each server."""


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One setting of a role in the form."""

    name: str
    label: str
    help: str
    written: Any
    derived: Any
    why: str


@dataclass(frozen=True, kw_only=True)
class RoleField:
    """A role of a tier or a server: whether it is ticked, and its settings."""

    name: str
    title: str
    says: str
    ticked: bool
    rank: int
    """The place of its group."""
    settings: tuple[SettingField, ...] = ()

    @property
    def kind(self) -> str:
        """The name of its group."""
        return kind_at(self.rank)


@dataclass(frozen=True, kw_only=True)
class ServerRow:
    """A server of a tier in the form."""

    name: str
    type: str
    address: str
    prefix: str
    roles: tuple[RoleField, ...] | None
    """Its own roles; None where it has its tier's."""


@dataclass(frozen=True, kw_only=True)
class TierRow:
    """A tier in the form."""

    number: int
    prefix: str
    name: str
    hue: int
    count: Any
    type: str | None
    roles: tuple[RoleField, ...]
    servers: tuple[ServerRow, ...]
    editable_servers: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    """What follows from a draft: the design, or what is wrong with it."""

    design: Design | None
    problems: tuple[str, ...] = ()
    forecast: Forecast | None = None
    drawing: Drawn | None = None
    changes: tuple[str, ...] = ()
    before: Forecast | None = field(default=None)


@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: HtmxRequest, plan: str) -> HttpResponse:
    """Show the head as a form; take changes; save them as a new revision."""
    found = plan_for(request, plan)
    head = revisions.get(found)
    base = revisions.design_of(head)
    if request.method != "POST":
        return _answer(request, found, head, document.to_data(base), base, parent=head.digest)
    try:
        draft = editing.apply(_draft_of(request.POST), request.POST)
    except TierwrightError as error:
        return _answer(request, found, head, _draft_of(request.POST), base, trouble=error)
    parent = request.POST.get("parent", "")
    result = _result(draft, base)
    if request.POST.get("act") == "save" and result.design is not None:
        message = request.POST.get("message", "").strip() or _message(result.changes)
        onward = reverse("editor", args=[plan])
        return save(request, found, result.design, parent_digest=parent, message=message, onward=onward)
    if request.POST.get("act") == "propose" and result.design is not None:
        return page(request, "planner/propose.html", proposing.of_editor(current(request), found, result.design))
    return _answer(request, found, head, draft, base, result=result, parent=parent)


def _answer(
    request: HtmxRequest,
    plan: Plan,
    head: Revision,
    draft: Draft,
    base: Design,
    *,
    parent: str = "",
    result: Result | None = None,
    trouble: TierwrightError | None = None,
) -> HttpResponse:
    result = result or _result(draft, base)
    problems = ((str(trouble),) if trouble else ()) + result.problems
    context = {
        "plan": plan,
        "revision": head,
        "parent": parent or request.POST.get("parent", head.digest),
        "draft": json.dumps(draft, ensure_ascii=False),
        "tiers": list(_tier_rows(draft, result.design)),
        "types": _type_choices(draft),
        "new": _new_tier(request.POST, draft),
        "said": request.POST.get("message", ""),
        "site": _site_fields(draft),
        "result": result,
        "limit": promised_share(result.design or base),
        "problems": problems,
        "message": _message(result.changes),
        "proposal": proposal_of(plan),
        "why_not_save": policies.why_not_record(current(request), plan),
        "why_not_propose": policies.why_not_propose(current(request), plan),
    }
    status = 422 if problems and request.method == "POST" else 200
    return page(request, "planner/editor.html", context, status=status, parts=("editor", "live"))


def _new_tier(sent: QueryDict, draft: Draft) -> dict[str, Any]:
    """The tier that a person is about to add, until it is one."""
    name = sent.get("new.name", "").strip()
    if any(tier["name"] == name for tier in draft["tiers"]):
        return {"name": "", "type": "", "roles": _role_fields([], None, None)}
    wanted = [role for role in sent.getlist("new.role") if role in catalogue().by_role]
    return {"name": name, "type": sent.get("new.type", ""), "roles": _role_fields(wanted, None, None)}


def _draft_of(sent: QueryDict) -> Draft:
    """The draft that the form carries; a form that was tampered with is refused in the codec's words."""
    try:
        draft: Draft = json.loads(sent.get("draft", ""))
        document.from_data(draft, catalogue=catalogue())
    except ValueError:
        raise TierwrightError("the form did not arrive whole; go back one page and send it again") from None
    except TierwrightError:
        # A draft with a mistake in it is what the form is for; only its shape must hold.
        _check_shape(draft)
    return draft


def _check_shape(draft: Any) -> None:
    tiers = draft.get("tiers") if isinstance(draft, dict) else None
    good = isinstance(tiers, list) and bool(tiers) and all(_is_tier(tier) for tier in tiers)
    if not good or not isinstance(draft.get("sites"), list):
        raise TierwrightError("the form did not arrive whole; go back one page and send it again")


def _is_tier(tier: Any) -> bool:
    if not isinstance(tier, dict) or not isinstance(tier.get("name"), str):
        return False
    servers = tier.get("servers")
    if isinstance(servers, dict):
        return isinstance(servers.get("type"), str) and isinstance(servers.get("count"), int | str)
    return isinstance(servers, list) and all(isinstance(s, dict) and {"name", "type"} <= set(s) for s in servers)


def _before(base: Design) -> Forecast | None:
    """The forecast of what was there; None where that could not run, and the draft may be what mends it."""
    try:
        return forecast(base) if isinstance(base.workload, Workload) else None
    except TierwrightError:
        return None


def _drawing(design: Design) -> Drawn | None:
    """The picture without loads; None where not even the connections are clear."""
    try:
        return drawn(draw(design))
    except TierwrightError:
        return None


def _result(draft: Draft, base: Design) -> Result:
    try:
        design = document.from_data(draft, catalogue=catalogue())
        numbers = forecast(design) if isinstance(design.workload, Workload) else None
        picture = drawn(draw(design, forecast=numbers, link=_link_to_rows(draft)))
    except PlanRefused as refusal:
        return Result(design=None, problems=tuple(_name_tier(line, draft) for line in refusal.lines()))
    except TierwrightError as refusal:
        return Result(design=design, problems=(str(refusal),), drawing=_drawing(design))
    changes = compare(base, design).lines()
    return Result(design=design, forecast=numbers, drawing=picture, changes=changes, before=_before(base))


def _name_tier(line: str, draft: Draft) -> str:
    """The sentence with its tier by name, as the form shows it, where the codec counts from the top of a file."""
    found = re.match(r"tiers\[([0-9]+)\]\.?(?:roles\[[0-9]+\]\.?)?", line)
    if found is None or int(found[1]) >= len(draft["tiers"]):
        return line
    name = draft["tiers"][int(found[1])]["name"]
    rest = line[found.end() :]
    return f"tier {name}{rest}" if rest.startswith(":") else f"tier {name}, {rest}"


def _link_to_rows(draft: Draft) -> Link:
    """What is clicked in the drawing leads to its row; a server of a tier that lists none, to the tier's."""
    listed = {s["name"] for tier in draft["tiers"] for s in servers_of(tier) if len(servers_of(tier)) <= FEW}
    tier_of = {s["name"]: tier["name"] for tier in draft["tiers"] for s in servers_of(tier)}

    def link(kind: str, name: str) -> str:
        is_listed = kind == "tier" or name in listed
        return f"#{kind}-row-{name}" if is_listed else f"#tier-row-{tier_of.get(name, name)}"

    return link


def _message(changes: tuple[str, ...]) -> str:
    """A message for the revision, from what was changed."""
    text = "; ".join(changes[:3])
    more = len(changes) - 3
    return (f"{text}; and {more} more" if more > 0 else text)[:300]


def _type_choices(draft: Draft) -> list[tuple[str, str]]:
    """The plan's own types, the built-in ones, those of today, and whatever else the plan uses."""
    own = draft.get("server_types") or {}
    today = (item.name for item in OFFERS if item.year is None)
    names = dict.fromkeys([*own, *BUILT_IN, *today, *_used_types(draft)])
    return [(name, _type_text(name, own.get(name))) for name in names if name in own or name in KNOWN]


def _used_types(draft: Draft) -> Iterator[str]:
    for tier in draft.get("tiers") or ():
        servers = tier.get("servers") or {}
        for server in [servers] if isinstance(servers, dict) else servers:
            yield str(server.get("type", ""))


def _type_text(name: str, own: Mapping[str, Any] | None) -> str:
    cores, ram = (own["cores"], own["ram_mib"]) if own else (KNOWN[name].cores, KNOWN[name].ram_mib)
    return f"{name}: {cores} core{'s' if cores != 1 else ''}, {ram / 1024:g} GiB"


def _site_fields(draft: Draft) -> dict[str, Any]:
    promise = draft.get("promise") or {}
    workload = draft.get("workload")
    growth = workload.get("growth_per_year") if isinstance(workload, dict) else None
    if isinstance(growth, dict):  # with its range: the field shows the figure, and what is typed takes its place
        growth = growth.get("mid")
    return {
        "domains": ", ".join(draft["sites"][0].get("domains", [])) if len(draft["sites"]) == 1 else None,
        "p95_ms": promise.get("p95_ms", ""),
        "headroom": _percent(promise.get("headroom")),
        "availability": _percent(promise.get("availability")),
        "growth": _percent(growth),
        "has_workload": isinstance(workload, dict) and "file" not in workload,
    }


def _percent(share: Any) -> Any:
    return round(share * 100, 6) if isinstance(share, int | float) else "" if share is None else share


def _tier_rows(draft: Draft, design: Design | None) -> Iterator[TierRow]:
    cluster = resolve(design) if design else None
    addresses = {host.name: host.address for host in design.hosts} if design else {}
    for number, tier in enumerate(draft["tiers"]):
        servers = servers_of(tier)
        first = cluster.by_host.get(servers[0]["name"], ()) if cluster else ()
        yield TierRow(
            number=number,
            prefix=f"tier.{number}",
            name=tier["name"],
            hue=_hue(tier),
            count=len(servers) if isinstance(tier["servers"], list) else tier["servers"]["count"],
            type=common_type(tier),
            roles=_role_fields(tier.get("roles", []), f"tier.{number}.set", first),
            servers=tuple(_server_rows(servers, number, addresses, cluster)) if len(servers) <= FEW else (),
            editable_servers=isinstance(tier["servers"], list),
        )


def _server_rows(servers: list[Draft], number: int, addresses: Mapping[str, str], cluster: Any) -> Iterator[ServerRow]:
    for index, server in enumerate(servers):
        prefix = f"server.{number}.{index}"
        own = server.get("roles")
        placed = cluster.by_host.get(server["name"], ()) if cluster else ()
        yield ServerRow(
            name=server["name"],
            type=server["type"],
            address=server.get("address") or addresses.get(server["name"], ""),
            prefix=prefix,
            roles=None if own is None else _role_fields(own, f"{prefix}.set", placed),
        )


def _hue(tier: Draft) -> int:
    roles = [role for server in servers_of(tier) for role in (server.get("roles") or tier.get("roles", []))]
    names = {role if isinstance(role, str) else next(iter(role)) for role in roles}
    by_role = catalogue().by_role
    return hue_of(s for name in names if name in by_role for s in by_role[name].offers.get(name, ())).number


def _role_fields(written: list[Any], prefix: str | None, placed: tuple[Placed, ...] | None) -> tuple[RoleField, ...]:
    """Every role that may be ticked; those that are ticked have their settings."""
    settings = {(r if isinstance(r, str) else next(iter(r))): ({} if isinstance(r, str) else r) for r in written}
    return tuple(
        RoleField(
            name=name,
            title=component.title,
            says=says,
            ticked=name in settings,
            rank=rank_of(component, name),
            settings=_settings(component, name, settings[name], prefix, placed or ()) if name in settings else (),
        )
        for component in catalogue().components
        if not component.implied_by
        for name, says in component.roles.items()
    )


def _settings(
    component: Component, role: str, written: Mapping[str, Any], prefix: str | None, placed: tuple[Placed, ...]
) -> tuple[SettingField, ...]:
    own = written.get(role) or {}
    here = next((item for item in placed if item.role.name == role), None)
    sized = _sized(here) if here else None
    reasons = {reason.setting: reason for reason in sized.reasons} if sized else {}
    return tuple(
        SettingField(
            name=f"{prefix}.{role}.{name}",
            label=_label(name),
            help=info.description or "",
            written=_text(own.get(name)),
            derived=_text(sized.values.get(name)) if sized else "",
            why=reasons[name].formula if name in reasons else "",
        )
        for name, info in component.settings.model_fields.items()
    )


def _sized(placed: Placed) -> Sizing | None:
    """What a role works out for itself; None where the plan does not hold together, which is said above the form."""
    try:
        return placed.component.size(placed)
    except TierwrightError:
        return None


def _label(setting: str) -> str:
    """The name of a setting with its unit as people write it."""
    stem, _, unit = setting.rpartition("_")
    return f"{stem}, {_UNITS[unit]}".replace("_", " ") if unit in _UNITS else setting.replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else written(value)


urlpatterns = [path("plans/<slug:plan>/editor/", editor, name="editor")]
