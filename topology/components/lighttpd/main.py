"""The main file of lighttpd, one whole lighttpd.conf for a role, and what is added to its unit."""

from __future__ import annotations

from typing import Any

from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.fronting import balancers_of
from topology.components.rendering import render, sections, words

UNIT = "lighttpd.service"
MAIN = "/etc/lighttpd/lighttpd.conf"
DROP_IN = f"/etc/systemd/system/{UNIT}.d/tierwright.conf"


def files_with(
    component: Component, placed: Placed, sized: Sizing, template: str, **values: Any
) -> tuple[ConfigFile, ...]:
    """lighttpd.conf from the template of a role, and the unit's drop-in."""
    text = render(component, template, balancers=balancers_of(placed), s=dict(sized.values), **values)
    main = ConfigFile(path=MAIN, text=text, unit=UNIT, reasons=sized.reasons)
    return (main, _drop_in(placed, sized))


def _drop_in(placed: Placed, sized: Sizing) -> ConfigFile:
    """lighttpd ends its requests first on SIGINT only; SIGTERM, which systemd sends, cuts them off."""
    mounted = [
        ("RequiresMountsFor", words(f"{site.root}/media", f"{site.root}/static")) for site in placed.cluster.sites
    ]
    service: list[tuple[str, int | str]] = [
        ("KillSignal", "SIGINT"),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("LimitNOFILE", sized["max_fds"]),
    ]
    text = sections([("Unit", mounted), ("Service", service)])
    return ConfigFile(path=DROP_IN, text=text, action="restart", unit=UNIT)
