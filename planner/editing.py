"""From the editor's form to a design: a draft as plain data, and what each field and button does to it.

The form carries the draft it was made from, so nothing is kept on the server between two answers. What a person
typed stays in the draft, right or wrong; the codec says what is wrong with it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

from django.http import QueryDict

from topology.components import catalogue
from topology.design import TierwrightError

Draft = dict[str, Any]
"""Plain data of a plan, as the codec reads it."""
MOST_SERVERS = 2000


def apply(draft: Draft, sent: QueryDict) -> Draft:
    """The draft with the fields and the button of a form applied to it; raises TierwrightError for a broken form."""
    changed = copy.deepcopy(draft)
    for number, tier in enumerate(changed.get("tiers", [])):
        _apply_tier(tier, number, sent, changed)
    _apply_plan(changed, sent)
    action, _, argument = sent.get("act", "").partition(":")
    if action in _ACTIONS:
        _ACTIONS[action](changed, argument, sent)
    return changed


def servers_of(tier: Draft) -> list[Draft]:
    """The servers of a tier as a list of their own, whichever way the draft writes them."""
    servers = tier["servers"]
    if isinstance(servers, list):
        return servers
    return [{"name": f"{tier['name']}{n}", "type": servers["type"]} for n in range(1, int(servers["count"]) + 1)]


def common_type(tier: Draft) -> str | None:
    """The type that all servers of a tier have; None where they differ."""
    kinds = {server["type"] for server in servers_of(tier)}
    return kinds.pop() if len(kinds) == 1 else None


def setting_of(role: str, setting: str, text: str) -> Any:
    """What a person typed for a setting, as a plan writes it; right or wrong."""
    return _value(text, _is_list(role, setting))


def _apply_plan(draft: Draft, sent: QueryDict) -> None:
    if "domains" in sent and len(draft.get("sites", [])) == 1:
        draft["sites"][0]["domains"] = sent.get("domains", "").replace(",", " ").split()
    for name, factor in (("p95_ms", 1.0), ("headroom", 0.01), ("availability", 0.01)):
        if name in sent:
            _set_number(draft, "promise", name, sent.get(name, ""), factor)
    if "growth" in sent and isinstance(draft.get("workload"), dict):
        _set_number(draft, "workload", "growth_per_year", sent.get("growth", ""), 0.01)
    if not draft.get("promise"):
        draft.pop("promise", None)


def _set_number(draft: Draft, group: str, name: str, text: str, factor: float) -> None:
    values = draft.setdefault(group, {})
    if not text.strip():
        values.pop(name, None)
        return
    value = _number(text)
    values[name] = value if not isinstance(value, int | float) else _tidy(value * factor)


def _tidy(value: float) -> int | float:
    rounded = round(value, 10)
    return int(rounded) if rounded == int(rounded) else rounded


def _apply_tier(tier: Draft, number: int, sent: QueryDict, draft: Draft) -> None:
    if f"tier.{number}.count" in sent:
        resize(tier, sent.get(f"tier.{number}.count", ""), draft)
    kind = sent.get(f"tier.{number}.type")
    if kind and kind != common_type(tier):
        _retype(tier, kind)
    if f"tier.{number}.roles" in sent:
        tier["roles"] = _roles(tier.get("roles", []), sent.getlist(f"tier.{number}.role"))
    tier["roles"] = _with_settings(tier.get("roles", []), f"tier.{number}.set", sent)
    if isinstance(tier["servers"], list):
        for index, server in enumerate(tier["servers"]):
            _apply_server(server, f"server.{number}.{index}", sent)


def _apply_server(server: Draft, name: str, sent: QueryDict) -> None:
    if sent.get(f"{name}.type"):
        server["type"] = sent[f"{name}.type"]
    if f"{name}.roles" in sent:
        server["roles"] = _roles(server.get("roles") or [], sent.getlist(f"{name}.role"))
    if server.get("roles"):
        server["roles"] = _with_settings(server["roles"], f"{name}.set", sent)


def resize(tier: Draft, text: str, draft: Draft) -> None:
    """As many servers as asked for: new ones like the last, the last ones taken away."""
    count = _number(text)
    if not isinstance(tier["servers"], list):
        tier["servers"]["count"] = count
        return
    if not isinstance(count, int) or not 1 <= count <= MOST_SERVERS:
        raise TierwrightError(f"a tier takes from 1 to {MOST_SERVERS:,} servers here; {text!r} is not that")
    servers = tier["servers"]
    taken = {server["name"] for other in draft["tiers"] for server in servers_of(other)}
    while len(servers) < count:
        name = _next_name(servers[-1]["name"], taken)
        taken.add(name)
        new = {key: value for key, value in servers[-1].items() if key not in ("name", "address")}
        servers.append({"name": name, **copy.deepcopy(new)})
    del servers[count:]


def _next_name(last: str, taken: set[str]) -> str:
    stem = re.sub(r"[0-9]+$", "", last) or "server"
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _retype(tier: Draft, kind: str) -> None:
    if isinstance(tier["servers"], list):
        for server in tier["servers"]:
            server["type"] = kind
    else:
        tier["servers"]["type"] = kind


def _roles(written: list[Any], wanted: list[str]) -> list[Any]:
    """The roles that are ticked: those that were there keep their place and their settings."""
    kept = [role for role in written if _role_name(role) in wanted]
    names = {_role_name(role) for role in kept}
    return kept + [name for name in wanted if name not in names]


def _role_name(role: Any) -> str:
    return role if isinstance(role, str) else next(iter(role))


def _with_settings(roles: list[Any], prefix: str, sent: QueryDict) -> list[Any]:
    """Roles with the settings that were typed; an emptied field is derived again."""
    return [_with_own_settings(role, f"{prefix}.{_role_name(role)}.", sent) for role in roles]


def _with_own_settings(role: Any, prefix: str, sent: QueryDict) -> Any:
    typed = {name.removeprefix(prefix): sent.get(name, "") for name in sent if name.startswith(prefix)}
    settings = dict(role[_role_name(role)] or {}) if isinstance(role, dict) else {}
    for name, text in typed.items():
        if text.strip():
            settings[name] = setting_of(_role_name(role), name, text)
        else:
            settings.pop(name, None)
    return {_role_name(role): settings} if settings else _role_name(role)


def _is_list(role: str, setting: str) -> bool:
    """Whether a setting takes several values: then one alone is a list of one."""
    component = catalogue().by_role.get(role)
    field = component.settings.model_fields.get(setting) if component else None
    return field is not None and _takes_several(field.annotation)


def _takes_several(kind: Any) -> bool:
    return get_origin(kind) is tuple or any(_takes_several(part) for part in get_args(kind))


def _value(text: str, is_list: bool) -> Any:
    if is_list or "," in text:
        return [part.strip() for part in text.split(",") if part.strip()]
    return {"true": True, "false": False}.get(text.strip().lower(), _number(text))


def _number(text: str) -> int | float | str:
    """A whole number, else a number, else the words as they are, for the codec to refuse."""
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,12}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,12}\.[0-9]{1,9}", text) else text


def _add_server(draft: Draft, argument: str, sent: QueryDict) -> None:
    tier = _tier(draft, argument)
    resize(tier, str(len(servers_of(tier)) + 1), draft)


def _remove_server(draft: Draft, argument: str, sent: QueryDict) -> None:
    number, _, name = argument.partition(":")
    tier = _tier(draft, number)
    left = [server for server in servers_of(tier) if server["name"] != name]
    if not left:
        raise TierwrightError(f"{name} is the last server of its tier; remove the tier instead")
    if isinstance(tier["servers"], list):
        tier["servers"] = left
    else:
        tier["servers"]["count"] = len(left)


def _remove_tier(draft: Draft, argument: str, sent: QueryDict) -> None:
    tier = _tier(draft, argument)
    if len(draft["tiers"]) == 1:
        raise TierwrightError("a plan has at least one tier")
    draft["tiers"].remove(tier)


def _add_tier(draft: Draft, argument: str, sent: QueryDict) -> None:
    """A tier of its own name with one server."""
    name = sent.get("new.name", "").strip()
    draft["tiers"].append(
        {
            "name": name,
            "servers": {"count": 1, "type": sent.get("new.type", "small")},
            "roles": sent.getlist("new.role"),
        }
    )


def _tier(draft: Draft, number: str) -> Draft:
    tiers: list[Draft] = draft["tiers"]
    if not number.isdecimal() or int(number) >= len(tiers):
        raise TierwrightError("the form speaks of a tier that is not there; go back and try again")
    return tiers[int(number)]


_ACTIONS: Mapping[str, Callable[[Draft, str, QueryDict], None]] = {
    "add-server": _add_server,
    "remove-server": _remove_server,
    "remove-tier": _remove_tier,
    "add-tier": _add_tier,
}
