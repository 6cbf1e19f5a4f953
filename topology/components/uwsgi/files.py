"""uWSGI's configuration and its systemd unit, one of each for a site."""

from __future__ import annotations

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.rendering import fixed, render, sections, words
from topology.components.uwsgi.listening import endpoints_of
from topology.components.uwsgi.settings import size
from topology.design import Site

USER = "www-data"
"""Debian gives it one number on every host, so that files over NFS have the same owner everywhere."""


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site."""
    sized = size(placed)
    files = []
    for site, socket, port in endpoints_of(placed):
        files += [_config(component, placed, site, socket, port), _unit(placed, site, sized)]
    return tuple(files)


def config_path(site: Site) -> str:
    """The file of the site's options."""
    return f"/etc/{site.name}/uwsgi.ini"


def _config(component: Component, placed: Placed, site: Site, socket: str | None, port: int) -> ConfigFile:
    code, sized = site.code, size(placed)
    module, _, name = code.wsgi.partition(":")
    text = render(
        component,
        "uwsgi.ini.j2",
        site=site.name,
        wsgi=f"{module}:{name or 'application'}",
        settings=code.settings,
        directory=code.directory,
        venv=f"{site.root}/venv",
        prefix=site.path.rstrip("/"),
        socket=socket,
        address=placed.host.address,
        port=port,
        health=sizing.HEALTH_PATH,
        s=dict(sized.values),
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting != "stop_seconds")
    return ConfigFile(path=config_path(site), text=text, unit=unit_name(site), reasons=reasons)


def unit_name(site: Site) -> str:
    """Name of the site's systemd unit."""
    return f"app-{site.name}.service"


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    text = sections(
        [
            ("Unit", _order(site)),
            ("Service", [*_service(site, sized), *_places(placed, site), *_HARDENING]),
            ("Install", [("WantedBy", "multi-user.target")]),
        ]
    )
    return ConfigFile(
        path=f"/etc/systemd/system/{unit_name(site)}",
        text=text,
        action="restart",
        unit=unit_name(site),
        reasons=tuple(reason for reason in sized.reasons if reason.setting == "stop_seconds"),
    )


def _service(site: Site, sized: Sizing) -> list[tuple[str, int | str]]:
    return [
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("User", USER),
        ("Group", USER),
        ("RuntimeDirectory", site.name),
        ("RuntimeDirectoryMode", "0750"),
        ("ExecStart", words("/usr/bin/uwsgi", "--ini", config_path(site))),
        ("ExecReload", fixed("/bin/kill -s HUP $MAINPID")),
        ("KillMode", "mixed"),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("Restart", "always"),
        ("RestartSec", 2),
        ("UMask", "0027"),
    ]


def _order(site: Site) -> list[tuple[str, int | str]]:
    return [
        ("Description", words("uWSGI", "for", site.name)),
        ("Wants", "network-online.target"),
        ("After", "network-online.target"),
        ("RequiresMountsFor", f"{site.root}/media"),
    ]


def _places(placed: Placed, site: Site) -> list[tuple[str, int | str]]:
    """Where the site may write, and the secrets that systemd reads as root and shows to this unit alone."""
    edges = placed.cluster.edges_from(placed, "pool", "sql")
    folders = [
        e.endpoint.socket.rpartition("/")[0] for e in edges if e.endpoint.socket and e.endpoint.site == site.name
    ]
    secrets = placed.cluster.secrets_of(placed.host.name, site)
    return [
        *(("ReadWritePaths", f"-{folder}") for folder in (f"{site.root}/media", *folders)),
        *(("LoadCredential", f"{name}:/etc/{site.name}/secrets/{name}") for name in secrets),
    ]


_HARDENING: list[tuple[str, int | str]] = [
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateUsers", "yes"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("AmbientCapabilities", ""),
    ("ProtectClock", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectProc", "invisible"),
    ("RestrictAddressFamilies", words("AF_UNIX", "AF_INET", "AF_INET6")),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("RemoveIPC", "yes"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service"),
    ("SystemCallErrorNumber", "EPERM"),
]
