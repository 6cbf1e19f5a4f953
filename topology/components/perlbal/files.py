"""The files of Perlbal: its configuration, a file of members for each pool, and a unit, since Debian brings none."""

from __future__ import annotations

from topology.components.balancing import fronts_media
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.perlbal.settings import size
from topology.components.rendering import render, sections, words
from topology.components.units import hardening

UNIT = "perlbal.service"
CONFIG = "/etc/perlbal/perlbal.conf"
UNIT_PATH = f"/etc/systemd/system/{UNIT}"
USER = "www-data"
"""The account that Debian's own script of Perlbal runs it as."""
FREE = ("PrivateUsers", "CapabilityBoundingSet", "AmbientCapabilities")
"""What its unit goes without or says otherwise: a right to port 80 is none among users of its own."""
Pairs = list[tuple[str, int | str]]


def pool_path(name: str) -> str:
    """The file of a pool's members, which Perlbal reads again when it changes."""
    return f"/etc/perlbal/{name}.pool"


def members_of(placed: Placed, service: str) -> list[str]:
    """Addresses with ports of the servers behind this balancer."""
    edges = placed.cluster.edges_from(placed, service)
    return list(dict.fromkeys(f"{placed.cluster.host(e.server).address}:{e.endpoint.port}" for e in edges))


def pools_of(placed: Placed) -> dict[str, list[str]]:
    """The pools: web, and media where there are several media servers."""
    pools = {"web": members_of(placed, "web")}
    return {**pools, "media": members_of(placed, "media")} if fronts_media(placed) else pools


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """All files."""
    sized, pools = size(placed), pools_of(placed)
    switches = {name: ("on" if value else "off") for name, value in sized.values.items() if isinstance(value, bool)}
    text = render(
        component,
        "perlbal.conf.j2",
        pools=[{"name": name, "path": pool_path(name)} for name in pools],
        with_media=fronts_media(placed),
        media_names=list(dict.fromkeys(site.media_domain for site in placed.cluster.sites)),
        upload_bytes=sized["upload_mib"] * 1024 * 1024,
        s={**sized.values, **switches},
    )
    members = (
        ConfigFile(
            path=pool_path(name), text="".join(f"{words(place)}\n" for place in places), action="none", unit=UNIT
        )
        for name, places in pools.items()
    )
    return (
        ConfigFile(path=CONFIG, text=text, action="restart", unit=UNIT, reasons=sized.reasons),
        *members,
        ConfigFile(path=UNIT_PATH, text=_unit(sized), action="restart", unit=UNIT),
    )


def _unit(sized: Sizing) -> str:
    service: Pairs = [
        ("Type", "exec"),
        ("User", USER),
        ("Group", USER),
        ("ExecStart", words("/usr/bin/perlbal", "--config", CONFIG)),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("Restart", "always"),
        ("RestartSec", 2),
        ("LimitNOFILE", 2 * sized["maxconn"] + 100),
        # Port 80 is below 1024; nothing else is allowed to it.
        ("AmbientCapabilities", "CAP_NET_BIND_SERVICE"),
        ("CapabilityBoundingSet", "CAP_NET_BIND_SERVICE"),
    ]
    order: Pairs = [
        ("Description", words("Perlbal", "balances", "the", "web", "servers")),
        ("Wants", "network-online.target"),
        ("After", "network-online.target"),
    ]
    install: Pairs = [("WantedBy", "multi-user.target")]
    return sections([("Unit", order), ("Service", [*service, *hardening(*FREE)]), ("Install", install)])
