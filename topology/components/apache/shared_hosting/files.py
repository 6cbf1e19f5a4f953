"""The folder of each site that is uploaded: `.htaccess` and a program that the web server starts."""

from __future__ import annotations

from topology import sizing
from topology.components.apache.shared_hosting.settings import size
from topology.components.base import Component, ConfigFile, Placed
from topology.components.rendering import render
from topology.design import Site

MIB = 1024 * 1024


def folder_of(site: Site) -> str:
    """The folder of the site's pages, as the account has it."""
    return f"{site.root}/public_html"


def htaccess_of(site: Site) -> str:
    """Path of the site's .htaccess."""
    return f"{folder_of(site)}/.htaccess"


def script_of(site: Site) -> str:
    """Path of the program that answers for the site."""
    return f"{folder_of(site)}/{site.name}.fcgi"


def python_of(placed: Placed, site: Site) -> str:
    """The Python of the account."""
    written: str | None = getattr(placed.written, "python", None)
    return written or f"{site.root}/venv/bin/python"


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Two files a site."""
    return tuple(file for site in placed.cluster.sites for file in _files(component, placed, site))


def _files(component: Component, placed: Placed, site: Site) -> tuple[ConfigFile, ConfigFile]:
    sized = size(placed)
    module, _, name = site.code.wsgi.partition(":")
    htaccess = render(
        component,
        "htaccess.j2",
        site=site.name,
        path=site.path,
        script=f"{site.name}.fcgi",
        upload_bytes=placed.cluster.limits.upload_mib * MIB,
    )
    script = render(
        component,
        "site.fcgi.j2",
        site=site.name,
        python=python_of(placed, site),
        directory=site.code.directory,
        settings=site.code.settings,
        module=module,
        application=name or "application",
        prefix=site.path.rstrip("/"),
        health_path=sizing.HEALTH_PATH,
        process_seconds=sized["process_seconds"],
    )
    return (
        ConfigFile(path=htaccess_of(site), text=htaccess, action="none"),
        ConfigFile(path=script_of(site), text=script, mode=0o755, action="none", reasons=sized.reasons),
    )
