"""Celery's systemd units: a worker and a clock for each site, where their roles are."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import ConfigFile, Placed, Sizing
from topology.components.celery.settings import BEAT, size
from topology.components.rendering import fixed, option, sections, words
from topology.design import Site

USER = "www-data"
Pairs = list[tuple[str, int | str]]


def unit_name(placed: Placed, site: Site) -> str:
    """Name of the unit by which this role runs a site."""
    return f"celery-beat-{site.name}.service" if placed.role.name == BEAT else f"celery-{site.name}.service"


def path_of(placed: Placed, site: Site) -> str:
    """Where the unit is."""
    return f"/etc/systemd/system/{unit_name(placed, site)}"


def app_of(site: Site) -> str:
    """The package that holds the site's Celery app, in its module celery: the one of its settings."""
    return site.code.settings.partition(".")[0]


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """A unit for every site."""
    sized = size(placed)
    return tuple(_unit(placed, site, sized) for site in placed.cluster.sites)


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    text = sections(
        [
            ("Unit", list(_order(placed, site))),
            ("Service", [*_service(placed, site, sized), *_secrets(placed, site), *_HARDENING]),
            ("Install", [("WantedBy", "multi-user.target")]),
        ]
    )
    name = unit_name(placed, site)
    return ConfigFile(path=path_of(placed, site), text=text, action="restart", unit=name, reasons=sized.reasons)


def _order(placed: Placed, site: Site) -> Iterator[tuple[str, int | str]]:
    kind = "beat" if placed.role.name == BEAT else "worker"
    yield "Description", words("Celery", kind, "for", site.name)
    yield "Wants", "network-online.target"
    yield "After", "network-online.target"
    yield "RequiresMountsFor", f"{site.root}/media"
    units = [p.component.app_unit(p, site) for p in placed.cluster.by_host[placed.host.name] if _runs_requests(p)]
    if kind == "worker" and units:
        yield "ReloadPropagatedFrom", units[0]  # which is told when Django's settings change


def _runs_requests(placed: Placed) -> bool:
    return "app" in placed.component.offers.get(placed.role.name, ())


def _service(placed: Placed, site: Site, sized: Sizing) -> Pairs:
    start = [f"{site.root}/venv/bin/celery", "--app", app_of(site), *_options(placed, site, sized)]
    return [
        ("Type", "exec"),
        ("User", USER),
        ("Group", USER),
        ("WorkingDirectory", site.code.directory),
        ("Environment", option("PYTHONPATH", f"/etc/{site.name}")),
        ("Environment", option("DJANGO_SETTINGS_MODULE", site.code.settings.partition(":")[0])),
        ("ExecStart", words(*start)),
        # A worker that is told to reload ends its jobs and begins anew, with the settings of now.
        *([("ExecReload", fixed("/bin/kill -s HUP $MAINPID"))] if placed.role.name != BEAT else []),
        ("KillMode", "mixed"),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("Restart", "always"),
        ("RestartSec", 5),
        ("UMask", "0027"),
        *([("StateDirectory", f"celery-{site.name}")] if placed.role.name == BEAT else []),
        *([("ReadWritePaths", f"-{site.root}/media")] if placed.role.name != BEAT else []),
    ]


def _options(placed: Placed, site: Site, sized: Sizing) -> list[str]:
    if placed.role.name == BEAT:
        return ["beat", "--loglevel", "INFO", "--schedule", f"/var/lib/celery-{site.name}/schedule"]
    many = sized["jobs_per_process"]
    return [
        "worker",
        *("--hostname", f"{site.name}@{placed.host.name}"),
        *("--concurrency", str(sized["concurrency"])),
        *("--time-limit", str(sized["job_seconds"])),
        *("--prefetch-multiplier", "1"),
        *(("--max-tasks-per-child", str(many)) if many else ()),
        *("--loglevel", "INFO"),
    ]


def _secrets(placed: Placed, site: Site) -> Pairs:
    names = placed.cluster.secrets_of(placed.host.name, site)
    return [("LoadCredential", f"{name}:/etc/{site.name}/secrets/{name}") for name in names]


_HARDENING: Pairs = [
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateUsers", "yes"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("ProtectControlGroups", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("RestrictAddressFamilies", words("AF_UNIX", "AF_INET", "AF_INET6")),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service"),
]
