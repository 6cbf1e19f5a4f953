"""Reads back what Apache balances: to whom, how many requests at once, how long it waits, how it checks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from topology.components.apache.main import MAIN
from topology.components.apache.parsing import Directive, directives_of
from topology.components.apache.reader import reading_of
from topology.components.reading import Reading, Target, Texts


def read(texts: Texts) -> Reading:
    """The whole Apache of the host; the group for files has the servers of the web, and adds none."""
    found = directives_of(texts, MAIN)
    members = [each for each in found if each.name == "balancermember"]
    said = [{key: value for key, _, value in (word.partition("=") for word in each.words[1:])} for each in members]
    return reading_of(texts).with_(
        targets=tuple(_target(each) for each in members if group_of(each) != "files"),
        names=(),
        connect_seconds=_longest(said, "connectiontimeout"),
        read_seconds=_longest(said, "timeout"),
        queue_seconds=(_longest(said, "acquire") or 0) / 1000 or None,
        keeps_seconds=_longest(said, "ttl"),
        detects_seconds=max((_detects(each) for each in said), default=None),
        health_path=next((urlsplit(each["hcuri"]).path for each in said if "hcuri" in each), None),
        upload_bytes=_upload(found),
    )


def group_of(member: Directive) -> str:
    """The group that a member is of: web, files or media."""
    return member.within[-1][1].removeprefix("balancer://")


def _target(member: Directive) -> Target:
    url = urlsplit(member.words[0])
    room = next((word.partition("=")[2] for word in member.words[1:] if word.startswith("max=")), "")
    return Target(
        service=group_of(member), address=url.hostname or "", port=url.port or 80, room=int(room) if room else None
    )


def _longest(said: Sequence[dict[str, str]], name: str) -> float | None:
    return max((float(each[name]) for each in said if name in each), default=None)


def _detects(said: dict[str, str]) -> float:
    """From a death to the last failed check; a check waits for the connection as long as a request does."""
    wait = float(said.get("connectiontimeout", said.get("timeout", "60")))
    return float(said.get("hcinterval", "30")) * int(said.get("hcfails", "1")) + wait


def _upload(found: Sequence[Directive]) -> int:
    """The largest body that is passed on; 0 where no condition refuses one, since LimitRequestBody does not."""
    held = [each.within[-1][1] for each in found if each.name == "redirect" and each.words[:1] == ("413",)]
    return min((int(said.rpartition(" -gt ")[2]) for said in held if "Content-Length" in said), default=0)
