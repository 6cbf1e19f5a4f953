"""Shared hosting: a folder to upload, with which a provider's Apache starts the site by mod_fcgid.

Use it where one has an account and no server: no root, no configuration of Apache, no services. The folder holds a
`.htaccess` that sends every address without a file to a small program, and that program, which Apache starts and ends
as it likes. A touch of it loads new code. The rest of the server's files in a bundle is the provider's business,
except `tierwright_settings.py`, which goes into the account's folder `private`. A server of one's own is better served
by any other role: here each process answers one request at a time, starts when somebody is already waiting, and has
the provider's limits.
"""

from __future__ import annotations

from topology.components import fronting, serving
from topology.components.apache.cost import FILE_EVENT
from topology.components.apache.python import PythonInApache
from topology.components.apache.shared_hosting.boot import boot
from topology.components.apache.shared_hosting.files import files_of, folder_of, python_of, script_of
from topology.components.apache.shared_hosting.reader import read
from topology.components.apache.shared_hosting.settings import SharedHostingSettings, memory_of, size
from topology.components.apache.shared_hosting.texts import LOGS, TRANSLATIONS, TROUBLES
from topology.components.apache.shared_hosting.validate import check
from topology.components.base import (
    ConfigFile,
    Endpoint,
    Measured,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Validator,
)
from topology.components.reading import Reading, Texts
from topology.design import Site

ROLE = "shared_hosting"


class SharedHosting(PythonInApache):
    """A provider's Apache with mod_fcgid."""

    name = "shared_hosting"
    title = "Shared hosting with mod_fcgid"
    roles = {ROLE: "a folder that a provider's Apache starts the site from"}  # noqa: RUF012
    offers = {ROLE: ("web", "app")}  # noqa: RUF012
    era = ("chapter",)
    packages = {"debian12": "2.3.9", "ubuntu2404": "2.3.9"}  # noqa: RUF012
    package = "apache2 libapache2-mod-fcgid"
    settings = SharedHostingSettings
    evidence = "booted"
    answer = "after the touch: the new code"
    measured = Measured(memory_mib=42, cpu_ms=1.5, says="a page of 100 rows, Apache and its one FastCGI process")
    file_cpu = FILE_EVENT
    logs = LOGS
    troubles = TROUBLES
    translations = TRANSLATIONS
    validator = Validator(
        program="apache2",
        package="libapache2-mod-fcgid",
        says="an Apache with mod_fcgid is given the folder and asked for a page of every site",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80 of the provider's server."""
        sites, processes = len(placed.cluster.sites), size(placed)["processes"]
        return (fronting.endpoint(placed, slots=processes * sites, processes=processes * sites),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The database and the cache: a connection of each for every process."""
        return serving.needs(placed, size(placed)["processes"])

    def size(self, placed: Placed) -> Sizing:
        """Processes."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The folder of every site."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """The upload limit of the sites."""
        return read(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """What is uploaded where, by the account itself."""
        return tuple(_preparation(placed, site) for site in placed.cluster.sites)

    def memory(self, placed: Placed) -> Memory:
        """The processes."""
        return memory_of(placed)


def _preparation(placed: Placed, site: Site) -> Preparation:
    folder, root = folder_of(site), site.root
    return Preparation(
        does=f"Upload {folder} of the bundle to where the provider keeps the pages of {site.domains[0]}{site.path}, the"
        f" code to {site.code.directory}, and /etc/{site.name}/tierwright_settings.py with its secrets to"
        f" {root}/private; no line needs root. Ask the provider for mod_fcgid, mod_rewrite, AllowOverride All and"
        f" FcgidMaxRequestLen {placed.cluster.limits.upload_mib * 1024 * 1024}.",
        lines=(
            f"python3 -m venv {root}/venv",
            f"{root}/venv/bin/pip install flup==1.0.3",
            f"mkdir -p {root}/static {root}/media",
            f"mkdir -p -m 700 {root}/private/secrets",
            f"ln -s ../static ../media {folder}/",
            f"chmod 755 {script_of(site)}",
            f"test -x {python_of(placed, site)}",
        ),
        secrets=(f"{root}/private/secrets",),
    )


COMPONENT = SharedHosting()
