"""Edits as people make them, drawn with a seed from the stages of the demo's newspaper."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from topology import demo, document
from topology.bundles import build
from topology.components import catalogue
from topology.design import Design, Promise, Site, Stack
from topology.errors import TierwrightError
from topology.stages import evolve, first

Data = dict[str, Any]
Draw = random.Random
STACKS: tuple[Stack, ...] = ("today", "chapter21")
TYPES = ("small", "medium", "large", "xlarge", "memory")
RENTED: Mapping[str, Any] = {"cores": 8, "ram_mib": 16_384, "price_month": 120}
SETTINGS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "nginx": {"worker_connections": (2048, 4096), "file_seconds": (60, 3600)},
    "gunicorn": {"workers": (5, 9, 17), "threads": (2, 4), "max_requests": (1000, 5000)},
    "memcached": {"memory_mib": (128, 256), "max_item_mib": (1, 2)},
    "haproxy": {"maxconn": (2000, 4000), "health_path": ("/health", "/up")},
    "pgbouncer": {"default_pool_size": (15, 25)},
    "postgresql": {"max_connections": (150, 300), "shared_buffers_mib": (512, 1024)},
    "nfs_server": {"threads": (8, 16)},
}


@lru_cache(maxsize=1)
def starts() -> tuple[Design, ...]:
    """Every stage of the newspaper: with today's programs, with the chapter's, and on a server type of its own."""
    site, promise = (
        Site(name="newspaper", domains=("www.newspaper.example",)),
        Promise(availability=0.998, headroom=0.3),
    )
    firsts = (first(site, demo.workload(), promise=promise, stack=stack) for stack in STACKS)
    today, chapter = ([view.design for view in evolve(start).views] for start in firsts)
    return (*today, *chapter, *(_with_own_type(design) for design in today))


def _with_own_type(design: Design) -> Design:
    data = document.to_data(design)
    data["server_types"] = {"rented": dict(RENTED)}
    data["tiers"][0]["servers"][0]["type"] = data["tiers"][-1]["servers"][0]["type"] = "rented"
    return document.from_data(data, catalogue=catalogue())


def edited(design: Design, draw: Draw) -> tuple[Design, tuple[str, ...]]:
    """The design after one to three edits that leave a plan from which a bundle can be made, and their names."""
    while True:
        data = copy.deepcopy(document.to_data(design))
        chosen = draw.choices(list(EDITS), k=draw.choice((1, 1, 1, 2, 3)))
        try:
            for name in chosen:
                EDITS[name](data, draw)
            after = document.from_data(data, catalogue=catalogue())
            build(after)
        except TierwrightError:
            continue  # two programs on one port, or a role without what it stands on: nobody can propose that
        if document.digest(after) != document.digest(design):
            return after, tuple(chosen)


def _tier(data: Data, draw: Draw) -> Data:
    chosen: Data = draw.choice(data["tiers"])
    return chosen


def _listed(data: Data, draw: Draw) -> Data:
    """A tier, its servers written one by one."""
    tier = _tier(data, draw)
    if isinstance(tier["servers"], dict):
        kind = tier["servers"]["type"]
        names = (f"{tier['name']}{number}" for number in range(1, tier["servers"]["count"] + 1))
        tier["servers"] = [{"name": name, "type": kind} for name in names]
    return tier


def _server(data: Data, draw: Draw) -> Data:
    chosen: Data = draw.choice(_listed(data, draw)["servers"])
    return chosen


def _role_name(role: Any) -> str:
    return role if isinstance(role, str) else str(next(iter(role)))


def _settable(data: Data) -> Iterator[tuple[Data, int, str]]:
    """Every written role of a tier whose settings are known above: tier, place, name."""
    for tier in data["tiers"]:
        for place, role in enumerate(tier.get("roles", [])):
            if _role_name(role) in SETTINGS:
                yield tier, place, _role_name(role)


def add_server(data: Data, draw: Draw) -> None:
    tier = _tier(data, draw)
    if isinstance(tier["servers"], dict):
        tier["servers"]["count"] += 1
        return
    last = tier["servers"][-1]
    server = {key: value for key, value in last.items() if key != "address"}
    tier["servers"].append({**server, "name": f"{last['name']}-{draw.randint(2, 99)}"})


def remove_server(data: Data, draw: Draw) -> None:
    servers = _tier(data, draw)["servers"]
    if isinstance(servers, dict):
        servers["count"] = max(1, servers["count"] - 1)
    elif len(servers) > 1:
        servers.pop(draw.randrange(len(servers)))


def rename_server(data: Data, draw: Draw) -> None:
    _server(data, draw)["name"] = f"box{draw.randint(1, 99)}"


def change_type(data: Data, draw: Draw) -> None:
    _server(data, draw)["type"] = draw.choice(TYPES)


def move_address(data: Data, draw: Draw) -> None:
    _server(data, draw)["address"] = f"10.0.0.{draw.randint(50, 200)}"


def forget_address(data: Data, draw: Draw) -> None:
    _server(data, draw).pop("address", None)


def count_servers(data: Data, draw: Draw) -> None:
    tier = _tier(data, draw)
    if isinstance(tier["servers"], list):
        tier["servers"] = {"count": len(tier["servers"]), "type": tier["servers"][0]["type"]}


def list_servers(data: Data, draw: Draw) -> None:
    _listed(data, draw)


def change_setting(data: Data, draw: Draw) -> None:
    tier, place, name = draw.choice(list(_settable(data)))
    setting = draw.choice(list(SETTINGS[name]))
    written = tier["roles"][place][name] if isinstance(tier["roles"][place], dict) else {}
    tier["roles"][place] = {name: {**written, setting: draw.choice(SETTINGS[name][setting])}}


def change_setting_of_one_server(data: Data, draw: Draw) -> None:
    tier, _, name = draw.choice(list(_settable(data)))
    if isinstance(tier["servers"], list):
        setting = draw.choice(list(SETTINGS[name]))
        draw.choice(tier["servers"])["settings"] = {name: {setting: draw.choice(SETTINGS[name][setting])}}


def add_role(data: Data, draw: Draw) -> None:
    roles = _tier(data, draw).setdefault("roles", [])
    name = draw.choice(("memcached", "redis", "pgbouncer", "nginx", "celery_worker", "bind9"))
    if name not in map(_role_name, roles):
        roles.append(name)


def remove_role(data: Data, draw: Draw) -> None:
    roles = _tier(data, draw).get("roles", [])
    if roles:
        roles.pop(draw.randrange(len(roles)))


def shuffle_roles(data: Data, draw: Draw) -> None:
    draw.shuffle(_tier(data, draw).get("roles", []))


def add_tier(data: Data, draw: Draw) -> None:
    servers = {"count": draw.randint(1, 2), "type": draw.choice(TYPES)}
    roles = draw.choice((["memcached"], ["redis"], []))
    data["tiers"].append({"name": f"extra{draw.randint(1, 99)}", "servers": servers, "roles": roles})


def remove_tier(data: Data, draw: Draw) -> None:
    if len(data["tiers"]) > 1:
        data["tiers"].pop(draw.randrange(len(data["tiers"])))


def rename_tier(data: Data, draw: Draw) -> None:
    _tier(data, draw)["name"] = f"layer{draw.randint(1, 99)}"


def shuffle_tiers(data: Data, draw: Draw) -> None:
    draw.shuffle(data["tiers"])


def change_promise(data: Data, draw: Draw) -> None:
    name, values = draw.choice((("p95_ms", (200, 500)), ("availability", (0.99, 0.999)), ("headroom", (0.2, 0.5))))
    data["promise"] = {**data.get("promise", {}), name: draw.choice(values)}


def change_peak(data: Data, draw: Draw) -> None:
    data["workload"] = {**data["workload"], "peak_requests_per_second": draw.choice((150, 350, 500))}


def change_growth(data: Data, draw: Draw) -> None:
    data["workload"] = {**data["workload"], "growth_per_year": draw.choice((0.25, 0.4, 1.5))}


def change_currency(data: Data, draw: Draw) -> None:
    data["currency"] = draw.choice(("EUR", "USD", "CHF"))


def change_notes(data: Data, draw: Draw) -> None:
    data["notes"] = draw.choice(("Ask ana first.", "Move in January.", ""))


def add_domain(data: Data, draw: Draw) -> None:
    data["sites"][0]["domains"].append(f"s{draw.randint(1, 99)}.newspaper.example")


def add_external(data: Data, draw: Draw) -> None:
    endpoint = f"mail{draw.randint(1, 9)}.example.net:587"
    data["externals"] = [{"name": "mail", "kind": "smtp", "endpoint": endpoint}]


def narrow_admin_network(data: Data, draw: Draw) -> None:
    data["network"] = {**data.get("network", {}), "admin_cidr": f"10.9.{draw.randint(0, 255)}.0/24"}


def take_on_a_finding(data: Data, draw: Draw) -> None:
    reason = draw.choice(("It is known to us.", "It will be mended in May."))
    data["waivers"] = [{"check": "one-leader", "reason": reason, "by": "ana"}]


def rent_a_server(data: Data, draw: Draw) -> None:
    data.setdefault("server_types", {}).setdefault("rented", dict(RENTED))
    _server(data, draw)["type"] = "rented"


def change_price(data: Data, draw: Draw) -> None:
    data.setdefault("server_types", {}).setdefault("rented", dict(RENTED))["price_month"] = draw.choice((90, 95.5))


def change_size(data: Data, draw: Draw) -> None:
    name, value = draw.choice((("cores", 4), ("ram_mib", 32_768), ("speed", 1.2), ("network_mbit", 500)))
    data.setdefault("server_types", {}).setdefault("rented", dict(RENTED))[name] = value


EDITS: Mapping[str, Callable[[Data, Draw], None]] = {
    edit.__name__: edit
    for edit in (
        add_server, remove_server, rename_server, change_type, move_address, forget_address, count_servers,
        list_servers, change_setting, change_setting_of_one_server, add_role, remove_role, shuffle_roles, add_tier,
        remove_tier, rename_tier, shuffle_tiers, change_promise, change_peak, change_growth, change_currency,
        change_notes, add_domain, add_external, narrow_admin_network, take_on_a_finding, rent_a_server,
        change_price, change_size,
    )
}  # fmt: skip
