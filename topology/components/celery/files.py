"""Celery's systemd units: a worker and a clock for each site, where their roles are."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import ConfigFile, Placed, Sizing
from topology.components.celery.settings import BEAT, size
from topology.components.rendering import Written, option, words
from topology.components.serving import RELOAD, USER, order, secrets, site_unit
from topology.components.units import hardening
from topology.design import Site


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
    service = [*_service(placed, site, sized), *secrets(placed, site), *hardening()]
    return site_unit(unit_name(placed, site), [("Unit", _order(placed, site)), ("Service", service)], sized.reasons)


def _order(placed: Placed, site: Site) -> Iterator[tuple[str, Written]]:
    kind = "beat" if placed.role.name == BEAT else "worker"
    yield from order(site, "Celery", kind)
    units = [p.component.app_unit(p, site) for p in placed.cluster.by_host[placed.host.name] if _runs_requests(p)]
    if kind == "worker" and units:
        yield "ReloadPropagatedFrom", units[0]  # which is told when Django's settings change


def _runs_requests(placed: Placed) -> bool:
    return "app" in placed.component.offers.get(placed.role.name, ())


def _service(placed: Placed, site: Site, sized: Sizing) -> list[tuple[str, Written]]:
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
        *([("ExecReload", RELOAD)] if placed.role.name != BEAT else []),
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
