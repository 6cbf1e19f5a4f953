"""flup's files: the launcher once a host, options and a systemd unit for each site."""

from __future__ import annotations

from pathlib import Path

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.flup.listening import places_of
from topology.components.flup.settings import size
from topology.components.rendering import fixed, joined, render, sections, words
from topology.design import Site
from topology.errors import Place, TierwrightError

GROUP = "www-data"
"""The web server's own group: it may connect to the socket, and read what the site writes."""
LAUNCHER = "/usr/local/lib/tierwright/runfcgi.py"
LAUNCHER_TEXT = Path(__file__).with_name("runfcgi.py.txt").read_text(encoding="utf-8")
LONGEST_USER = 31
"""Characters of a user's name, as useradd takes it."""
IN_UNIT = ("stop_seconds", "daemonize", "own_user")
Pairs = list[tuple[str, int | str]]


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site; raises TierwrightError where a site cannot have a user of its own."""
    sized = size(placed)
    files = [ConfigFile(path=LAUNCHER, text=LAUNCHER_TEXT, mode=0o755, action="none")]
    for site, socket, port in places_of(placed):
        files += [_options(component, placed, site, socket, port), _unit(placed, site, sized)]
    return tuple(files)


def unit_name(site: Site) -> str:
    """Name of the site's systemd unit."""
    return f"fcgi-{site.name}.service"


def options_path(site: Site) -> str:
    """The file of the site's options."""
    return f"/etc/{site.name}/fcgi.ini"


def user_of(placed: Placed, site: Site) -> str:
    """Who the site runs as; raises TierwrightError where a user of its own cannot be."""
    if not size(placed)["own_user"]:
        return "www-data"
    user = f"site-{site.name}"
    files = [edge for edge in placed.cluster.edges_from(placed, "pool", "sql") if edge.endpoint.socket]
    problem = "its database is a file of www-data's; give it a database server" if files else ""
    if len(user) > LONGEST_USER:
        problem = f"{user} is longer than {LONGEST_USER} characters; give the site a shorter name"
    if problem:
        raise TierwrightError(
            f"{site.name} cannot have a user of its own: {problem}, or leave own_user out",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return user


def _options(component: Component, placed: Placed, site: Site, socket: str | None, port: int) -> ConfigFile:
    code, sized = site.code, size(placed)
    text = render(
        component,
        "fcgi.ini.j2",
        site=site.name,
        socket=socket,
        host=placed.host.address,
        port=port,
        clients=_clients(placed),
        wsgi=code.wsgi,
        settings=code.settings,
        directory=code.directory,
        path=site.path,
        health_path=sizing.HEALTH_PATH,
        daemonize=sized["daemonize"],
        s={name: value for name, value in sized.values.items() if not isinstance(value, bool)},
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting not in IN_UNIT)
    return ConfigFile(path=options_path(site), text=text, unit=unit_name(site), reasons=reasons)


def _clients(placed: Placed) -> str:
    """The web servers that pass requests on; loopback where none is elsewhere."""
    edges = [edge for edge in placed.cluster.edges_to(placed.host.name, "app") if edge.endpoint.socket is None]
    addresses = dict.fromkeys(placed.cluster.host(edge.client).address for edge in edges)
    return joined(*(addresses or ["127.0.0.1"]))


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    text = sections(
        [
            ("Unit", _order(site)),
            ("Service", [*_service(placed, site, sized), *_places(placed, site), *_HARDENING]),
            ("Install", [("WantedBy", "multi-user.target")]),
        ]
    )
    return ConfigFile(
        path=f"/etc/systemd/system/{unit_name(site)}",
        text=text,
        action="restart",
        unit=unit_name(site),
        reasons=tuple(reason for reason in sized.reasons if reason.setting in IN_UNIT),
    )


def _order(site: Site) -> Pairs:
    return [
        ("Description", words("flup", "for", site.name)),
        ("Wants", "network-online.target"),
        ("After", "network-online.target"),
        ("RequiresMountsFor", f"{site.root}/media"),
    ]


def _service(placed: Placed, site: Site, sized: Sizing) -> Pairs:
    daemon: Pairs = [("Type", "forking"), ("PIDFile", f"/run/{site.name}/fcgi.pid")]
    foreground: Pairs = [("Type", "notify"), ("NotifyAccess", "main")]
    return [
        *(daemon if sized["daemonize"] else foreground),
        ("User", user_of(placed, site)),
        ("Group", GROUP),
        ("RuntimeDirectory", site.name),
        ("RuntimeDirectoryMode", "0750"),
        ("ExecStart", words(f"{site.root}/venv/bin/python", LAUNCHER, options_path(site))),
        ("ExecReload", fixed("/bin/kill -s HUP $MAINPID")),
        ("KillMode", "mixed"),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("Restart", "always"),
        ("RestartSec", 2),
        ("UMask", "0027"),
    ]


def _places(placed: Placed, site: Site) -> Pairs:
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


_HARDENING: Pairs = [
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
