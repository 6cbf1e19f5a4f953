"""Where Apache speaks before FastCGI, and what goes wrong there; the chapter's directives are mod_fastcgi's."""

from __future__ import annotations

from topology.components.base import Log, Trouble

LOGS = (
    Log(path="/var/log/apache2/error.log", says="what it could not pass on and why, and what the applications print"),
    Log(path="/var/log/apache2/access.log", says="every request with its status and its time in microseconds"),
)
TROUBLES = (
    Trouble(
        sees="503, and the log says `failed to make connection to backend`",
        does="The application is not there, or its socket is closed to www-data: `systemctl status fcgi-SITE`, then"
        " the umask of its socket.",
    ),
    Trouble(
        sees="503 after some seconds in a rush, and the application is well",
        does="All its processes are busy for longer than a request may wait here; give flup more, or another server.",
    ),
    Trouble(
        sees="every URL shows the home page",
        does="The two lines ProxyFCGISetEnvIf are missing from the virtual host: the path is sent in the wrong part.",
    ),
    Trouble(
        sees="504, and the log says `The timeout specified has expired`",
        does="The application worked longer than the time limit; its own limit is shorter, so look there first.",
    ),
)
