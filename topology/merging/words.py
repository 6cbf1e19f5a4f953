"""Paths and values of a document as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from typing import Any

from topology.merging.tree import MISSING, ORDER, Path, split

_COUNTED = {"count": "the number of servers", "type": "the server type"}
_THINGS = {"sites": "the site", "externals": "the external", "server_types": "the server type", "waivers": "the waiver"}


def told(path: str) -> str:
    """The place of a path: `tiers/web/roles/gunicorn/workers` is `gunicorn.workers of the tier web`."""
    parts = split(path)
    if parts[-1:] == (ORDER,):
        return f"the order of the {' of '.join(_order(parts[:-1]))}"
    if parts[:1] == ("tiers",) and len(parts) > 1:
        return _tier(parts[1], parts[2:])
    if parts[:1] and parts[0] in _THINGS and len(parts) > 1:
        return _of(parts[2:], f"{_THINGS[parts[0]]} {parts[1]}")
    return ".".join(parts) or "the plan"


def shown(value: Any) -> str:
    """A value, short enough for a sentence."""
    if value is MISSING or value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return shorten(", ".join(_name(item) for item in value), 80, placeholder=" …") or "nothing"
    return _mapping(value) if isinstance(value, Mapping) else shorten(str(value), 80, placeholder=" …")


def _order(parts: Path) -> tuple[str, ...]:
    kind = parts[-1].replace("_", " ")
    return (kind, told("/".join(parts[:-1]))) if len(parts) > 1 else (kind,)


def _tier(name: str, rest: Path) -> str:
    tier = f"the tier {name}"
    if len(rest) == 2 and rest[0] == "servers" and rest[1] in _COUNTED:
        return f"{_COUNTED[rest[1]]} of {tier}"
    if len(rest) > 1 and rest[0] == "servers":
        return _of(rest[2:], f"the server {rest[1]}")
    return _of(rest, tier)


def _of(rest: Path, owner: str) -> str:
    shown_parts = rest[1:] if len(rest) > 1 and rest[0] in ("roles", "settings") else rest
    return f"{'.'.join(shown_parts)} of {owner}" if shown_parts else owner


def _mapping(value: Mapping[str, Any]) -> str:
    if {"low", "mid", "high"} <= value.keys():
        return f"{shown(value['mid'])} ({shown(value['low'])} to {shown(value['high'])})"
    if value.keys() == {"count", "type"}:
        return f"{shown(value['count'])} × {shown(value['type'])}"
    parts = (f"{key} {shown(item)}" for key, item in value.items())
    return shorten(", ".join(parts), 80, placeholder=" …") or "nothing more"


def _name(item: Any) -> str:
    if isinstance(item, Mapping):
        return str(item.get("name") or item.get("check") or next(iter(item), ""))
    return shown(item)
