"""Reads back what Apache passes on by FastCGI: to whom, how many requests at once, and how long it waits."""

from __future__ import annotations

from collections.abc import Sequence

from topology.components.apache.main import MAIN
from topology.components.apache.parsing import Directive, directives_of
from topology.components.apache.reader import reading_of
from topology.components.reading import Reading, Target, Texts


def read(texts: Texts) -> Reading:
    """The whole Apache of the host."""
    found = directives_of(texts, MAIN)
    passed = passed_on(found)
    targets = [_target(words) for words in passed]
    return reading_of(texts).with_(
        targets=tuple(dict.fromkeys(targets)),
        connect_seconds=_longest(passed, "connectiontimeout", 1),
        read_seconds=_longest(passed, "timeout", 1),
        queue_seconds=_longest(passed, "acquire", 1000),
        keeps_seconds=0.0,
        upload_bytes=upload_of(found),
    )


def upload_of(found: Sequence[Directive]) -> int:
    """The largest body that is passed on, in bytes; 0 where no condition refuses one: LimitRequestBody does not."""
    held = [each.within[-1][1] for each in found if each.name == "redirect" and each.words[:1] == ("413",)]
    sizes = [int(said.rpartition(" -gt ")[2]) for said in held if "Content-Length" in said]
    return min(sizes, default=0)


def passed_on(found: Sequence[Directive]) -> list[tuple[str, ...]]:
    """Words of every line that names an application: its URL first, then its parameters."""
    members = [(*each.words, f"site={_site(each)}") for each in found if each.name == "balancermember"]
    alone = [each.words[1:] for each in found if each.name == "proxypass" and "fcgi://" in each.words[1]]
    return [*members, *alone]


def _site(member: Directive) -> str:
    """The site of a balancer, by the name that it has from us."""
    return member.within[-1][1].removeprefix("balancer://app-")


def url_of(words: Sequence[str]) -> str:
    """The URL without the path behind it."""
    scheme, sign, rest = words[0].partition("fcgi://")
    return f"{scheme}{sign}{rest.partition('/')[0]}"


def _target(words: Sequence[str]) -> Target:
    url, room = url_of(words), _parameter(words, "max")
    limit = int(room) if room else None
    if url.startswith("unix:"):
        socket, _, site = url.removeprefix("unix:").partition("|fcgi://")
        return Target(service="app", socket=socket, site=site, room=limit)
    address, _, port = url.removeprefix("fcgi://").partition(":")
    return Target(service="app", address=address, port=int(port), room=limit, site=_parameter(words, "site"))


def _parameter(words: Sequence[str], name: str) -> str:
    return next((word.partition("=")[2] for word in words[1:] if word.startswith(f"{name}=")), "")


def _longest(passed: Sequence[Sequence[str]], name: str, unit: int) -> float | None:
    written = [float(text) / unit for words in passed if (text := _parameter(words, name))]
    return max(written, default=None)
