"""Slony: every server of the cluster under its number, a path for every pair, and the set from the catalogue."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, file_of, found, reading, text_of, tier
from topology.components import Cluster
from topology.design import TierwrightError

FOLDER = "/etc/slony1/newspaper"


def replicated(subscribers: int = 2) -> Cluster:
    """App servers, an origin and its subscribers."""
    return cluster(
        tier("web", ["nginx", "gunicorn", "memcached"], count=2),
        tier("database", ["postgresql", "slony"]),
        tier("copy", ["postgresql_subscriber", "slony"], count=subscribers),
    )


def test_every_pair_of_servers_has_a_path_in_each_direction() -> None:
    init = text_of(replicated(), "database1", f"{FOLDER}/init.slonik")

    paths = found(r"store path \(server = (\d), client = \d, conninfo = 'host=\S+", init)

    assert sorted(paths) == ["1", "1", "2", "2", "3", "3"]


def test_each_subscriber_has_a_script_that_moves_the_writes_to_it() -> None:
    move = text_of(replicated(), "database1", f"{FOLDER}/move-to-copy2.slonik")

    assert "new origin = 3" in move


def test_no_table_is_named_before_the_database_is_asked() -> None:
    design = replicated()
    scripts = text_of(design, "database1", f"{FOLDER}/set.slonik")

    assert "set add table" not in scripts
    assert "include </var/lib/postgresql/slony-newspaper.slonik>" in scripts


def test_no_password_is_in_a_file() -> None:
    design = replicated()
    texts = [f.text for p in design.placed if p.component.name == "slony" for f in p.component.files(p)]

    assert texts
    assert not any("password" in text.lower() for text in texts)


def test_each_database_lets_slony_in_from_every_server_of_the_cluster() -> None:
    for host in ("database1", "copy1", "copy2"):
        access = text_of(replicated(), host, "/etc/postgresql/15/main/pg_hba.conf")
        assert found(r"^host newspaper slony (\S+)", access) == ["10.0.0.13/32", "10.0.0.14/32", "10.0.0.15/32"]


def test_its_connections_fit_into_every_database() -> None:
    design = replicated()

    said = reading(design, "copy1", "slony")

    assert [target.address for target in said.targets] == ["10.0.0.14"]
    assert said.opens["sql_replica"] > said.opens["sql"] > 0


def test_without_a_subscriber_it_is_refused_with_a_way_out() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn"]), tier("database", ["postgresql", "slony"]))

    with pytest.raises(TierwrightError, match="no server has the role postgresql_subscriber"):
        file_of(design, "database1", f"{FOLDER}/slon.conf")


def test_beside_a_database_that_takes_no_part_it_is_refused() -> None:
    design = cluster(
        tier("web", ["nginx", "gunicorn", "memcached"]),
        tier("database", ["postgresql"]),
        tier("copy", ["postgresql_replica", "slony"]),
        tier("other", ["postgresql_subscriber"]),
    )

    with pytest.raises(TierwrightError, match="neither takes the writes nor subscribes"):
        file_of(design, "copy1", f"{FOLDER}/slon.conf")
