"""The design answers for itself, and a changed copy for its own servers."""

from __future__ import annotations

import pytest

from tests.builders import newspaper


def test_a_changed_copy_has_its_own_hosts_and_network() -> None:
    design = newspaper()
    assert len(design.hosts) == 3
    assert str(design.cidr) == "10.0.0.0/24"

    copy = design.model_copy(update={"tiers": design.tiers[:1]})

    assert [host.name for host in copy.hosts] == ["web1", "web2"]
    assert len(design.hosts) == 3


@pytest.mark.parametrize(
    ("name", "module"),
    [("newspaper", "newspaper"), ("the-paper", "the_paper"), ("site", "site_project"), ("class", "class_project")],
)
def test_the_code_of_a_site_is_no_module_that_python_has_already(name: str, module: str) -> None:
    site = newspaper(sites=[{"name": name, "domains": ["www.example.com"]}]).sites[0]

    assert site.code.wsgi == f"{module}.wsgi"
    assert site.code.settings == f"{module}.settings"


@pytest.mark.parametrize(
    ("name", "database"),
    [("the-paper", "the_paper"), ("postgres", "site_postgres"), ("all", "site_all"), ("pg-atlas", "site_pg_atlas")],
)
def test_the_database_of_a_site_is_none_that_postgresql_has_already(name: str, database: str) -> None:
    site = newspaper(sites=[{"name": name, "domains": ["www.example.com"]}]).sites[0]

    assert site.database == database
