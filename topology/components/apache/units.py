"""What is added to Debian's own unit of Apache: an end that leaves requests their time, and secrets of sites."""

from __future__ import annotations

from topology import sizing as rules
from topology.components.apache.main import UNIT, USER
from topology.components.base import ConfigFile, Placed
from topology.components.rendering import sections, words
from topology.design import Site

DROP_IN = f"/etc/systemd/system/{UNIT}.d/tierwright.conf"
SECRETS = "/run/apache2-secrets"
"""Copies of the secrets, made at each start: Apache begins as root and its children, who run the sites, do not."""


def drop_in(placed: Placed, *, with_secrets: bool) -> ConfigFile:
    """The drop-in; `with_secrets` where Apache's own processes run the sites' Python."""
    chain = rules.timeouts(placed.cluster.limits.request_seconds)
    service: list[tuple[str, int | str]] = [
        ("PIDFile", "/run/apache2/apache2.pid"),
        # Debian's unit asks for a graceful end and then kills at once; this signal is the same, and is waited for.
        ("ExecStop", ""),
        ("KillSignal", "SIGWINCH"),
        ("TimeoutStopSec", chain.stop),
    ]
    if with_secrets:
        service += _copies(placed)
    mounted: list[tuple[str, int | str]] = [
        ("RequiresMountsFor", words(f"{site.root}/media", f"{site.root}/static")) for site in placed.cluster.sites
    ]
    text = sections([("Unit", mounted), ("Service", service)])
    return ConfigFile(path=DROP_IN, text=text, action="restart", unit=UNIT)


def secrets_folder(site: Site) -> str:
    """Where the children of Apache find the secrets of a site."""
    return f"{SECRETS}/{site.name}"


def _copies(placed: Placed) -> list[tuple[str, int | str]]:
    """Credentials of systemd are shown to the account of the unit alone, root; copies for the group serve better."""
    lines: list[tuple[str, int | str]] = [
        ("RuntimeDirectory", SECRETS.rpartition("/")[2]),
        ("RuntimeDirectoryMode", "0711"),
    ]
    for site in placed.cluster.sites:
        names = placed.cluster.secrets_of(placed.host.name, site)
        files = [f"/etc/{site.name}/secrets/{name}" for name in names]
        folder = secrets_folder(site)
        lines.append(("ExecStartPre", words("/usr/bin/install", "-d", "-m", "0750", "-g", USER, folder)))
        if files:
            copy = words("/usr/bin/install", "-m", "0440", "-g", USER, "-t", folder, *files)
            lines.append(("ExecStartPre", copy))
    return lines
