"""Where one looks on a balancing Apache, what goes wrong there, and the directives of 2006 beside today's."""

from __future__ import annotations

from topology.components.base import Log, Translation, Trouble

LOGS = (
    Log(path="/var/log/apache2/error.log", says="servers that were taken out of the traffic and put back, and why"),
    Log(path="/var/log/apache2/access.log", says="every request with its status and its time in microseconds"),
)
TROUBLES = (
    Trouble(
        sees="503 for every page while the web servers are well",
        does="Look at http://localhost/balancer-manager on the balancer: a member with HcFl does not answer the health"
        " path with 200 under the first site's name. Ask for it by hand, with that name in Host.",
    ),
    Trouble(
        sees="503 after some seconds in a rush",
        does="All members have as many requests as their applications work on, and one waited too long; add a web"
        " server. More room here only moves the queue to where nobody sees it.",
    ),
    Trouble(
        sees="one site is dead and its server still gets its requests",
        does="Apache asks a member for one address only, that of the first site; HAProxy asks for every site.",
    ),
    Trouble(
        sees="a server is to be taken away for a while",
        does="On the balancer, curl -s http://localhost/balancer-manager shows each member with b, w and nonce. Then"
        " curl -e http://localhost/balancer-manager -d 'b=web&w=http://ADDRESS&nonce=NONCE&w_status_N=1'"
        " http://localhost/balancer-manager drains it; w_status_N=0 brings it back. The same with b=files.",
    ),
)
TRANSLATIONS = (
    Translation(
        about="several web servers behind an Apache",
        then="ProxyPass / balancer://cluster/ and a BalancerMember for each",
        now="the same, with max, acquire and hcmethod for each member",
        says="A health check needs mod_proxy_hcheck, and a room for each member keeps the queue in front.",
    ),
)
