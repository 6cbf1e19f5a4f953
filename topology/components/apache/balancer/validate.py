"""Lets Apache test the files, and holds the members of every group, and how they are checked, against the design."""

from __future__ import annotations

from collections.abc import Sequence

from topology.components.apache.balancer.files import MODULES, SITES
from topology.components.apache.balancer.members import url_of
from topology.components.apache.balancer.reader import group_of
from topology.components.apache.checking import directives, tested, verdict
from topology.components.apache.parsing import Directive
from topology.components.balancing import Backend, file_prefixes, media_of, web_of
from topology.components.base import Placed, Stage, Verdict

NEEDED = ("timeout=", "connectiontimeout=", "hcmethod=GET", "hcuri=", "hcinterval=", "hcexpr=well")


def check(stage: Stage) -> Verdict:
    """apache2 -t; the servers of the design, each with its timeouts and its health check."""
    return verdict(tested(stage) or _differs(stage.placed, directives(stage, SITES)))


def _differs(placed: Placed, found: Sequence[Directive]) -> str:
    """Apache's test passes over a missing module that its start asks for: what the processes of a balancer share."""
    loaded = {each.words[0] for each in found if each.name == "loadmodule"}
    missing = ", ".join(sorted({f"{name}_module" for name in MODULES} - loaded))
    return f"these modules are not loaded: {missing}" if missing else _members_differ(placed, found)


def _members_differ(placed: Placed, found: Sequence[Directive]) -> str:
    members = [each for each in found if each.name == "balancermember"]
    written = {(group_of(each), each.words[0]) for each in members}
    odd = ", ".join(sorted(f"{url} of {group}" for group, url in written ^ _expected(placed)))
    if odd:
        return f"the servers differ from the design: {odd}"
    return next((fault for each in members if (fault := _unchecked(each))), "")


def _expected(placed: Placed) -> set[tuple[str, str]]:
    web = web_of(placed, 0)
    groups: dict[str, tuple[Backend, ...]] = {"web": web, "media": media_of(placed)}
    if file_prefixes(placed):
        groups["files"] = web
    return {(name, url_of(member)) for name, members in groups.items() for member in members}


def _unchecked(member: Directive) -> str:
    """Apache takes a member without a check or a timeout: a dead one would get its share for ever."""
    missing = [need for need in NEEDED if not any(word.startswith(need) for word in member.words[1:])]
    return f"{member.words[0]} has no {', '.join(missing)}" if missing else ""
