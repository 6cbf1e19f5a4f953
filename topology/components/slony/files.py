"""Slony's files: for each site a slon with its unit, and on the origin the scripts that a person runs by slonik."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from topology.components.base import Component, ConfigFile, Placed, Reason, Sizing
from topology.components.rendering import Written, assignments, option, quoted, render, sections, words
from topology.components.slony.settings import Node, nodes_of, own_node, size
from topology.components.units import hardening
from topology.design import Site

USER = "slony"
"""The database user of all slons: a superuser, since Slony switches the triggers of other users' tables."""
OWNER = "postgres:postgres"
PASSFILE = "/var/lib/postgresql/slony.pgpass"
"""Where every node reads the password: HOST:5432:*:slony:PASSWORD, mode 0600. Never in a bundle."""
SCRIPTS = ("preamble", "init", "set", "subscribe")
FREE = ("PrivateUsers", "AmbientCapabilities", "ProtectProc", "RemoveIPC")
"""What its unit goes without: RemoveIPC would take the memory of PostgreSQL, which has the same account."""


def folder_of(site: Site) -> str:
    """Directory of a site's Slony."""
    return f"/etc/slony1/{site.name}"


def listed_of(site: Site) -> str:
    """The set of a site, written from the catalogue of its database."""
    return f"/var/lib/postgresql/slony-{site.name}.slonik"


def unit_of(site: Site) -> str:
    """The unit of a site's slon."""
    return f"slon-{site.name}.service"


def conninfo_of(site: Site, node: Node) -> str:
    """How every slon and slonik reaches a node."""
    pairs: list[tuple[str, Written]] = [
        ("host", node.address),
        ("port", node.port),
        ("dbname", site.database),
        ("user", USER),
        ("passfile", PASSFILE),
    ]
    return words(*(option(key, value) for key, value in pairs))


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Of every site; raises TierwrightError where the cluster has no origin, or no subscriber."""
    sizing, own = size(placed), own_node(placed)
    files: list[ConfigFile] = []
    for site in placed.cluster.sites:
        files += [_slon(site, own, sizing), _unit(site)]
        if own.number == 1:
            files += _scripts(component, site, nodes_of(placed))
    return tuple(files)


def _slon(site: Site, own: Node, sizing: Sizing) -> ConfigFile:
    pairs: list[tuple[str, Written]] = [
        ("cluster_name", quoted(site.database)),
        ("conn_info", quoted(conninfo_of(site, own))),
        ("sync_interval", sizing["sync_interval_ms"]),
        ("sync_interval_timeout", sizing["sync_timeout_ms"]),
        ("log_timestamp", "false"),
        ("log_level", 0),
    ]
    reason = Reason(
        setting="conn_info", value=own.address, formula="the database beside it", facts={"node": own.number}
    )
    return ConfigFile(
        path=f"{folder_of(site)}/slon.conf",
        text=assignments(pairs),
        owner=OWNER,
        mode=0o640,
        action="restart",
        unit=unit_of(site),
        reasons=(*sizing.reasons, reason),
    )


def _unit(site: Site) -> ConfigFile:
    service: list[tuple[str, Written]] = [
        ("Type", "simple"),
        ("User", "postgres"),
        ("Group", "postgres"),
        ("ExecStart", words("/usr/bin/slon", "-f", f"{folder_of(site)}/slon.conf")),
        ("Restart", "always"),
        ("RestartSec", 5),
    ]
    order: list[tuple[str, Written]] = [
        ("Description", words("Slony", "for", site.name)),
        ("Wants", "network-online.target"),
        ("After", words("network-online.target", "postgresql.service")),
    ]
    install: list[tuple[str, Written]] = [("WantedBy", "multi-user.target")]
    text = sections([("Unit", order), ("Service", [*service, *hardening(*FREE)]), ("Install", install)])
    return ConfigFile(path=f"/etc/systemd/system/{unit_of(site)}", text=text, action="restart", unit=unit_of(site))


def _scripts(component: Component, site: Site, nodes: tuple[Node, ...]) -> Iterator[ConfigFile]:
    values: dict[str, Any] = {
        "database": site.database,
        "folder": folder_of(site),
        "listed": listed_of(site),
        "nodes": [_values(site, node) for node in nodes],
    }
    why = Reason(
        setting="nodes",
        value=len(nodes),
        formula="the server that takes the writes is 1, the subscribers follow in the order of the plan; each reaches"
        " every other by a path of its own",
        facts={node.host: node.number for node in nodes},
    )
    for name in SCRIPTS:
        yield _script(f"{name}.slonik", site, render(component, f"{name}.slonik.j2", **values), why)
    for node in nodes[1:]:
        text = render(component, "move.slonik.j2", node=_values(site, node), **values)
        yield _script(f"move-to-{node.host}.slonik", site, text, why)
    yield _script("tables.sql", site, render(component, "tables.sql.j2"), why)


def _values(site: Site, node: Node) -> dict[str, Any]:
    return {
        "number": node.number,
        "host": node.host,
        "address": node.address,
        "conninfo": conninfo_of(site, node),
    }


def _script(name: str, site: Site, text: str, why: Reason) -> ConfigFile:
    return ConfigFile(
        path=f"{folder_of(site)}/{name}", text=text, owner=OWNER, mode=0o640, action="none", reasons=(why,)
    )
