"""Prometheus: every server is asked once, by exporters that only a watched design has, at the limits of the plan."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import cluster, found, text_of, tier
from topology.bundles import bundle_of
from topology.components import Cluster
from topology.errors import TierwrightError

CONFIG, RULES = "/etc/prometheus/prometheus.yml", "/etc/prometheus/tierwright-rules.yml"


def watched(*more: dict[str, Any], **keys: Any) -> Cluster:
    return cluster(
        tier("lb", ["haproxy"]),
        tier("web", ["nginx", "gunicorn", "memcached"], count=2),
        tier("db", ["postgresql"]),
        *more,
        **keys,
    )


def roles(of: Cluster) -> set[str]:
    return {placed.role.name for placed in of.placed}


def test_every_server_is_asked_once_by_each_exporter_of_its_own() -> None:
    text = text_of(watched(tier("watch", ["prometheus"])), "watch1", CONFIG)

    targets = found(r"targets: \['([^']+)'\]", text)
    assert len(targets) == len(set(targets))
    assert [target for target in targets if target.endswith(":9100")] == [f"10.0.0.{n}:9100" for n in range(11, 16)]
    assert {target for target in targets if not target.endswith(":9100")} == {
        *("10.0.0.11:8405", "10.0.0.12:9113", "10.0.0.13:9113", "10.0.0.14:9187"),
    }


def test_a_design_without_monitoring_has_no_exporter() -> None:
    assert not {role for role in roles(watched()) if "exporter" in role}
    assert "metrics" not in text_of(watched(), "lb1", "/etc/haproxy/haproxy.cfg")


def test_the_firewalls_let_the_monitoring_server_in_and_nobody_else() -> None:
    text = text_of(watched(tier("watch", ["prometheus"])), "db1", "/etc/nftables.conf")

    assert "ip saddr { 10.0.0.15 } tcp dport 9100 accept" in text
    assert "ip saddr { 10.0.0.15 } tcp dport 9187 accept" in text


def test_the_limits_of_the_alerts_are_those_of_the_plan() -> None:
    workload = {"peak_requests_per_second": 350, "classes": {"page": {"share": 1}}}
    plan = watched(tier("watch", ["prometheus"]), workload=workload, promise={"headroom": 0.4})

    text = text_of(plan, "watch1", RULES)
    assert '{mode="idle"}[5m]))) > 60' in text
    assert 'proxy="public"}[5m])) > 350' in text


def test_without_a_workload_no_peak_is_invented() -> None:
    text = text_of(watched(tier("watch", ["prometheus"])), "watch1", RULES)

    assert "AbovePeak" not in text


def test_the_exporter_of_redis_gets_its_password_by_a_file_that_a_person_makes() -> None:
    of = watched(tier("cache", [{"redis": {"port": 6400}}]), tier("watch", ["prometheus"]))
    exporter = of.find("cache1", "redis_exporter")

    texts = [file.text for file in exporter.component.files(exporter)]
    [preparation] = exporter.component.preparations(exporter)
    [made_by_redis] = of.find("cache1", "redis").component.preparations(of.find("cache1", "redis"))
    assert "--redis.addr=redis://127.0.0.1:6400" in texts[0]
    assert f"EnvironmentFile={preparation.secrets[0]}" in texts[1]
    assert made_by_redis.secrets[0] in preparation.lines[0]


def test_the_exporter_of_a_redis_that_is_not_there_is_refused_with_a_sentence() -> None:
    lonely = watched(tier("copy", ["redis_exporter"]))

    with pytest.raises(TierwrightError, match="copy1 is to tell how its Redis is, but runs none"):
        bundle_of(lonely)
