"""pgBackRest: what PostgreSQL hands over is what it takes, and both pairs of units come at their time."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, file_of, found, reading, text_of, tier
from topology.components import Cluster
from topology.design import TierwrightError

CONFIG = "/etc/pgbackrest.conf"
CONF_D = "/etc/postgresql/15/main/conf.d"


def backed_up(**keys: object) -> Cluster:
    """A database with its backup beside it."""
    return cluster(tier("web", ["nginx", "gunicorn"]), tier("database", ["postgresql", {"pgbackrest": keys}]))


def test_postgresql_hands_its_log_to_the_stanza_that_the_backup_keeps() -> None:
    design = backed_up()
    live, start = (text_of(design, "database1", f"{CONF_D}/tierwright{name}.conf") for name in ("", "-start"))

    [stanza] = found(r"archive_command = 'pgbackrest --stanza=(\w+) archive-push %p'", live)

    assert f"[{stanza}]\n" in text_of(design, "database1", CONFIG)
    assert "archive_mode = on\n" in start


def test_without_a_backup_beside_it_postgresql_archives_nothing() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn"]), tier("database", ["postgresql"]))

    assert "archive" not in text_of(design, "database1", f"{CONF_D}/tierwright.conf")


def test_a_full_backup_comes_once_a_week_and_a_small_one_on_the_other_days() -> None:
    design = backed_up(hour=4)
    times = [
        found(r"OnCalendar=(.*)", text_of(design, "database1", f"/etc/systemd/system/pgbackrest-{kind}.timer"))
        for kind in ("full", "diff")
    ]

    assert times == [["Sun *-*-* 04:10:00"], ["Mon..Sat *-*-* 04:10:00"]]


def test_its_repository_may_be_a_mount_and_the_backup_waits_for_it() -> None:
    design = backed_up(repository="/srv/backups")

    said = reading(design, "database1", "pgbackrest")

    assert said.requires_mounts == ("/srv/backups",)
    assert said.backs_up == ("local",)


@pytest.mark.parametrize("database", ["mariadb", "sqlite"])
def test_beside_another_database_it_is_refused_with_a_way_out(database: str) -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", database, "pgbackrest"]))

    with pytest.raises(TierwrightError, match="put it beside the role postgresql"):
        file_of(design, "all1", CONFIG)


def test_it_stands_beside_a_database() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn", "sqlite"]), tier("backup", ["pgbackrest"]))

    with pytest.raises(TierwrightError, match="stands on sql"):
        design.edges  # noqa: B018


def with_a_store() -> Cluster:
    """A database whose backups lie on another server."""
    return cluster(
        tier("web", ["nginx", "gunicorn"]),
        tier("database", ["postgresql", "pgbackrest"]),
        tier("backup", ["pgbackrest_store"]),
    )


def test_with_a_store_the_backups_lie_there_and_are_made_there() -> None:
    design = with_a_store()
    paths = {
        host: [
            file.path for p in design.by_host[host] if p.component.name == "pgbackrest" for file in p.component.files(p)
        ]
        for host in ("database1", "backup1")
    }

    assert "repo1-path" not in text_of(design, "database1", CONFIG)
    assert "repo1-path=/var/lib/pgbackrest\n" in text_of(design, "backup1", CONFIG)
    assert not any(path.endswith(".timer") for path in paths["database1"])
    assert sum(path.endswith(".timer") for path in paths["backup1"]) == 2


def test_each_of_the_two_lets_only_the_other_in() -> None:
    design = with_a_store()

    assert found(r"tls-server-auth=(.*)", text_of(design, "database1", CONFIG)) == ["backup1=main"]
    assert found(r"tls-server-auth=(.*)", text_of(design, "backup1", CONFIG)) == ["database1=main"]
    assert {(e.client, e.server) for e in design.edges if e.endpoint.port == 8432} == {
        ("database1", "backup1"),
        ("backup1", "database1"),
    }


def test_a_store_says_whose_database_it_backs_up() -> None:
    said = reading(with_a_store(), "backup1", "pgbackrest_store")

    assert said.backs_up == ("10.0.0.12",)


def test_a_store_of_nothing_is_refused() -> None:
    design = cluster(
        tier("web", ["nginx", "gunicorn"]), tier("db", ["postgresql"]), tier("backup", ["pgbackrest_store"])
    )

    with pytest.raises(TierwrightError, match="there is none with the role pgbackrest"):
        file_of(design, "backup1", CONFIG)
