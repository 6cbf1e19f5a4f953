"""Equal servers worked out once give what they give one by one."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests import builders
from topology import capacity
from topology.capacity import folding
from topology.capacity.folding import Folded, fold
from topology.components import resolve
from topology.design import Design
from topology.errors import TierwrightError

ALONE = (["nginx", "gunicorn", "postgresql"],)
SPLIT = (["nginx", "gunicorn", "pgbouncer"], ["postgresql"])
BESIDE = (["haproxy"], ["nginx", "gunicorn", "pgbouncer", "memcached"], ["postgresql", "bind9"])
SHARED = (["haproxy", "keepalived"], ["nginx", "gunicorn", "pgbouncer"], ["nginx_media"], ["memcached"], ["postgresql"])
APART = (["haproxy"], ["nginx"], ["gunicorn"], ["pgbouncer"], ["postgresql"])

STORES = (["haproxy"], ["nginx", "gunicorn", "celery_worker"], ["redis"], ["redis_replica"], ["mariadb", "celery_beat"])
COPIED = (["haproxy"], ["nginx", "gunicorn", "pgpool"], ["postgresql_subscriber", "slony"], ["postgresql", "slony"])


def design(roles: tuple[list[str], ...], counts: dict[int, int], *, listed: bool = False) -> Design:
    """Tiers of these roles, each of as many servers as are said, else one."""
    tiers: list[dict[str, Any]] = []
    for number, names in enumerate(roles):
        count = counts.get(number, 1)
        servers: Any = {"count": count, "type": "medium"}
        if listed:
            servers = [{"name": f"t{number}x{one}", "type": "medium"} for one in range(count)]
        tiers.append({"name": f"t{number}x", "servers": servers, "roles": names})
    return builders.newspaper(tiers=tiers)


def one_by_one(found: Design, monkeypatch: pytest.MonkeyPatch) -> capacity.Forecast:
    """The forecast in which every server stands for itself."""
    with monkeypatch.context() as patch:
        patch.setattr(folding, "fold", lambda whole: Folded(design=whole, equals={}, whole=whole))
        return capacity.forecast(found)


def same(one: Any, other: Any) -> bool:
    """Equal documents, but for the last digits of their numbers."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(one == other)


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("roles", "counts"),
    [
        (ALONE, {}),
        (SPLIT, {0: 3}),
        (BESIDE, {0: 3, 1: 4}),
        (BESIDE, {0: 2, 1: 9}),
        (SHARED, {0: 3, 1: 5, 2: 4, 3: 3}),
        (APART, {0: 2, 1: 3, 2: 7, 3: 4}),
        (STORES, {0: 2, 1: 5, 3: 3}),
        (COPIED, {0: 2, 1: 5, 2: 3}),
    ],
)
def test_equal_servers_are_worked_out_once_with_the_same_result(
    roles: tuple[list[str], ...], counts: dict[int, int], listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = design(roles, counts, listed=listed)

    folded, single = capacity.forecast(whole), one_by_one(whole, monkeypatch)

    assert same(capacity.to_document(folded), capacity.to_document(single))


def test_a_plan_of_thousands_has_few_representatives() -> None:
    small = fold(design(SHARED, {0: 2, 1: 4000, 2: 30, 3: 20}))

    assert len(small.design.hosts) == 9
    assert sum(small.equals.get(host.name, 1) for host in small.design.hosts) == 4053
    assert sum(1 for _ in small.servers()) == 4053


def test_servers_that_differ_are_not_folded_together() -> None:
    servers = [
        {"name": "a", "type": "medium"},
        {"name": "b", "type": "large"},
        {"name": "c", "type": "medium"},
        {"name": "d", "type": "medium", "settings": {"gunicorn": {"workers": 3}}},
        {"name": "e", "type": "medium"},
    ]
    small = fold(builders.newspaper(tiers=[{"name": "web", "servers": servers, "roles": ALONE[0][:2]}]))

    assert [host.name for host in small.design.hosts] == ["a", "b", "c", "d"]
    assert dict(small.equals) == {"c": 2}
    assert [(name, kind) for _, name, kind in small.servers()][-1] == ("e", "c")


def test_every_server_is_listed_in_the_order_of_the_plan() -> None:
    whole = design(SPLIT, {0: 5})

    hosts = capacity.forecast(whole).hosts

    assert [host.name for host in hosts] == [host.name for host in whole.hosts]
    assert hosts[3].utilisation == hosts[0].utilisation
    assert len(hosts) == 6


def test_what_the_dead_had_goes_to_those_that_are_left() -> None:
    whole = design(BESIDE, {0: 2, 1: 4})

    now, short = capacity.forecast(whole), capacity.forecast(whole, lost=["t1x3"])

    assert short.host("t1x1").requests_per_second == pytest.approx(now.host("t1x1").requests_per_second * 4 / 3)
    assert [host.name for host in short.hosts] == [host.name for host in now.hosts if host.name != "t1x3"]
    assert next(tier.servers for tier in short.tiers if tier.name == "t1x") == 3
    assert (short.host("t1x1").max_rps or 0) < (now.host("t1x1").max_rps or 0)


def test_survivors_keep_their_settings() -> None:
    whole = design(BESIDE, {0: 2, 1: 4})

    now, short = capacity.forecast(whole), capacity.forecast(whole, lost=["t1x4"])

    assert short.host("t1x1").memory == now.host("t1x1").memory


def test_losing_the_only_server_of_a_kind_is_refused_in_words() -> None:
    with pytest.raises(TierwrightError, match="no server of this plan answers pages"):
        capacity.forecast(design(SPLIT, {}), lost=["t0x1"])


def test_a_stranger_cannot_be_lost() -> None:
    with pytest.raises(TierwrightError, match="no server of this plan is called web99"):
        capacity.forecast(design(SPLIT, {}), lost=["web99"])


def test_the_engine_folds_a_resolved_cluster_too() -> None:
    whole = design(BESIDE, {1: 6})

    small = folding.folded(resolve(whole))

    assert sum(small.cluster.stands_for(host.name) for host in small.cluster.design.hosts) == len(whole.hosts)
