"""PostgreSQL: connections from its clients, memory from its neighbours, and nobody let in who is not in the design."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import cluster, file_of, found, number, reason, text_of, tier
from tests.topology.components.staging import is_root, stage_of
from topology.components import Cluster, Limits, Reading
from topology.components.pgbouncer.preparations import users_query
from topology.components.reading import Admission, Listening
from topology.design import TierwrightError
from topology.sizing import USABLE_SHARE
from topology.workload import RequestClass

FOLDER = "/etc/postgresql/15/main"
START, LIVE, ACCESS = (
    f"{FOLDER}/conf.d/tierwright-start.conf",
    f"{FOLDER}/conf.d/tierwright.conf",
    f"{FOLDER}/pg_hba.conf",
)
SCRIPT = Path(__file__).with_name("replication.sh")
TWO_SITES = (
    {"name": "newspaper", "domains": ["www.example.com"]},
    {"name": "sports-archive", "domains": ["sports.example.com"]},
)
REPLICATED = {
    "name": "database",
    "servers": [
        {"name": "db1", "type": "large"},
        {"name": "db2", "type": "medium", "roles": ["postgresql_replica"]},
        {"name": "db3", "type": "large", "roles": ["postgresql_replica"]},
    ],
    "roles": ["postgresql"],
}


def direct(count: int = 3, **keys: Any) -> Cluster:
    """App servers that reach their database without a pool."""
    web = tier("web", ["nginx", "gunicorn", "memcached"], count=count)
    return cluster(web, tier("database", ["postgresql"], type="large"), **keys)


def pooled(**keys: Any) -> Cluster:
    """App servers with pools, a primary and two replicas."""
    return cluster(tier("web", ["nginx", "gunicorn", "pgbouncer", "memcached"], count=2), REPLICATED, **keys)


def test_every_connection_of_its_clients_fits_beside_the_reserved_ones() -> None:
    design = direct()
    start = text_of(design, "database1", START)

    clients = sum(edge.connections for edge in design.edges_to("database1", "sql"))

    reserved = number(r"superuser_reserved_connections = (\d+)", start)
    assert clients > 0
    assert clients <= number(r"max_connections = (\d+)", start) - reserved


def test_a_small_change_of_the_app_tier_restarts_nothing() -> None:
    small = ["nginx", {"gunicorn": {"workers": 2, "threads": 1}}, "memcached"]
    database = tier("database", ["postgresql"], type="large")
    before, after = (cluster(tier("web", small, count=count), database) for count in (2, 3))

    limits = [number(r"max_connections = (\d+)", text_of(of, "database1", START)) for of in (before, after)]

    assert limits[0] == limits[1]


def test_limits_of_a_replica_are_not_below_those_of_its_primary() -> None:
    design = pooled()

    for limit in ("max_connections", "max_wal_senders", "max_worker_processes"):
        primary = number(rf"^{limit} = (\d+)", text_of(design, "db1", START))
        assert number(rf"^{limit} = (\d+)", text_of(design, "db2", START)) >= primary


def test_replicas_and_a_backup_fit_among_the_senders() -> None:
    start = text_of(pooled(), "db1", START)

    assert number(r"max_wal_senders = (\d+)", start) >= 2 + 2 + 1
    assert number(r"max_replication_slots = (\d+)", start) >= 2 + 2 + 1


@pytest.mark.parametrize("seconds", [5, 30, 120])
def test_the_database_gives_up_before_the_application(seconds: int) -> None:
    live = text_of(direct(limits=Limits(request_seconds=seconds)), "database1", LIVE)

    assert number(r"statement_timeout = (\d+)s", live) < seconds


def test_one_line_lets_in_each_client_database_and_user() -> None:
    access = text_of(pooled(sites=TWO_SITES), "db1", ACCESS)

    assert found(r"^host (.*) scram-sha-256$", access) == [
        "newspaper newspaper 10.0.0.11/32",
        "sports_archive sports_archive 10.0.0.11/32",
        "newspaper newspaper 10.0.0.12/32",
        "sports_archive sports_archive 10.0.0.12/32",
        "replication replicator 10.0.0.14/32",
        "replication replicator 10.0.0.15/32",
    ]
    assert found(r"^(local .*)$", access) == ["local all postgres peer"]


def test_a_new_app_server_adds_its_line_and_changes_no_other() -> None:
    before, after = (set(text_of(direct(count), "database1", ACCESS).splitlines()) for count in (2, 3))

    # the database's own address follows those of the web tier, but no line speaks of it
    assert after - before == {"host newspaper newspaper 10.0.0.13/32 scram-sha-256"}
    assert before < after


def test_a_replica_lets_the_pools_in_before_it_is_promoted() -> None:
    assert found(r"^host newspaper newspaper (\S+)", text_of(pooled(), "db2", ACCESS)) == [
        "10.0.0.11/32",
        "10.0.0.12/32",
    ]


def test_beside_its_only_client_it_listens_on_loopback_alone() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", "postgresql"]))

    assert "listen_addresses = 'localhost'\n" in text_of(design, "all1", START)
    assert found(r"^host newspaper newspaper (\S+)", text_of(design, "all1", ACCESS)) == ["127.0.0.1/32"]


def test_with_clients_elsewhere_it_listens_on_its_own_address_and_loopback() -> None:
    assert "listen_addresses = 'localhost,10.0.0.14'\n" in text_of(direct(), "database1", START)


def test_it_takes_of_the_memory_what_its_neighbours_leave() -> None:
    alone = cluster(tier("web", ["nginx", "gunicorn"]), tier("database", ["postgresql"]))
    beside = cluster(tier("database", ["nginx", "gunicorn", "memcached", "postgresql"]))

    buffers = [number(r"shared_buffers = (\d+)MB", text_of(of, "database1", START)) for of in (alone, beside)]

    assert buffers[0] == int(int(8192 * USABLE_SHARE) / 4)
    assert buffers[1] < buffers[0]
    placed = beside.by_host["database1"]
    assert sum(role.component.memory(role).mid for role in placed) <= 8192 * USABLE_SHARE


def test_its_cache_holds_no_more_than_its_database() -> None:
    small = {"peak_requests_per_second": 10, "database_gib": 0.5}
    design = direct(workload=small)
    placed = design.find("database1", "postgresql")

    assert placed.component.memory(placed).parts["shared buffers"].mid == 512


def test_the_memory_of_its_connections_grows_with_their_number() -> None:
    few, many = (direct(count).find("database1", "postgresql") for count in (1, 4))

    assert many.component.memory(many).parts["connections"].mid > 3 * few.component.memory(few).parts["connections"].mid


def test_a_replica_follows_the_first_primary_by_its_address_and_holds_no_password() -> None:
    live = text_of(pooled(), "db2", LIVE)

    [conninfo] = found(r"^primary_conninfo = '(.*)'$", live)
    assert "host=10.0.0.13 " in conninfo
    assert "passfile=/var/lib/postgresql/replication.pgpass" in conninfo
    assert "password" not in conninfo


def test_a_primary_follows_nobody() -> None:
    assert "primary_conninfo" not in text_of(pooled(), "db1", LIVE)


def test_a_replica_of_nothing_is_refused_with_a_way_out() -> None:
    design = cluster(tier("copy", ["postgresql_replica"]))

    with pytest.raises(TierwrightError, match="no server has the role postgresql"):
        file_of(design, "copy1", LIVE)


def test_ubuntus_version_has_its_own_paths() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", {"postgresql": {"version": 16}}]))
    placed = design.find("all1", "postgresql")

    files = placed.component.files(placed)

    assert all(file.path.startswith("/etc/postgresql/16/main/") for file in files)
    assert {file.unit for file in files} == {"postgresql@16-main.service"}


def test_what_the_plan_writes_is_kept_and_said() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", {"postgresql": {"max_connections": 77}}]))
    start = file_of(design, "all1", START)

    assert "max_connections = 77\n" in start.text
    assert reason(start, "max_connections").formula == "as written in the plan"


def test_secrets_are_made_by_hand_and_named() -> None:
    design = pooled()
    replica = design.find("db2", "postgresql_replica")

    preparations = replica.component.preparations(replica)

    assert [path for item in preparations for path in item.secrets] == ["/var/lib/postgresql/replication.pgpass"]
    # -R would write a primary_conninfo that holds over the bundle's
    assert not any(" -R" in line or "--write-recovery-conf" in line for item in preparations for line in item.lines)


def test_a_request_costs_it_what_the_cache_does_not_answer() -> None:
    placed = direct().find("database1", "postgresql")
    item = RequestClass(share=1, database_cpu_ms=2.0, cached_share=0.25)

    demand = placed.component.demand(placed, "page", item)

    assert demand is not None
    assert demand.cpu_ms.mid == pytest.approx(1.5)
    assert placed.component.demand(placed, "media", item) is None


def test_a_replica_costs_nothing_until_somebody_reads_from_it() -> None:
    replica = pooled().find("db2", "postgresql_replica")

    assert replica.component.demand(replica, "page", RequestClass(share=1)) is None


_MAIN = """\
data_directory = '/var/lib/postgresql/15/main'
hba_file = '/etc/postgresql/15/main/pg_hba.conf'
ident_file = '/etc/postgresql/15/main/pg_ident.conf'
unix_socket_directories = '/run/postgresql'
include_dir = 'conf.d'
"""


@pytest.mark.slow
@pytest.mark.skipif(not is_root(), reason="networks between hosts, and programs that change their user, need root")
def test_a_pool_a_primary_and_a_replica_work_together_and_the_replica_takes_over(tmp_path: Path) -> None:
    design = pooled()
    for host in ("db1", "db2", "web1"):
        role = {"db1": "postgresql", "db2": "postgresql_replica", "web1": "pgbouncer"}[host]
        (tmp_path / host).mkdir()
        stage = stage_of(design.find(host, role), tmp_path / host)
        for name, text in (("postgresql.conf", _MAIN), ("pg_ident.conf", "")):
            if host != "web1":
                stage.scaffold(f"{FOLDER}/{name}", text)
    replica = design.find("db2", "postgresql_replica")
    lines = [line for item in replica.component.preparations(replica) for line in item.lines]
    copied, marked = (
        next(line for line in lines if word in line).removeprefix("runuser -u postgres -- ")
        for word in ("pg_basebackup", "standby.signal")
    )
    (tmp_path / "empty").mkdir()
    alone = stage_of(design.find("db3", "postgresql_replica"), tmp_path / "empty", real_root=True)
    query = users_query(design.find("web1", "pgbouncer")).replace('"', '\\"')

    ran = alone.run(["bash", str(SCRIPT), str(tmp_path), query, copied, marked], seconds=300)

    assert "through the pool: front" in ran.output, ran.output
    assert "streams to: db2|streaming" in ran.output, ran.output
    assert "on the replica: front" in ran.output, ran.output
    assert 'no pg_hba.conf entry for host "10.0.0.99"' in ran.output, ran.output
    assert "after promotion: sports" in ran.output, ran.output
    [said] = found(r"^contexts: (.*)$", ran.output)
    contexts = dict(item.split("=") for item in said.split())
    at_start = found(r"^(\w+) = ", text_of(design, "db1", START))
    assert {name: context == "postmaster" for name, context in contexts.items()} == {
        name: name in at_start for name in contexts
    }
    assert set(at_start) - set(contexts) == {"shared_buffers"}  # which the test sets lower


def reading_of(design: Cluster, host: str) -> Reading:
    """What the files of the database on a host say."""
    [placed] = [each for each in design.by_host[host] if each.component.name == "postgresql"]
    return placed.component.read(placed, {file.path: file.text for file in placed.component.files(placed)})


def test_its_files_are_read_back() -> None:
    primary, replica = (reading_of(pooled(), host) for host in ("db1", "db2"))

    assert primary.accepts is not None
    assert primary.reserved == 3
    assert primary.statement_seconds == 25
    assert replica.follows == "10.0.0.13"
    assert primary.follows is None
    assert all(replica.replication[name] >= value for name, value in primary.replication.items())
    assert Admission(address="10.0.0.14", database="replication", user="replicator") in primary.admits
    assert Listening(address="10.0.0.13", port=5432) in primary.listens


def test_what_a_file_does_not_say_is_postgresqls_own() -> None:
    placed = pooled().find("db1", "postgresql")

    said = placed.component.read(placed, {START: "port = 5432\n", LIVE: "statement_timeout = 2500\n"})

    assert said.accepts == 100
    assert said.senders == 10
    assert said.statement_seconds == 2.5


def test_a_subscriber_is_a_server_of_its_own_that_follows_nobody_by_its_files() -> None:
    design = cluster(
        tier("web", ["nginx", "gunicorn", "pgbouncer"]),
        tier("database", ["postgresql"]),
        tier("copy", ["postgresql_subscriber"]),
    )

    assert "primary_conninfo" not in text_of(design, "copy1", LIVE)
    assert found(r"^host newspaper newspaper (\S+)", text_of(design, "copy1", ACCESS)) == ["10.0.0.11/32"]
    assert [offer.placed.host.name for offer in design.providers("sql_replica")] == ["copy1"]


def test_the_version_is_that_of_the_plans_system() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", "postgresql"]), system="ubuntu2404")

    files = design.find("all1", "postgresql").component.files(design.find("all1", "postgresql"))

    assert {file.path.split("/")[3] for file in files} == {"16"}
