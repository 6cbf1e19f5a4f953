"""The application server of 2006: flup runs the site's Python code in its own processes and speaks FastCGI.

Use it behind Apache (mod_proxy_fcgi) or lighttpd where the stack of the Django Book's chapter 21 is to stay; a new
site is better served by gunicorn, which is maintained. Each site has its own processes, options file, systemd unit
and socket. Django's `manage.py runfcgi` is gone since Django 1.9; a launcher with the same options takes its place
and comes with the bundle. It gives the site its own path whatever the web server sends as SCRIPT_NAME, so that
FORCE_SCRIPT_NAME is not needed, and it keeps the socket open while the site is loaded anew. flup itself comes from
the site's virtual environment, /srv/SITE/venv. `systemctl start`, `stop`, `reload` and `restart fcgi-SITE` work as
for any service, also where it is a daemon with a pid file.
"""

from __future__ import annotations

from topology.components import serving
from topology.components.base import (
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Translation,
    Trouble,
    Validator,
)
from topology.components.flup.boot import boot
from topology.components.flup.cost import memory_of
from topology.components.flup.files import files_of, unit_name, user_of
from topology.components.flup.listening import places_of
from topology.components.flup.reader import read
from topology.components.flup.settings import FlupSettings, size
from topology.components.flup.validate import check
from topology.components.reading import Reading, Texts
from topology.design import Site
from topology.workload import Kind, RequestClass


class Flup(Component):
    """The FastCGI application server."""

    name = "flup"
    title = "FastCGI with flup"
    roles = {"flup": "runs the site's Python code and speaks FastCGI"}  # noqa: RUF012
    offers = {"flup": ("app",)}  # noqa: RUF012
    era = ("chapter",)
    packages = {"debian12": "3.11.2", "ubuntu2404": "3.12.3"}  # noqa: RUF012
    package = "python3-venv"
    settings = FlupSettings
    evidence = "booted"
    answer = "GET /-/health: 200 ok"
    measured = Measured(memory_mib=62, cpu_ms=1.2, says="a page of 100 rows over FastCGI, 100 times, five processes")
    validator = Validator(
        program="systemd-analyze",
        package="systemd",
        says="runfcgi.py --check with a site in its place, systemd-analyze verify",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="journal: fcgi-SITE.service", says="what the site prints, its errors, and why it did not start"),
        Log(path="/var/log/apache2/error.log", says="the same errors, as the web server in front was told them"),
    )
    troubles = (
        Trouble(
            sees="the web server answers 503 and says that it cannot connect to fcgi.sock",
            does="See `systemctl status fcgi-SITE`: it is stopped, or the socket's umask keeps the web server's group"
            " out; 007 lets it in.",
        ),
        Trouble(
            sees="every address shows the home page, or links begin with the name of a script",
            does="The web server splits the path in its own way. The launcher mends it; take FORCE_SCRIPT_NAME out of"
            " the site's settings unless another server than flup needs it.",
        ),
        Trouble(
            sees="with threaded, some requests are answered 503 at once while others take long",
            does="All threads are busy, and flup then closes connections; raise maxthreads, or take prefork, where"
            " they wait.",
        ),
        Trouble(
            sees="new code is not seen",
            does="`systemctl reload fcgi-SITE` loads it anew; connections wait in the socket meanwhile.",
        ),
    )
    translations = (
        Translation(
            about="starting the FastCGI server",
            then="./manage.py runfcgi method=prefork socket=/home/user/mysite.sock pidfile=django.pid",
            now="systemctl start fcgi-SITE, with method, socket and pidfile in /etc/SITE/fcgi.ini",
            says="systemd starts it at boot and again when it ends; the options have kept their names.",
        ),
        Translation(
            about="listening at a port, with threads",
            then="./manage.py runfcgi method=threaded host=127.0.0.1 port=3033",
            now="flup: {method: threaded, transport: tcp, port: 3033}; fcgi.ini then has host, port and the addresses"
            " of the web servers",
            says="The port of the example is still the default.",
        ),
        Translation(
            about="keeping it in the foreground",
            then="./manage.py runfcgi daemonize=false socket=/tmp/mysite.sock",
            now="nothing: systemd keeps it in the foreground, and journalctl -u fcgi-SITE has what it prints",
            says="The old way, in the background and known by its pid file, is daemonize: true.",
        ),
        Translation(
            about="stopping it",
            then="kill `cat django.pid`",
            now="systemctl stop fcgi-SITE",
            says="Requests in work are ended first; the pid file is still written for whoever wants it.",
        ),
        Translation(
            about="restarting it for new code",
            then="stop it by its pid file, then start it anew through /usr/bin/env - with PYTHONPATH",
            now="systemctl reload fcgi-SITE",
            says="The socket stays open, so no request is refused.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """One for each site: a socket where every web server is beside its application, else a port."""
        sized = size(placed)
        return serving.endpoints(
            places_of(placed), slots=sized["slots"], processes=sized["processes"], speaks="fastcgi"
        )

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The database, by a pool where there is one, and the cache: a connection of each for every slot."""
        return serving.needs(placed, size(placed)["slots"])

    def size(self, placed: Placed) -> Sizing:
        """Processes, threads and limits."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The launcher, and options and unit of every site."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its options and units say."""
        return read(placed, texts)

    def app_unit(self, placed: Placed, site: Site) -> str:
        """fcgi-SITE.service."""
        return unit_name(site)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The site's user where it has its own, its code and its virtual environment."""
        return tuple(_preparation(site, user_of(placed, site)) for site in placed.cluster.sites)

    def memory(self, placed: Placed) -> Memory:
        """Processes and parents."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """Python's CPU for one request, less for those that the cache answers."""
        return serving.page_demand(kind, item)


def _preparation(site: Site, user: str) -> Preparation:
    account = [f"id {user} || useradd --system --gid {serving.USER} --no-create-home --shell /usr/sbin/nologin {user}"]
    return Preparation(
        does=f"Put the code of {site.name} at {site.code.directory} and its packages, flup among them,"
        f" into {site.root}/venv.",
        lines=(
            *(account if user != serving.USER else []),
            *serving.preparation_lines(site, package="flup==1.0.3", user=user),
        ),
    )


COMPONENT = Flup()
