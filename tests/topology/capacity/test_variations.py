"""A what-if changes what was asked and nothing else, and never what was observed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import newspaper
from topology import document
from topology.capacity import (
    Variation,
    cached_share_of,
    deprived,
    forecast,
    needs_varied,
    outlook_varied,
    rearranged,
    survey_varied,
    varied,
)
from topology.design import Design, TierwrightError, server_names
from topology.workload import Workload

WORKLOAD: dict[str, Any] = {
    "peak_requests_per_second": 60,
    "classes": {"page": {"share": 0.5}, "static": {"share": 0.5}},
    "observed": {"cpu_share": 0.4, "requests_per_second": 60},
}

CACHE = {"count": 1, "type": "small"}


def design(**changes: Any) -> Design:
    tiers = [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
        {
            "name": "database",
            "servers": [{"name": "db1", "type": "large", "address": "10.0.0.31"}],
            "roles": ["postgresql"],
        },
    ]
    return newspaper(**{"workload": WORKLOAD, "tiers": tiers, **changes})


def capacity(variation: Variation) -> float:
    return survey_varied(design(), variation)[0].capacity_rps.value


def test_nothing_asked_is_the_plan_as_it_stands() -> None:
    found, curve = survey_varied(design(), Variation())

    assert found == forecast(design())
    assert curve is not None
    assert curve.capacity == found.capacity_rps


def test_traffic_moves_the_peak_and_not_the_capacity() -> None:
    found, _ = survey_varied(design(), Variation(traffic=2))

    assert found.offered_rps == 120
    assert found.capacity_rps.value == pytest.approx(capacity(Variation()))


@pytest.mark.parametrize("factor", [0.25, 2, 4])
def test_dearer_pages_are_dearer_than_those_that_were_observed(factor: float) -> None:
    dearer, now = (
        survey_varied(design(), Variation(page_cost=cost))[0].host("web1").utilisation["cpu"].value
        for cost in (factor, 1)
    )

    assert dearer / now == pytest.approx(factor, rel=0.05)  # files keep their cost


def test_a_cache_takes_the_work_of_pages_that_was_observed_without_it() -> None:
    assert capacity(Variation(cached_share=0.5)) == pytest.approx(2 * capacity(Variation()), rel=0.2)


def test_what_was_observed_is_still_predicted_when_pages_change() -> None:
    now, _ = survey_varied(design(), Variation())
    dearer, _ = survey_varied(design(), Variation(page_cost=4, types={"web": "small"}))

    assert now.today is not None
    assert dearer.today == now.today


def test_other_servers_keep_their_names_and_new_ones_go_on_counting() -> None:
    changed = rearranged(design(), Variation(servers={"web": 3, "database": 3}, types={"web": "large"}))

    assert [server_names(tier) for tier in changed.tiers] == [("web1", "web2", "web3"), ("db1", "db2", "db3")]
    assert [host.type_name for host in changed.hosts] == ["large"] * 6
    assert changed.hosts[3].address == "10.0.0.31"
    assert rearranged(changed, Variation(servers={"web": 2, "database": 1}, types={"web": "medium"})) == design()


@pytest.mark.parametrize(
    ("variation", "says"),
    [
        (Variation(servers={"cellar": 1}), "no tier called cellar"),
        (Variation(types={"web": "huge"}), "no server type is called huge"),
        (Variation(servers={"web": 0}), "from 1 to 5,000 servers; 0 is not that"),
    ],
)
def test_what_is_not_there_is_refused_in_words(variation: Variation, says: str) -> None:
    with pytest.raises(TierwrightError, match=says):
        varied(design(), variation)


def test_only_servers_can_be_kept() -> None:
    assert not Variation(traffic=2, page_cost=3, cached_share=0.1).is_kept
    assert Variation(servers={"web": 3}).is_kept
    assert rearranged(design(), Variation(traffic=2, page_cost=3)) == design()


def test_without_a_server_the_others_carry_its_load() -> None:
    whole, _ = survey_varied(design(), Variation())
    left, _ = survey_varied(design(), Variation(), without="web1")

    assert [host.name for host in left.hosts] == ["web2", "db1"]
    before, after = (found.host("web2").utilisation["cpu"].value for found in (whole, left))
    assert after == pytest.approx(2 * before)


def test_a_server_that_is_not_asked_for_any_more_cannot_die() -> None:
    fewer = Variation(servers={"web": 1})

    assert survey_varied(design(), fewer, without="web2") == survey_varied(design(), fewer)


def test_a_design_without_a_server_keeps_the_names_of_the_others() -> None:
    left = deprived(design(), "web1")

    assert [(host.name, host.address) for host in left.hosts] == [("web2", "10.0.0.12"), ("db1", "10.0.0.31")]
    assert [tier.name for tier in deprived(left, "web2").tiers] == ["database"]
    with pytest.raises(KeyError):
        deprived(left, "web1")


def test_a_plan_of_one_server_has_nothing_left() -> None:
    with pytest.raises(TierwrightError, match="the only server of this plan"):
        deprived(newspaper(tiers=[design().tiers[1].model_dump(mode="json")]), "db1")


def test_what_lies_beyond_the_peak_follows_every_knob() -> None:
    growing = design(workload={**WORKLOAD, "growth_per_year": 0.5})
    knobs = Variation(traffic=2, page_cost=1.5, servers={"web": 3})

    found, _ = survey_varied(growing, knobs)
    first = outlook_varied(growing, knobs).limits[0]

    assert first.at_rps.value == pytest.approx(found.capacity_rps.value)
    assert first.factor.value == pytest.approx(found.capacity_rps.value / 120)


def test_servers_needed_follow_traffic_and_costs_and_not_the_servers_asked_for() -> None:
    def web(variation: Variation) -> int:
        return needs_varied(design(), variation, headroom=0.5)[0].servers

    assert web(Variation(traffic=20)) > web(Variation(traffic=10)) > web(Variation())
    assert web(Variation(traffic=10, page_cost=2)) == pytest.approx(2 * web(Variation(traffic=10)), abs=2)
    assert web(Variation(traffic=10, servers={"web": 40})) == web(Variation(traffic=10))


def test_the_cached_share_of_a_workload_is_that_of_its_dynamic_requests() -> None:
    classes = {"page": {"share": 0.3, "cached_share": 0.4}, "api": {"share": 0.1}, "media": {"share": 0.6}}

    assert cached_share_of(Workload.model_validate({"peak_requests_per_second": 1, "classes": classes})) == (
        pytest.approx(0.3)
    )


def test_a_tier_may_be_lost_whole() -> None:
    tiers = [*document.to_data(design())["tiers"], {"name": "cache", "servers": CACHE, "roles": ["memcached"]}]
    left, _ = survey_varied(design(tiers=tiers), Variation(), without="cache1")

    assert [tier.name for tier in left.tiers] == ["web", "database"]


def test_without_its_cache_a_site_does_the_full_work() -> None:
    tiers = [*document.to_data(design())["tiers"], {"name": "cache", "servers": CACHE, "roles": ["memcached"]}]
    warm = Variation(cached_share=0.8)
    cold, _ = survey_varied(design(tiers=tiers), warm, without="cache1")

    assert cold.capacity_rps.value == pytest.approx(capacity(Variation()), rel=0.05)
    assert survey_varied(design(tiers=tiers), warm)[0].capacity_rps.value > 2 * cold.capacity_rps.value
