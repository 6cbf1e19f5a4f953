"""gunicorn's configuration and its systemd unit, one of each for a site."""

from __future__ import annotations

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.gunicorn.listening import endpoints_of
from topology.components.gunicorn.settings import size
from topology.components.rendering import fixed, joined, render, sections, words
from topology.design import Site

USER = "www-data"
"""Debian gives it one number on every host, so that files over NFS have the same owner everywhere."""


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site."""
    sized = size(placed)
    files = []
    for site, socket, port in endpoints_of(placed):
        bind = f"unix:{socket}" if socket else f"{placed.host.address}:{port}"
        files += [_config(component, placed, site, sized, bind), _unit(placed, site, sized)]
    return tuple(files)


def _config(component: Component, placed: Placed, site: Site, sized: Sizing, bind: str) -> ConfigFile:
    code = site.code
    text = render(
        component,
        "gunicorn.conf.py.j2",
        site=site.name,
        wsgi=code.wsgi,
        settings=code.settings,
        directory=code.directory,
        prefix=site.path.rstrip("/"),
        bind=bind,
        worker_class="gthread" if sized["threads"] > 1 else "sync",
        health_path=sizing.HEALTH_PATH,
        trusted=_trusted(placed),
        **{name: sized[name] for name in ("workers", "threads", "max_requests", "timeout", "graceful_timeout")},
    )
    return ConfigFile(path=f"/etc/{site.name}/gunicorn.conf.py", text=text, unit=unit_name(site), reasons=sized.reasons)


def _trusted(placed: Placed) -> str:
    """The web servers that pass requests on; a socket is reached by its owner alone and needs no address."""
    clients = [e.client for e in placed.cluster.edges_to(placed.host.name, "app") if e.endpoint.socket is None]
    addresses = dict.fromkeys(placed.cluster.host(name).address for name in clients)
    return joined(*addresses) if addresses else "127.0.0.1"


def unit_name(site: Site) -> str:
    """Name of the site's systemd unit."""
    return f"app-{site.name}.service"


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    config = f"/etc/{site.name}/gunicorn.conf.py"
    text = sections(
        [
            ("Unit", _order(site)),
            ("Service", [*_service(site, sized, config), *_places(placed, site), *_HARDENING]),
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


def _service(site: Site, sized: Sizing, config: str) -> list[tuple[str, int | str]]:
    return [
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("User", USER),
        ("Group", USER),
        ("RuntimeDirectory", site.name),
        ("RuntimeDirectoryMode", "0750"),
        ("ExecStart", words(f"{site.root}/venv/bin/gunicorn", "--config", config)),
        ("ExecReload", fixed("/bin/kill -s HUP $MAINPID")),
        ("KillMode", "mixed"),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("Restart", "always"),
        ("RestartSec", 2),
        ("UMask", "0027"),
    ]


def _order(site: Site) -> list[tuple[str, int | str]]:
    return [
        ("Description", words("gunicorn", "for", site.name)),
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
