"""Where Apache speaks before FastCGI, what goes wrong there, and the chapter's directives beside today's."""

from __future__ import annotations

from topology.components.base import Log, Translation, Trouble

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
TRANSLATIONS = (
    Translation(
        about="passing a site's requests to its FastCGI server",
        then="FastCGIExternalServer /home/user/public_html/mysite.fcgi -socket /home/user/mysite.sock, and"
        " RewriteRule ^/(.*)$ /mysite.fcgi/$1 [QSA,L]",
        now='ProxyPass "/" "unix:/run/SITE/fcgi.sock|fcgi://SITE/", and ProxyFCGISetEnvIf for the path',
        says="mod_proxy_fcgi needs no file that is not there and no rewriting.",
    ),
    Translation(
        about="leaving media to Apache",
        then="RewriteRule ^/(media.*)$ /$1 [QSA,L] before the rule for the site",
        now='ProxyPass "/media/" "!" before the rule for the site, and an Alias',
    ),
    Translation(
        about="several FastCGI servers on other machines",
        then="FastCGIExternalServer once for each, with -host address:port",
        now='<Proxy "balancer://app-SITE"> with a BalancerMember "fcgi://address:port" each',
        says="The balancer leaves out a server that does not answer.",
    ),
)
