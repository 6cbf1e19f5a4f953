"""mod_fastcgi and mod_rewrite: how an Apache of 2006 reached a FastCGI server, and what says the same today.

The module was never part of Apache, its licence kept it out of Debian's main section, and Debian 12 has it nowhere.
Nothing is to be installed: the role `apache_fastcgi` does the same with mod_proxy_fcgi, which comes with Apache, and
`shared_hosting` with mod_fcgid where the provider starts the site. This page sets their lines side by side.
"""

from __future__ import annotations

from topology.components.base import Component, Translation


class ModFastcgi(Component):
    """mod_fastcgi, as history."""

    name = "mod_fastcgi"
    title = "mod_fastcgi and mod_rewrite"
    roles = {}  # noqa: RUF012
    era = ("chapter",)
    packages = {}  # noqa: RUF012
    evidence = "translated"
    translations = (
        Translation(
            about="naming a FastCGI server on the same machine",
            then="FastCGIExternalServer /home/user/public_html/mysite.fcgi -socket /home/user/mysite.sock",
            now='ProxyPass "/" "unix:/run/SITE/fcgi.sock|fcgi://SITE/"',
            says="The name of a file that is not there has gone. Each site needs a name of its own behind fcgi://, or"
            " Apache takes two sockets for one.",
        ),
        Translation(
            about="naming one on another machine",
            then="FastCGIExternalServer /home/user/public_html/mysite.fcgi -host 10.0.0.21:3033",
            now='ProxyPass "/" "fcgi://10.0.0.21:3033/"',
            says="FastCGI has no password; the server behind admits the addresses of its web servers alone.",
        ),
        Translation(
            about="spreading requests over several of them",
            then="one FastCGIExternalServer for each, each with its part of the addresses",
            now='<Proxy "balancer://app-SITE"> with a BalancerMember "fcgi://ADDRESS:PORT" for each',
            says="One that does not answer is left out for some seconds, and its request goes to another.",
        ),
        Translation(
            about="sending every address to the site",
            then="RewriteRule ^/(.*)$ /mysite.fcgi/$1 [QSA,L]",
            now='the ProxyPass of the site\'s path, with ProxyFCGISetEnvIf "true" SCRIPT_NAME "" and ProxyFCGISetEnvIf'
            ' "true" PATH_INFO "%{REQUEST_URI}"',
            says="Without the two overrides mod_proxy_fcgi sends the path in the wrong part, and every address is the"
            " home page.",
        ),
        Translation(
            about="leaving media to Apache",
            then="RewriteRule ^/(media.*)$ /$1 [QSA,L] before the rule for the site",
            now='ProxyPass "/media/" "!" before that of the site, and Alias "/media/" "/srv/SITE/media/"',
        ),
        Translation(
            about="sending what is a file as a file",
            then="DocumentRoot /home/user/public_html, and RewriteCond %{REQUEST_FILENAME} !-f",
            now="nothing: only what lies below an Alias is a file, and no DocumentRoot is looked at",
            says="A file that somebody leaves among the pages is no longer public by that.",
        ),
        Translation(
            about="links without the name of the file in them",
            then="FORCE_SCRIPT_NAME = '' in the site's settings",
            now='ProxyFCGISetEnvIf "true" SCRIPT_NAME "", and a launcher that sets it to the site\'s own path',
            says="The site's settings do not speak of the web server any more.",
        ),
        Translation(
            about="how long Apache waits for an answer",
            then="-idle-timeout 30 of FastCGIExternalServer",
            now="timeout=35 of ProxyPass, with connectiontimeout, acquire and max beside it",
            says="A connection, an answer and a free process are three waits, each with a limit of its own.",
        ),
        Translation(
            about="the largest upload",
            then="LimitRequestBody 20971520",
            now='<If "%{HTTP:Content-Length} -gt 20971520"> Redirect 413 </If>',
            says="LimitRequestBody does not hold for what mod_proxy passes on: 25 MiB went through a limit of 20.",
        ),
    )


COMPONENT = ModFastcgi()
