"""Reads keepalived's file back: the shared address, and how this balancer stands among those that may hold it."""

from __future__ import annotations

from topology.components.reading import Reading, Texts, Vrrp, read_words

PATH = "/etc/keepalived/keepalived.conf"


def read(texts: Texts) -> Reading:
    """The VRRP instance of the file; empty where the host has none."""
    words = list(read_words(texts.get(PATH, "").replace("!", "#")))
    values = {line[0]: line[1] for line in words if len(line) > 1 and line[-1] != "{"}
    if "virtual_router_id" not in values:
        return Reading()
    carried = _block(words, "virtual_ipaddress")
    return Reading(
        vrrp=tuple(
            Vrrp(
                address=line[0].partition("/")[0],
                router_id=int(values["virtual_router_id"]),
                priority=int(values.get("priority", "100")),
                peers=tuple(peer[0] for peer in _block(words, "unicast_peer")),
                interface=values.get("interface", ""),
                advert_seconds=float(values.get("advert_int", "1")),
                version=int(values.get("version", "2")),
            )
            for line in carried
        ),
        detects_seconds=3 * float(values.get("advert_int", "1")) + 1,
    )


def _block(words: list[list[str]], name: str) -> list[list[str]]:
    """The lines between the braces of a named block."""
    start = next((at for at, line in enumerate(words) if line[0] == name), None)
    if start is None:
        return []
    end = next(at for at in range(start, len(words)) if words[at] == ["}"])
    return words[start + 1 : end]
