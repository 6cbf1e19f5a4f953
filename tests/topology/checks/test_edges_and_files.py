"""Rules about who is where: each broken on purpose in one file, and caught by its own check alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from tests.topology.checks.plans import BALANCERS, DATABASES, MEDIA, SAYS, WEB, design_of
from topology.checks import Finding, Sight, look_at, sight_of
from topology.design import Design

HAPROXY, KEEPALIVED = "/etc/haproxy/haproxy.cfg", "/etc/keepalived/keepalived.conf"
SETTINGS = "/etc/newspaper/tierwright_settings.py"
UNIT = "/etc/systemd/system/app-newspaper.service"
BASE: dict[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"], "says": SAYS}],
    "network": {"vrrp": True},
}
WATCH: dict[str, Any] = {"name": "watch", "servers": [{"name": "watch1", "type": "small"}], "roles": ["prometheus"]}
APP = ["nginx", "gunicorn", "pgbouncer", "memcached", "nfs_client"]
PLANS: dict[str, list[dict[str, Any]]] = {
    "watched": [{**BALANCERS, "roles": [*BALANCERS["roles"], "bind9"]}, {**WEB, "roles": APP}, MEDIA, DATABASES, WATCH],
    "redis": [
        {**BALANCERS, "roles": ["haproxy"], "servers": {"count": 1, "type": "small"}},
        {**WEB, "roles": ["nginx", "gunicorn"]},
        {"name": "cache", "servers": [
            {"name": "cache1", "type": "small", "roles": ["redis"]},
            {"name": "cache2", "type": "small", "roles": ["redis_replica"]},
        ]},
        {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql"]},
    ],
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Broken:
    """One file of one host broken, or what it is read to say; the one check that must find it."""

    check: str
    why: str
    host: str
    path: str = ""
    find: str = ""
    put: str = ""
    plan: str = "watched"
    role: str = ""
    tells: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in the report of tests."""
        return f"{self.check}: {self.why}"


BROKEN = (
    Broken(check="backends-exist", why="a port that nobody has", host="balancer1", path=HAPROXY,
           find=r"(server web1 10\.0\.0\.13):80", put=r"\1:8080"),
    Broken(check="backends-exist", why="an address that is nobody's", host="balancer1", path=HAPROXY,
           find=r"10\.0\.0\.13:80", put="10.0.0.99:80"),
    Broken(check="backends-exist", why="a figure that nobody gives", host="web1",
           path="/etc/default/prometheus-node-exporter", find=":9100", put=":9101"),
    Broken(check="balancers-complete", why="a web server that is left out", host="balancer2", path=HAPROXY,
           find=r"^    server web2 .*\n", put=""),
    Broken(check="balancers-complete", why="a server that offers something else", host="balancer1", path=HAPROXY,
           find=r"10\.0\.0\.14:80", put="10.0.0.15:80"),
    Broken(check="firewall-as-edges", why="a database for everybody", host="db1", path="/etc/nftables.conf",
           find=r"ip saddr \{[^}]*\} tcp dport 5432", put="tcp dport 5432"),
    Broken(check="firewall-as-edges", why="an edge that is shut", host="web2", path="/etc/nftables.conf",
           find=r"^\t\tip saddr [^\n]* tcp dport 80 accept\n", put=""),
    Broken(check="firewall-as-edges", why="administrators shut out", host="db1", path="/etc/nftables.conf",
           find=r"^\t\tip saddr \S+ tcp dport 22 accept\n", put=""),
    Broken(check="firewall-as-edges", why="a port of nobody", host="web1", path="/etc/nftables.conf",
           find=r"^(\t\tip saddr \S+ tcp dport 22 accept)", put=r"\1\n\t\ttcp dport 3306 accept"),
    Broken(check="ports-taken-once", why="a balancer on the port of names", host="balancer1", path=HAPROXY,
           find=r"^    bind :80$", put="    bind :80\n    bind 10.0.0.11:53"),
    Broken(check="shares-agree", why="a soft mount among hard ones", host="web1",
           path="/etc/systemd/system/srv-newspaper-media.mount", find=r"\bhard\b", put="soft"),
    Broken(check="shares-agree", why="a client that is left out", host="media1",
           path="/etc/exports.d/tierwright.exports", find=r" 10\.0\.0\.14\([^)]*\)", put=""),
    Broken(check="cache-lists-equal", why="another order", host="web1", path=SETTINGS,
           find=r'"10\.0\.0\.13:11211",(\s*)"10\.0\.0\.14:11211"', put=r'"10.0.0.14:11211",\1"10.0.0.13:11211"'),
    Broken(check="redis-primary-first", why="a replica in the first place", plan="redis", host="cache1",
           role="redis", tells={"follows": "10.0.0.15"}),
    Broken(check="admissions-as-edges", why="everybody is let in", host="db1",
           path="/etc/postgresql/15/main/pg_hba.conf", find=r"(newspaper\s+)10\.0\.0\.13/32", put=r"\g<1>0.0.0.0/0"),
    Broken(check="admissions-as-edges", why="a client that moved away", host="db1",
           path="/etc/postgresql/15/main/pg_hba.conf", find=r"^(host newspaper newspaper) 10\.0\.0\.14/32(.*)$",
           put=r"\1 10.0.0.14/32\2\n\1 10.0.0.77/32\2"),
    Broken(check="admissions-as-edges", why="a replica without a line", host="db1",
           path="/etc/postgresql/15/main/pg_hba.conf", find=r"^host replication .*\n", put=""),
    Broken(check="one-primary", why="a replica of a web server", host="db2", role="postgresql_replica",
           tells={"follows": "10.0.0.13"}),
    Broken(check="one-primary", why="a replica that follows nobody", host="db2", role="postgresql_replica",
           tells={"follows": None}),
    Broken(check="virtual-addresses", why="another router number", host="balancer2", path=KEEPALIVED,
           find=r"virtual_router_id \d+", put="virtual_router_id 99"),
    Broken(check="virtual-addresses", why="the same priority", host="balancer2", path=KEEPALIVED,
           find=r"priority 140", put="priority 150"),
    Broken(check="virtual-addresses", why="a peer that is left out", host="balancer1", path=KEEPALIVED,
           find=r"^        10\.0\.0\.12$", put="        10.0.0.19"),
    Broken(check="virtual-addresses", why="half a second in version 2", host="balancer1", path=KEEPALIVED,
           find=r"version 3", put="version 2"),
    Broken(check="names-lead-in", why="a record of a database", host="balancer1", path="/etc/bind/db.www.example.com",
           find=r"^(www\.example\.com\. IN A) \S+", put=r"\1 10.0.0.16"),
    Broken(check="names-lead-in", why="a domain without a record", host="balancer1",
           path="/etc/bind/db.www.example.com", find=r"^www\.example\.com\. IN A \S+\n", put=""),
    Broken(check="names-resolve", why="a name that no hosts file has", host="balancer1", path=HAPROXY,
           find=r"10\.0\.0\.13:80", put="web-one.internal:80"),
    Broken(check="names-resolve", why="a hosts file of last year", host="web1", path="/etc/hosts",
           find=r"^10\.0\.0\.16", put="10.0.0.66"),
    Broken(check="quorums-odd", why="two members", host="db1", role="postgresql",
           tells={"quorum": ("10.0.0.16", "10.0.0.17")}),
    Broken(check="quorums-odd", why="three on two servers", host="db1", role="postgresql",
           tells={"quorum": ("10.0.0.16", "10.0.0.17", "db2")}),
    Broken(check="everything-covered", why="a server that nobody watches", host="watch1",
           path="/etc/prometheus/prometheus.yml", find=r"^      - targets: \['10\.0\.0\.15:.*\n.*\n", put=""),
    Broken(check="everything-covered", why="one that is asked twice", host="watch1",
           path="/etc/prometheus/prometheus.yml",
           find=r"^(      - targets: \['10\.0\.0\.15:9100'\]\n.*\n)", put=r"\1\1"),
    Broken(check="everything-covered", why="no source of time", host="web1", path="/etc/chrony/chrony.conf",
           find=r"^pool .*\n", put=""),
    Broken(check="everything-covered", why="a unit that waits for another pid file", host="web1", path=UNIT,
           find=r"^UMask=.*", put="UMask=0027\nPIDFile=/run/other.pid"),
    Broken(check="shares-agree", why="a unit that does not wait for the mount", host="web1", path=UNIT,
           find=r"^RequiresMountsFor=/srv/newspaper/media", put="RequiresMountsFor=/srv/newspaper/other"),
    Broken(check="backends-exist", why="a socket of another path", host="web1",
           path="/etc/nginx/conf.d/tierwright-web.conf", find=r"unix:/run/newspaper/gunicorn\.sock",
           put="unix:/run/newspaper/other.sock"),
    Broken(check="backends-exist", why="a pool that asks a server that is none", host="web1",
           path="/etc/pgbouncer/pgbouncer.ini", find=r"host=10\.0\.0\.16", put="host=10.0.0.99"),
    Broken(check="everything-covered", why="a log that grows", host="web1", role="gunicorn",
           tells={"logs": ("/var/log/newspaper/gunicorn.log",)}),
)  # fmt: skip

WEB_ALONE = ["nginx", "gunicorn", "postgresql"]
BOTH_END_IT = Broken(check="", why="", host="balancer1", role="haproxy",
                     tells={"terminates_tls": True, "certificate_names": ("*.example.com",)})  # fmt: skip


@cache
def design(plan: str) -> Design:
    """The whole design of a plan."""
    return design_of({**BASE, "tiers": PLANS[plan]})


def seen(broken: Broken) -> Sight:
    """What the checks look at; the pattern has to be in the file."""
    whole = sight_of(design(broken.plan))
    if not broken.path:
        placed = whole.cluster.find(broken.host, broken.role)
        whole._readings[placed.key] = whole.reading(placed).with_(**broken.tells)
        return whole
    text = whole.texts[broken.host][broken.path]
    changed, count = re.subn(broken.find, broken.put, text, flags=re.MULTILINE)
    assert count, f"{broken.find!r} is not in {broken.path} of {broken.host}"
    return sight_of(design(broken.plan), texts={broken.host: {broken.path: changed}})


@cache
def whole_of(plan: str) -> tuple[Finding, ...]:
    """What is found while nothing is broken."""
    return look_at(sight_of(design(plan)))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_what_is_broken_is_found_by_its_own_check_alone(broken: Broken) -> None:
    found = look_at(seen(broken))

    new = [finding for finding in found if finding not in whole_of(broken.plan)]
    assert {finding.check for finding in new} == {broken.check}, [f"{f.check}: {f.says}" for f in new]
    assert all(finding.fix and finding.says.endswith(".") for finding in new)


def test_a_plan_without_monitoring_and_backups_is_told_so_and_not_stopped() -> None:
    found = [f for f in look_at(sight_of(design("redis"))) if f.check == "everything-covered"]

    assert {(f.where, f.level) for f in found} == {("plan monitoring", "advice"), ("db1 postgresql backup", "advice")}


def test_a_database_that_is_saved_needs_no_word() -> None:
    saved = Broken(check="", why="", host="db1", role="postgresql", tells={"backs_up": ("local",)})

    assert not [f for f in look_at(seen(saved)) if f.where.endswith("backup")]


def test_nobody_said_whether_an_address_may_move() -> None:
    unsaid = design_of({**BASE, "network": {}, "tiers": PLANS["watched"]})

    found = [f for f in look_at(sight_of(unsaid)) if f.check == "virtual-addresses"]
    assert [(f.where, f.state) for f in found] == [("network vrrp", "unknown")]


def test_time_that_something_else_keeps_is_said_and_can_be_taken_on() -> None:
    roles = [*WEB_ALONE, {"chrony": {"managed": False}}]
    waiver = {"check": "everything-covered", "where": "web1 time", "reason": "The provider's agent does.", "by": "Ada"}
    data = {**BASE, "tiers": [{"name": "web", "servers": {"count": 1, "type": "large"}, "roles": roles}]}

    [open_one] = [f for f in look_at(sight_of(design_of(data))) if f.where == "web1 time"]
    [taken_on] = [f for f in look_at(sight_of(design_of({**data, "waivers": [waiver]}))) if f.where == "web1 time"]
    assert (open_one.level, open_one.state, taken_on.state) == ("warning", "fails", "waived")


@pytest.mark.parametrize(
    ("certificate", "is_fine"),
    [("www.example.com", True), ("_.example.com", False), ("shop.example.com", False)],
)
def test_a_certificate_must_have_every_domain(certificate: str, is_fine: bool) -> None:
    put = f"    bind :80\n    bind :443 ssl crt /etc/ssl/private/{certificate}.pem"
    sight = seen(Broken(check="", why="", host="balancer1", path=HAPROXY, find=r"^    bind :80$", put=put))

    missing = [found.where for found in look_at(sight) if found.check == "certificates-cover"]
    assert missing == ([] if is_fine else ["balancer1 haproxy www.example.com"])


def test_https_ends_once_on_each_way() -> None:
    sight = seen(BOTH_END_IT)
    inner = sight.cluster.find("web1", "nginx")
    sight._readings[inner.key] = sight.reading(inner).with_(terminates_tls=True, certificate_names=("www.example.com",))

    [twice] = [f for f in look_at(sight) if f.check == "certificates-cover"]
    assert twice.where == "balancer1 haproxy to web1 nginx"


@pytest.mark.parametrize("role", ["haproxy", "perlbal", "apache_balancer"])
def test_a_balancer_before_nobody_stops_the_export(role: str) -> None:
    alone = design_of({**BASE, "tiers": [{**BALANCERS, "roles": [role]}]})

    found = [f for f in look_at(sight_of(alone)) if f.check == "backends-exist"]

    assert [(f.where, f.level) for f in found] == [(f"balancer1 {role}", "error"), (f"balancer2 {role}", "error")]
    assert found[0].says == "it passes requests on to the web servers, and no server of the plan offers web."
