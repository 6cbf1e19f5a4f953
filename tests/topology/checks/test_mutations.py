"""Every rule is broken on purpose, by the text of a file or by the plan, and is caught by its own check."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from tests.topology.checks.plans import data_of, design_of
from topology.checks import Finding, Sight, checks, look_at, sight_of

Change = Callable[[dict[str, Any]], object]
SETTINGS = "/etc/newspaper/tierwright_settings.py"
GUNICORN = "/etc/newspaper/gunicorn.conf.py"
HAPROXY = "/etc/haproxy/haproxy.cfg"
PGBOUNCER = "/etc/pgbouncer/pgbouncer.ini"
POSTGRESQL = "/etc/postgresql/15/main/conf.d/tierwright-start.conf"
POSTGRESQL_LIVE = "/etc/postgresql/15/main/conf.d/tierwright.conf"
UNIT = "/etc/systemd/system/app-newspaper.service"


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One rule broken on purpose: in a file, in the plan, or in what a file is read to say."""

    rule: str
    why: str
    plan: str = "whole"
    host: str = ""
    path: str = ""
    find: str = ""
    put: str = ""
    change: Change | None = None
    """Changes the plan's data before anything is looked at."""
    tells: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """Fields of a Reading by host and role, for files that no component writes yet."""

    @property
    def name(self) -> str:
        """Its name in the report of tests."""
        return f"{self.rule} {self.why}"


MUTATIONS = (
    Mutation(rule="R1", why="pools above max_connections", host="db1", path=POSTGRESQL,
             find=r"^max_connections = \d+", put="max_connections = 12"),
    Mutation(rule="R2", why="workers above max_connections", plan="direct", host="db1", path=POSTGRESQL,
             find=r"^max_connections = \d+", put="max_connections = 12"),
    Mutation(rule="R3", why="fewer clients than workers", host="web1", path="/etc/pgbouncer/tierwright-listen.ini",
             find=r"^max_client_conn = \d+", put="max_client_conn = 5"),
    Mutation(rule="R4", why="more requests than slots", host="balancer1", path=HAPROXY,
             find=r"(server web1 .*) maxconn \d+", put=r"\1 maxconn 500"),
    Mutation(rule="R5", why="servers above the whole", host="balancer1", path=HAPROXY,
             find=r"^    maxconn \d+", put="    maxconn 20"),
    Mutation(rule="R6", why="a backlog that is cut", host="web1", path="/etc/memcached.conf",
             find=r"^(-c \d+)", put=r"\1\n-b 20000"),
    Mutation(rule="R7", why="fewer clients than workers", host="web1", path="/etc/memcached.conf",
             find=r"^-c \d+", put="-c 5"),
    Mutation(rule="R8", why="a replica with fewer connections", host="db2", path=POSTGRESQL,
             find=r"^max_connections = \d+", put="max_connections = 12"),
    Mutation(rule="R9", why="one sender", host="db1", path=POSTGRESQL,
             find=r"^max_wal_senders = \d+", put="max_wal_senders = 1"),
    Mutation(rule="R10", why="the balancer gives up first", host="balancer1", path=HAPROXY,
             find=r"timeout server \d+s", put="timeout server 20s"),
    Mutation(rule="R11", why="the web server closes first", host="web1", path="/etc/nginx/nginx.conf",
             find=r"keepalive_timeout \d+s", put="keepalive_timeout 2s"),
    Mutation(rule="R12", why="less time to end than a request has", host="web1", path=GUNICORN,
             find=r"^graceful_timeout = \d+", put="graceful_timeout = 5"),
    Mutation(rule="R13", why="thirty failures", host="balancer1", path=HAPROXY, find=r"fall \d+", put="fall 30"),
    Mutation(rule="R14", why="a pool that waits a minute", host="web1", path=PGBOUNCER,
             find=r"^query_wait_timeout = \d+", put="query_wait_timeout = 60"),
    Mutation(rule="R15", why="a smaller limit outside", host="balancer1", path=HAPROXY,
             find=r"body_size gt \d+", put="body_size gt 1048576"),
    Mutation(rule="R16", why="more workers than memory",
             change=lambda data: data["tiers"][1]["roles"].__setitem__(1, {"gunicorn": {"workers": 200}})),
    Mutation(rule="R17", why="a unit of 64 MiB", host="web1", path=UNIT,
             find=r"^UMask=.*", put="UMask=0027\nMemoryMax=64M"),
    Mutation(rule="R18", why="fewer processes than forecast", host="web1", path=GUNICORN,
             find=r"^workers = \d+", put="workers = 1"),
    Mutation(rule="R19", why="a server that is none", host="balancer1", path=HAPROXY,
             find=r"10\.0\.0\.13:80", put="10.0.0.99:80"),
    Mutation(rule="R20", why="a web server left out", host="balancer1", path=HAPROXY,
             find=r"\n    server web2 .*", put=""),
    Mutation(rule="R21", why="a port for everybody", host="db1", path="/etc/nftables.conf",
             find=r"ip saddr [^\n]*tcp dport 5432 accept", put="tcp dport 5432 accept"),
    Mutation(rule="R22", why="the cache on the port of the web", host="web1", path="/etc/memcached.conf",
             find=r"^-p \d+", put="-p 80"),
    Mutation(rule="R23", why="a soft mount", host="web1", path="/etc/systemd/system/srv-newspaper-media.mount",
             find=r"\bhard\b", put="soft"),
    Mutation(rule="R24", why="a name for an address", host="web1", path=SETTINGS,
             find=r'"10\.0\.0\.13:11211"', put='"web1:11211"'),
    Mutation(rule="R25", why="the replica first", plan="redis", host="web1", path=SETTINGS,
             find=r'(\s+"redis://[^"]*",)(\s+"redis://[^"]*",)', put=r"\2\1"),
    Mutation(rule="R26", why="a database for everybody", host="db1", path="/etc/postgresql/15/main/pg_hba.conf",
             find=r"10\.0\.0\.13/32", put="0.0.0.0/0"),
    Mutation(rule="R27", why="a replica of a web server", host="db2", path=POSTGRESQL_LIVE,
             find=r"host=10\.0\.0\.16", put="host=10.0.0.13"),
    Mutation(rule="R28", why="another router", host="balancer2", path="/etc/keepalived/keepalived.conf",
             find=r"virtual_router_id \d+", put="virtual_router_id 99"),
    Mutation(rule="R29", why="a record that leads to the database", plan="names", host="dns1",
             path="/etc/bind/db.www.example.com",
             find=r"^(www\.example\.com\. IN A) 10\.0\.0\.12", put=r"\1 10.0.0.17"),
    Mutation(rule="R30", why="a certificate of somebody else",
             tells={("balancer1", "haproxy"): {"terminates_tls": True, "certificate_names": ("example.org",)}}),
    Mutation(rule="R31", why="a name that nobody knows", host="balancer1", path=HAPROXY,
             find=r"10\.0\.0\.13:80", put="web-one.internal:80"),
    Mutation(rule="R32", why="two members",
             tells={("db1", "postgresql"): {"quorum": ("10.0.0.16", "10.0.0.17")}}),
    Mutation(rule="R33", why="a domain left out", host="web1", path=SETTINGS,
             find=r'"www\.example\.com"', put='"x.example.com"'),
    Mutation(rule="R34", why="an origin of somebody else", host="web1", path=SETTINGS,
             find=r"^DEBUG = False", put='DEBUG = False\nCSRF_TRUSTED_ORIGINS = ["https://elsewhere.example.org"]'),
    Mutation(rule="R35", why="one believed too many", host="web1", path="/etc/nginx/conf.d/tierwright-web.conf",
             find=r"set_real_ip_from 10\.0\.0\.11;", put="set_real_ip_from 10.0.0.0/8;"),
    Mutation(rule="R36", why="cursors on a pooled connection", host="web1", path=SETTINGS,
             find=r'^\s*"DISABLE_SERVER_SIDE_CURSORS": True,\n', put=""),
    Mutation(rule="R37", why="a pool that closes first", host="web1", path=PGBOUNCER,
             find=r"^query_wait_timeout = \d+", put="query_wait_timeout = 15\nclient_idle_timeout = 30"),
    Mutation(rule="R38", why="the prefix of another site", host="web1", path=SETTINGS,
             find=r'"KEY_PREFIX": "newspaper"', put='"KEY_PREFIX": "sports"'),
    Mutation(rule="R39", why="a cache of one server", host="web1", path=SETTINGS,
             find=r"memcached\.PyMemcacheCache", put="locmem.LocMemCache"),
    Mutation(rule="R40", why="a path that wants a sign-in", host="balancer1", path=HAPROXY,
             find=r"uri /-/health", put="uri /up",
             change=lambda data: data["sites"][0]["says"].update(health_answered=False)),
    Mutation(rule="R41", why="files elsewhere", host="web1", path=SETTINGS,
             find=r'^(STATIC_URL = ".*)static/"', put=r'\1assets/"'),
    Mutation(rule="R42", why="two that beat", tells={("web1", "gunicorn"): {"leads": ("beat",)},
                                                     ("web2", "gunicorn"): {"leads": ("beat",)}}),
    Mutation(rule="R43", why="a server without the time", host="db1", path="/etc/chrony/chrony.conf",
             find=r"^(server|pool) .*\n", put=""),
)  # fmt: skip


def seen(mutation: Mutation) -> Sight:
    """What the checks look at where a rule is broken; the pattern has to be in the file."""
    data = data_of(mutation.plan)
    if mutation.change:
        mutation.change(data)
    design = design_of(data)
    if not mutation.path:
        return _told(sight_of(design), mutation)
    text = sight_of(design).texts[mutation.host][mutation.path]
    broken, count = re.subn(mutation.find, mutation.put, text, flags=re.MULTILINE)
    assert count, f"{mutation.find!r} is not in {mutation.path} of {mutation.host}"
    assert broken != text
    return sight_of(design, texts={mutation.host: {mutation.path: broken}})


def _told(sight: Sight, mutation: Mutation) -> Sight:
    for (host, role), fields in mutation.tells.items():
        placed = sight.cluster.find(host, role)
        sight._readings[placed.key] = sight.reading(placed).with_(**fields)
    return sight


@cache
def before(plan: str) -> tuple[Finding, ...]:
    """What is found while nothing is broken."""
    return look_at(sight_of(design_of(data_of(plan))))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_broken_rule_is_caught_by_its_own_check(mutation: Mutation) -> None:
    own = {check.name for check in checks() if mutation.rule in check.rules}

    found = look_at(seen(mutation))

    new = [finding for finding in found if finding.state == "fails" and finding not in before(mutation.plan)]
    assert own, f"no check is of {mutation.rule}"
    assert own & {finding.check for finding in new}, [f"{f.check}: {f.where}: {f.says}" for f in new]


@pytest.mark.parametrize("plan", ["whole", "direct", "names", "redis", "single"])
def test_nothing_is_found_where_nothing_is_broken(plan: str) -> None:
    graver = [f"{f.check}: {f.where}: {f.says}" for f in before(plan) if f.level != "advice"]

    assert graver == []


def test_every_rule_has_a_check_and_a_mutation() -> None:
    broken = {mutation.rule for mutation in MUTATIONS}
    checked = {rule for check in checks() for rule in check.rules}

    assert checked == broken == {f"R{number}" for number in range(1, 44)}
