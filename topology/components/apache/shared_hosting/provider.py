"""An Apache as a provider of shared hosting runs it, for checks and starts: it is given the customer's files alone."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.apache.main import MODULES
from topology.components.apache.shared_hosting.files import folder_of
from topology.components.apache.vhosts import vhosts_of
from topology.components.base import Placed

PLACE = "/srv/provider/apache2.conf"
LOADED = ("mpm_event", "authz_core", "mime", "dir", "alias", "env", "setenvif", "rewrite", "fcgid")


def apache_of(placed: Placed, *, port: int, runtime: str, user: str = "", more: str = "") -> str:
    """The provider's file: `.htaccess` is read, CGI is allowed, and nothing is known of the customer's sites."""
    loaded = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in LOADED)
    account = f"User {user}\nGroup {user}\n" if user else ""
    head = f"""ServerRoot /etc/apache2
ServerName provider.invalid
Listen {port}
{loaded}{account}PidFile {runtime}/apache2.pid
DefaultRuntimeDir {runtime}
ErrorLog {runtime}/error.log
TypesConfig /etc/mime.types
FcgidIPCDir {runtime}/fcgid
FcgidProcessTableFile {runtime}/fcgid_table
{more}<Directory />
    AllowOverride None
    Require all denied
</Directory>
"""
    return head + "".join(_vhosts(placed, port))


def _vhosts(placed: Placed, port: int) -> Iterator[str]:
    """Each name has one folder of pages; a site below a path has a folder of its own."""
    for vhost in vhosts_of(placed):
        folders = "".join(_folder(folder_of(site), site.path) for site in vhost.sites)
        names = f"ServerName {vhost.names[0]}\n" + "".join(f"ServerAlias {name}\n" for name in vhost.names[1:])
        yield f"<VirtualHost *:{port}>\n{names}AllowEncodedSlashes On\n{folders}</VirtualHost>\n"


def _folder(folder: str, path: str) -> str:
    place = f'DocumentRoot "{folder}"' if path == "/" else f'Alias "{path}" "{folder}/"'
    return f"""{place}
<Directory "{folder}">
    AllowOverride All
    Options FollowSymLinks
    Require all granted
</Directory>
"""
