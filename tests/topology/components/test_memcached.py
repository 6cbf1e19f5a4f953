"""memcached: room for every client, a share of the memory, and look-ups that cost what was measured."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, file_of, found, number, reason, text_of, tier
from topology.components import Cluster
from topology.demands import MEMCACHED_GET
from topology.workload import RequestClass

PATH = "/etc/memcached.conf"
DATABASE = tier("database", ["postgresql"])


def apart(apps: int = 3) -> Cluster:
    """A cache on a server of its own."""
    return cluster(tier("web", ["nginx", "gunicorn"], count=apps), tier("cache", ["memcached"]), DATABASE)


def beside() -> Cluster:
    """A cache on each app server."""
    return cluster(tier("web", ["nginx", "gunicorn", "memcached"], count=2), DATABASE)


@pytest.mark.parametrize("apps", [1, 80])
def test_every_connection_of_the_app_servers_fits(apps: int) -> None:
    design = apart(apps)

    clients = sum(edge.connections for edge in design.edges_to("cache1", "cache"))

    assert clients > 0
    assert clients <= number(r"^-c (\d+)", text_of(design, "cache1", PATH))


def test_it_listens_on_its_private_address_and_not_over_udp() -> None:
    text = text_of(beside(), "web1", PATH)

    assert found(r"^-l (\S+)", text) == ["10.0.0.11"]
    assert "-U 0\n" in text


def test_alone_on_a_server_it_takes_most_of_the_memory_and_beside_others_an_eighth() -> None:
    alone, shared = text_of(apart(), "cache1", PATH), text_of(beside(), "web1", PATH)

    assert number(r"^-m (\d+)", alone) == int(8192 * 0.8)
    assert number(r"^-m (\d+)", shared) == 8192 // 8


def test_what_the_plan_writes_is_kept_and_said() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", "postgresql", {"memcached": {"memory_mib": 300}}]))
    file = file_of(design, "all1", PATH)

    assert "-m 300\n" in file.text
    assert reason(file, "memory_mib").formula == "as written in the plan"


def test_its_memory_is_the_cache_and_a_little_more() -> None:
    placed = apart().find("cache1", "memcached")

    memory = placed.component.memory(placed)

    assert memory.parts["cache"].high == int(8192 * 0.8)
    assert memory.mid < 1.03 * 8192 * 0.8
    assert memory.high <= 8192 * 0.9


def test_a_request_costs_it_its_look_ups() -> None:
    placed = apart().find("cache1", "memcached")

    demand = placed.component.demand(placed, "page", RequestClass(share=1, cache_lookups=4, cached_share=0))

    assert demand is not None
    assert demand.calls == 4
    assert demand.cpu_ms.mid == pytest.approx(4 * MEMCACHED_GET.mid)


def test_a_page_that_may_be_cached_whole_is_looked_up_first() -> None:
    placed = apart().find("cache1", "memcached")

    demand = placed.component.demand(placed, "page", RequestClass(share=1, cache_lookups=4, cached_share=0.6))

    assert demand is not None
    assert demand.calls == 5


def test_a_file_is_not_looked_up() -> None:
    placed = apart().find("cache1", "memcached")

    assert placed.component.demand(placed, "media", RequestClass(share=1)) is None
