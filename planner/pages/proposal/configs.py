"""What a proposal changes in the files of every host, line by line, with the change that brought each."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner.covers import Sides, cover_of, sides_of
from planner.filediffs import MOST_GROUPS, shown_files
from planner.http import HtmxRequest, page
from planner.once import asked_once
from planner.plans import proposal_for
from planner.threads import said_by_place
from topology.causes import FileDiff, file_diffs
from topology.design import TierwrightError
from topology.diff import listing


@require_safe
@asked_once()
def configs(request: HtmxRequest, pk: int) -> HttpResponse:
    """Every file that differs; `?host=web1` shows those of one host."""
    proposal = proposal_for(request, pk)
    cover = cover_of(request, proposal, "proposal_configs")
    sides = sides_of(request, proposal, cover["revision"])
    diffs, trouble = _diffs(sides)
    hosts = sorted({diff.host for diff in diffs})
    wanted = request.GET.get("host", "")
    chosen = [diff for diff in diffs if diff.host == wanted] if wanted in hosts else diffs
    groups = shown_files(chosen, said_by_place(proposal, sides.after))
    context = {
        **cover,
        "sides": sides,
        "trouble": trouble,
        "hosts": hosts,
        "host": wanted if wanted in hosts else "",
        "groups": groups[:MOST_GROUPS],
        "more": sum(len(group.hosts) for group in groups[MOST_GROUPS:]),
        "files": len(diffs),
        "restarts": _units(diffs),
    }
    return page(request, "planner/proposal_configs.html", context)


def _diffs(sides: Sides) -> tuple[Sequence[FileDiff], str]:
    try:
        return file_diffs(*sides.designs), ""
    except TierwrightError as error:
        return (), error.sentence


def _units(diffs: Sequence[FileDiff]) -> list[tuple[str, str]]:
    """Units that restart, each with its hosts: what users may notice."""
    table: dict[str, dict[str, None]] = {}
    for diff in diffs:
        if diff.action == "restart" and diff.unit and diff.what == "changed":
            table.setdefault(diff.unit, {})[diff.host] = None
    return [(unit, listing(hosts)) for unit, hosts in sorted(table.items())]


urlpatterns = [path("proposals/<int:pk>/configs/", configs, name="proposal_configs")]
