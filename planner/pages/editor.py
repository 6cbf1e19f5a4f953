"""The editor: the tiers as a table beside the live drawing, the headroom of each tier, cost and warnings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from planner import autosaving, editing, proposing, rows, suggesting
from planner.charts import promised_share
from planner.drawings import Drawn, drawn
from planner.editing import Draft, servers_of
from planner.http import HtmxRequest, page
from planner.models import Autosave
from planner.people import current
from planner.plans import plan_for, proposal_of
from planner.review import policies
from planner.saving import save
from topology import document, revisions
from topology.capacity import Forecast, forecast
from topology.components import catalogue
from topology.design import Design, TierwrightError
from topology.diagrams import Link, draw
from topology.diff import compare
from topology.document import PlanRefused
from topology.models import Plan, Revision
from topology.workload import Workload

DEEPEST = 30
"""Levels of a draft; those of a plan are fewer."""


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
        return _first(request, found, head, base)
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
    if request.POST.get("act") == "suggest" and result.design is not None:
        return _suggest(request, found, head, draft, base, result)
    if request.POST.get("act") == "propose" and result.design is not None:
        said = request.POST.get("message", "").strip()
        context = proposing.of_editor(current(request), found, result.design, said=said)
        return page(request, "planner/propose.html", context)
    autosaving.keep(current(request), found, parent=parent, draft=draft, base=base)
    return _answer(request, found, head, draft, base, result=result, parent=parent)


def _first(request: HtmxRequest, plan: Plan, head: Revision, base: Design) -> HttpResponse:
    """The head as a form, with the offer to go on with what was left unsaved; or that, where it is asked for."""
    kept = autosaving.kept(current(request), plan)
    if kept is not None and "unsaved" in request.GET:
        return _answer(request, plan, head, kept.draft, base, parent=kept.parent)
    return _answer(request, plan, head, document.to_data(base), base, parent=head.digest, unsaved=kept)


@require_POST
def forget_unsaved(request: HtmxRequest, plan: str) -> HttpResponse:
    """Throw away what was left unsaved."""
    autosaving.forget(current(request), plan_for(request, plan))
    return redirect("editor", plan)


def _suggest(
    request: HtmxRequest, plan: Plan, head: Revision, draft: Draft, base: Design, result: Result
) -> HttpResponse:
    """Say the change in the discussion of the proposal, in place of saving it."""
    proposal, parent = proposal_of(plan), request.POST.get("parent", "")
    text = request.POST.get("message", "").strip() or _message(result.changes)
    if proposal is None or result.design is None:
        raise TierwrightError("a change is suggested in the discussion of a proposal; this is none, so propose it")
    try:
        thread = suggesting.offer(
            current(request), proposal, result.design, parent_digest=parent, text=text,
            thread=request.POST.get("suggest", ""),
        )  # fmt: skip
    except TierwrightError as error:
        return _answer(request, plan, head, draft, base, result=result, parent=parent, trouble=error)
    return redirect("thread", proposal.pk, thread.pk)


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
    unsaved: Autosave | None = None,
) -> HttpResponse:
    result = result or _result(draft, base)
    problems = ((str(trouble),) if trouble else ()) + result.problems
    proposal = proposal_of(plan)
    context = {
        "plan": plan,
        "revision": head,
        "parent": parent or request.POST.get("parent", head.digest),
        "draft": json.dumps(draft, ensure_ascii=False),
        "tiers": list(rows.tiers_of(draft, result.design)),
        "types": rows.types_of(draft),
        "new": _new_tier(request.POST, draft),
        "said": request.POST.get("message", ""),
        "site": rows.site_of(draft),
        "result": result,
        "limit": promised_share(result.design or base),
        "problems": problems,
        "unsaved": unsaved,
        "message": _message(result.changes),
        "proposal": proposal,
        "suggest": request.POST.get("suggest", request.GET.get("suggest", "")),
        "why_not_suggest": policies.why_not_comment(current(request), proposal) if proposal else "",
        "why_not_save": policies.why_not_record(current(request), plan),
        "why_not_propose": policies.why_not_propose(current(request), plan),
    }
    status = 422 if problems and request.method == "POST" else 200
    return page(request, "planner/editor.html", context, status=status, parts=("editor", "live"))


def _new_tier(sent: QueryDict, draft: Draft) -> dict[str, Any]:
    """The tier that a person is about to add, until it is one."""
    name = sent.get("new.name", "").strip()
    if any(tier["name"] == name for tier in draft["tiers"]):
        return {"name": "", "type": "", "roles": rows.roles_of([], None, None)}
    wanted = [role for role in sent.getlist("new.role") if role in catalogue().by_role]
    return {"name": name, "type": sent.get("new.type", ""), "roles": rows.roles_of(wanted, None, None)}


def _draft_of(sent: QueryDict) -> Draft:
    """The draft that the form carries; a form that was tampered with is refused in the codec's words."""
    try:
        draft: Draft = json.loads(sent.get("draft", ""))
        if _is_deep(draft):
            raise ValueError
        document.from_data(draft, catalogue=catalogue())
    except (ValueError, RecursionError):
        raise TierwrightError("the form did not arrive whole; go back one page and send it again") from None
    except TierwrightError:
        # A draft with a mistake in it is what the form is for; only its shape must hold.
        _check_shape(draft)
    return draft


def _is_deep(value: Any, left: int = DEEPEST) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(not left or _is_deep(item, left - 1) for item in inner)


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
        changes = compare(base, design).lines()
        return Result(design=design, problems=(str(refusal),), drawing=_drawing(design), changes=changes)
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
    listed = {s["name"] for tier in draft["tiers"] for s in servers_of(tier) if len(servers_of(tier)) <= rows.FEW}
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


urlpatterns = [
    path("plans/<slug:plan>/editor/", editor, name="editor"),
    path("plans/<slug:plan>/editor/forget/", forget_unsaved, name="forget_unsaved"),
]
