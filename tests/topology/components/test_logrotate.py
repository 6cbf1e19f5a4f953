"""logrotate: what no package rotates, and nothing that one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.topology.components.rendered import cluster, text_of, tier
from topology.components import Cluster, catalogue

PATH = "/etc/logrotate.d/tierwright"
RULES = Path("/etc/logrotate.d")
PACKAGES: dict[str, str] = {
    "apache2": "/var/log/apache2/*.log",
    "haproxy": "/var/log/haproxy.log",
    "lighttpd": "/var/log/lighttpd/*.log",
    "mariadb": "/var/log/mysql/*.log",
    "nginx": "/var/log/nginx/*.log",
    "pgbackrest": "/var/log/pgbackrest/*.log",
    "postgresql-common": "/var/log/postgresql/*.log",
    "redis-server": "/var/log/redis/redis-server*.log",
    "slony1": "/var/log/slony1/*.log",
    "squid": "/var/log/squid/*.log",
}
"""Package -> what its rule is believed to match."""


def one_server(*more: object) -> Cluster:
    return cluster(tier("web", ["nginx", "gunicorn", "postgresql", *more]))


def test_a_server_whose_logs_all_have_a_rule_gets_no_file() -> None:
    with pytest.raises(KeyError):
        text_of(one_server(), "web1", PATH)


def test_logs_of_the_site_are_rotated_for_as_long_as_the_plan_says() -> None:
    role = {"logrotate": {"also": ["/var/log/newspaper/*.log"], "keep_days": 40}}

    text = text_of(one_server(role), "web1", PATH)
    assert text.startswith("/var/log/newspaper/*.log {")
    assert "    rotate 40\n" in text


@pytest.mark.parametrize(
    "log", ["var/log/x.log", "/var/log/../x.log", "/var/log/a b.log", "/etc", "/var/log/{a,b}.log"]
)
def test_what_is_no_path_of_a_log_is_refused(log: str) -> None:
    with pytest.raises(ValueError, match="write the path of a log"):
        catalogue().by_role["logrotate"].settings.model_validate({"also": (log,)})


@pytest.mark.parametrize(("package", "pattern"), PACKAGES.items())
def test_the_rules_of_packages_match_what_is_believed(package: str, pattern: str) -> None:
    if not (RULES / package).exists():
        pytest.skip(f"no rule of {package} is installed here")
    placed = one_server().find("web1", "logrotate")

    assert pattern in (RULES / package).read_text(encoding="utf-8")
    assert pattern in placed.component.read(placed, {}).rotates
