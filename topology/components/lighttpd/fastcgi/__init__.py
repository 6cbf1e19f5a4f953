"""The web server lighttpd before applications that speak FastCGI, on its own server or on others.

Use it where the chapter's lighttpd with FastCGI is to stay; nginx does the same for every kind of application server.
It serves one site or several, by host name or by path below one name, and their static files and media until a media
server does. Where the applications are on other servers, it is their balancer: the one with the fewest requests in
work gets the next.
"""

from __future__ import annotations

from topology.components.base import (
    FILES,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Sizing,
    Translation,
    Trouble,
    Validator,
)
from topology.components.fronting import passing_endpoint
from topology.components.lighttpd.cost import FILE, PASS
from topology.components.lighttpd.fastcgi.boot import boot
from topology.components.lighttpd.fastcgi.files import ROLE, files_of, size
from topology.components.lighttpd.fastcgi.reader import read
from topology.components.lighttpd.fastcgi.validate import check
from topology.components.lighttpd.settings import LighttpdSettings, memory_of
from topology.components.reading import Reading, Texts
from topology.demands import bytes_of
from topology.workload import Kind, RequestClass


class Lighttpd(Component):
    """lighttpd before FastCGI."""

    name = "lighttpd"
    title = "lighttpd with FastCGI"
    roles = {ROLE: "web server in front of applications that speak FastCGI"}  # noqa: RUF012
    offers = {ROLE: ("web",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "1.4.69", "ubuntu2404": "1.4.74"}  # noqa: RUF012
    package = "lighttpd"
    settings = LighttpdSettings
    apart = {ROLE: ("lighttpd_media",)}  # noqa: RUF012
    evidence = "booted"
    answer = "page 200, missing page 404"
    validator = Validator(
        program="lighttpd",
        package="lighttpd",
        says="lighttpd -tt without a word, the order of modules, keys of applications, all held against the design",
        check=check,
        boot=boot,
    )
    measured = Measured(memory_mib=2, cpu_ms=0.12, says="its part of a page over a new connection, 1,000 times")
    logs = (
        Log(path="/var/log/lighttpd/access.log", says="a line for each request, with its microseconds"),
        Log(path="/var/log/lighttpd/error.log", says="why it did not start, applications that do not answer"),
    )
    troubles = (
        Trouble(
            sees="503 at once, and `all handlers for ... are down` in the error log",
            does="No application answers: see the unit of the site, and whether www-data may open its socket. One on"
            " another server is asked again after disable-time.",
        ),
        Trouble(
            sees="every address shows the home page, or links have the name of a script in them",
            does='PATH_INFO is not the whole path: fastcgi.server needs "/" as its key, with fix-root-scriptname and'
            " check-local disabled.",
        ),
        Trouble(
            sees="404 for every page, while files are served",
            does="check-local is not disabled: lighttpd looks for a file of that name first.",
        ),
        Trouble(
            sees="a setting seems to do nothing",
            does="lighttpd -tt -f /etc/lighttpd/lighttpd.conf warns of names that it does not know, but not of keys"
            " inside fastcgi.server: compare those with its manual.",
        ),
    )
    translations = (
        Translation(
            about="one site with lighttpd",
            then='fastcgi.server = ("/mysite.fcgi" => ("main" => ("socket" => "/home/user/mysite.sock",'
            ' "check-local" => "disable"))), and url.rewrite-once = ("^(/media.*)$" => "$1",'
            ' "^(/.*)$" => "/mysite.fcgi$1")',
            now='fastcgi.server = ("/" => (("socket" => "/run/SITE/fcgi.sock", "check-local" => "disable",'
            ' "fix-root-scriptname" => "enable"))), and alias.url for static files and media',
            says="The path arrives as it was asked for, so neither a rewrite nor FORCE_SCRIPT_NAME is needed.",
        ),
        Translation(
            about="the order of the modules",
            then="mod_fastcgi after mod_rewrite and mod_access, before mod_accesslog; mod_alias for media",
            now='the same order in server.modules, with "mod_alias" before "mod_fastcgi"',
        ),
        Translation(
            about="the icon of a site",
            then=r'url.rewrite-once = ("^/favicon\.ico$" => "/media/favicon.ico")',
            now='nothing: pages name their icon below /static/ by <link rel="icon">',
            says="What browsers ask for unasked, /favicon.ico, goes to Django like any other address.",
        ),
        Translation(
            about="several sites by their names",
            then='$HTTP["host"] == "www.example1.com" with a server.document-root and a fastcgi.server of its own',
            now='$HTTP["host"] == "www.example1.com" with alias.url and fastcgi.server, and an else that denies',
            says="A name that is no site's gets 403, and not the first site.",
        ),
        Translation(
            about="several sites below one name",
            then="a fastcgi.server with several script names, and a rewrite to each",
            now='$HTTP["url"] =^ "/blog/" with a fastcgi.server of its own, the longest path first',
            says="Each application is told the whole path and takes its own prefix off.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80: the site's entry."""
        return (passing_endpoint(placed),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The application on its own host, else every one."""
        why = "passes pages on to the application"
        return (Need(services=("app",), why=why, local_first=True, policy="least_connections"),)

    def size(self, placed: Placed) -> Sizing:
        """Processes, connections and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Main file and drop-in."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return read(placed, texts)

    def memory(self, placed: Placed) -> Memory:
        """A few MiB a process."""
        return memory_of(size(placed))

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file read and sent, or a request passed on, each on a new connection."""
        return Demand(cpu_ms=FILE if kind in FILES else PASS, bytes_out=bytes_of(item, kind))


COMPONENT = Lighttpd()
