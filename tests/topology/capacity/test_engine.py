"""What a forecast says, against arithmetic done by hand and effects that are known."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.capacity.parts import COMPONENTS, EXACT, PAGE, cluster, foreseen, plan, tier, work
from topology.capacity import forecast, forecast_of
from topology.components import Cluster
from topology.design import TierwrightError

TOGETHER = tier("all", ["web", "app", "rows"])
APART = (tier("web", ["web", "app"]), tier("db", ["rows"]))


def page(app: Any, database: Any, **more: Any) -> dict[str, Any]:
    """A class of pages of exact or doubtful cost, in milliseconds."""
    return {"share": 1, "app_cpu_ms": _figure(app), "database_cpu_ms": _figure(database), **more}


def _figure(value: Any) -> Any:
    low, mid, high = value if isinstance(value, tuple) else (value, value, value)
    return {"low": low, "mid": mid, "high": high, **EXACT}


def test_the_utilisation_law_on_one_server() -> None:
    found = foreseen(TOGETHER, workload=work(10))

    # 65 ms on two cores.
    assert found.capacity_rps.value == pytest.approx(2 / 0.065)
    assert found.host("all1").utilisation["cpu"].value == pytest.approx(10 * 0.065 / 2)
    assert found.headroom == pytest.approx(1 - 10 * 0.065 / 2)


def test_moving_the_database_out_adds_its_share_of_the_cpu() -> None:
    together, apart = foreseen(TOGETHER), foreseen(*APART)

    assert together.capacity_rps.value == pytest.approx(30.8, abs=0.05)
    assert apart.capacity_rps.value == pytest.approx(50)
    assert apart.breaks_first is not None
    assert (apart.breaks_first.server, apart.breaks_first.resource) == ("web1", "cpu")


def test_it_makes_a_crowded_server_fast_again() -> None:
    together, apart = foreseen(TOGETHER, workload=work(30)), foreseen(*APART, workload=work(30))

    assert together.latency_ms["mean"].value == pytest.approx(1316, abs=1)
    assert apart.latency_ms["mean"].value == pytest.approx(92, abs=0.5)


def test_it_gains_little_where_python_is_what_costs() -> None:
    # Of the rehearsed site's CPU Python took 83 % and PostgreSQL 8.8 %: the split measured +8.2 % (+-1.3).
    web = {"web": {"page_ms": 8.2}}
    classes = {"page": page(83, 8.8)}

    together = foreseen(tier("all", [web, "app", "rows"]), workload=work(1, classes=classes))
    apart = foreseen(tier("web", [web, "app"]), tier("db", ["rows"]), workload=work(1, classes=classes))

    assert apart.capacity_rps.value / together.capacity_rps.value == pytest.approx(1.096, abs=0.001)


def test_the_mean_of_an_open_network() -> None:
    # 100/s: balancer of 2 cores, 2 ms; 4 hosts of 2 cores, 50 ms; database of 4 cores, 25 ms: exactly 114.402 ms.
    found = foreseen(
        tier("lb", [{"balancer": {"cpu_ms": 2}}]),
        tier("web", ["web", "app"], count=4),
        tier("db", ["rows"], type="four"),
        workload=work(100, classes={"page": page(50, 25)}),
    )

    assert found.latency_ms["mean"].value == pytest.approx(114.402, abs=0.001)


def test_the_lower_end_is_that_of_one_queue_for_all_equals() -> None:
    tiers = (tier("lb", ["balancer"]), tier("web", ["web", "app"], count=4))

    found = foreseen(*tiers, workload=work(136, classes={"page": page(50, 0)}))

    # Split at random: M/M/2 at 0.85; pooled: M/M/8 at 0.85. Both widened by what the formulas may be off.
    assert found.latency_ms["mean"].value == pytest.approx(50 / (1 - 0.85**2), rel=1e-6)
    assert found.latency_ms["mean"].low == pytest.approx(0.7 * 74.0, abs=0.7)


def test_percentiles_of_one_shared_core() -> None:
    found = foreseen(tier("all", ["web", "app"], type="one"), workload=work(15, classes={"page": page(50, 0)}))

    # M/M/1 at 0.75: mean 4 services, variance 35.2: work times a pace. Simulated: p95 745, p99 1440 ms (a gamma: 795).
    assert found.latency_ms["mean"].value == pytest.approx(200)
    assert found.latency_ms["p50"].value < 200 < found.latency_ms["p95"].value < found.latency_ms["p99"].value
    assert found.latency_ms["p95"].value == pytest.approx(745, rel=0.02)
    assert found.latency_ms["p99"].value == pytest.approx(1440, rel=0.02)
    assert found.latency_ms["p95"].low < 745 < found.latency_ms["p95"].high
    assert found.latency_ms["p99"].low < 1440 < found.latency_ms["p99"].high


def test_latency_is_that_of_pages_among_files() -> None:
    classes = {"page": {**PAGE, "share": 0.1}, "static": {"share": 0.9}}

    found = foreseen(*APART, workload=work(10, classes=classes))

    assert found.latency_ms["mean"].value == pytest.approx(65, abs=0.3)


def test_without_pages_it_is_that_of_files() -> None:
    web = tier("web", [{"web": {"file_ms": 1}}])

    found = foreseen(web, workload=work(100, classes={"static": {"share": 1}}))

    assert found.latency_ms["mean"].value == pytest.approx(1, abs=0.01)


def test_under_overload_no_response_time_is_shown() -> None:
    found = foreseen(TOGETHER, workload=work(40))

    assert found.latency_ms == {}
    assert found.host("all1").utilisation["cpu"].value == pytest.approx(1.3)
    assert found.headroom == pytest.approx(1 - 1.3)
    assert "more than this design carries; no response time" in found.notes[0]


def test_the_network_card_can_break_first() -> None:
    web = tier("web", [{"web": {"file_ms": 0.05, "file_bytes": 125_000}}])

    found = foreseen(web, workload=work(50, classes={"media": {"share": 1}}))

    # 1 Mbit an answer over 100 Mbit/s.
    assert found.breaks_first is not None
    assert found.breaks_first.resource == "network"
    assert found.capacity_rps.value == pytest.approx(100)
    assert found.host("web1").utilisation["network"].value == pytest.approx(0.5)


def test_a_card_of_unknown_rate_is_no_limit_and_that_is_said() -> None:
    found = foreseen(tier("web", ["web", "app", "rows"], type="four"))

    assert "network" not in found.host("web1").utilisation
    assert any("network rate of the type four is not known" in note for note in found.notes)


def test_too_few_workers_break_before_the_cpu() -> None:
    tiers = (tier("web", ["web", {"app": {"workers": 1}}]), tier("db", ["rows"]))

    found = foreseen(*tiers, workload=work(10))

    # One worker is held for 40 + 25 ms.
    assert found.breaks_first is not None
    assert (found.breaks_first.server, found.breaks_first.resource) == ("web1", "workers")
    assert found.capacity_rps.value == pytest.approx(1 / 0.065)
    assert found.host("web1").utilisation["workers"].value == pytest.approx(0.65)
    assert found.latency_ms["mean"].value == pytest.approx(65 / (1 - 0.65), rel=0.01)


def test_enough_workers_leave_the_limit_to_the_cpu() -> None:
    tiers = (tier("web", ["web", {"app": {"workers": 9}}]), tier("db", ["rows"]))

    found = foreseen(*tiers, workload=work(25))

    assert found.breaks_first is not None
    assert found.breaks_first.resource == "cpu"
    assert found.capacity_rps.value == pytest.approx(50)
    assert found.host("web1").utilisation["workers"].value < 0.25


def test_at_the_edge_of_what_workers_pass_no_response_time_is_given() -> None:
    # Four workers pass a few percent less than two cores carry; between the two nothing can be said.
    tiers = (tier("web", ["web", {"app": {"workers": 4}}]), tier("db", ["rows"], type="four"))

    found = foreseen(*tiers, workload=work(49.9, classes={"page": page(40, 10)}))

    assert found.capacity_rps.value == pytest.approx(50)
    assert found.latency_ms == {}
    assert any("so near to what this design carries" in note for note in found.notes)


def test_work_beside_the_workers_is_not_held_against_their_hold() -> None:
    # Half of the host's CPU goes to files. Two workers held 10 ms here and 190 ms elsewhere: near 10/s, not 2/0.25.
    classes = {"page": {**page(10, 190), "share": 0.01}, "static": {"share": 0.99}}
    tiers = (tier("web", [{"web": {"file_ms": 1}}, {"app": {"workers": 2}}]), tier("db", ["rows"], type="four"))

    found = foreseen(*tiers, workload=work(10, classes=classes))

    assert found.capacity_rps.value * 0.01 == pytest.approx(9.75, abs=0.25)


def test_connections_in_use_can_break_first() -> None:
    # A pool with two connections, each of which a page holds for 25 ms.
    tiers = (tier("web", ["web", "app"], count=4), tier("pool", ["pool"]), tier("db", ["rows"], type="four"))

    found = foreseen(*tiers, workload=work(10))

    assert found.breaks_first is not None
    assert (found.breaks_first.server, found.breaks_first.resource) == ("pool1", "connections")
    assert found.capacity_rps.value == pytest.approx(2 / 0.025)


def test_more_connections_than_the_database_permits_leave_no_capacity() -> None:
    web = tier("web", ["web", {"app": {"workers": 30}}], count=4)

    found = foreseen(web, tier("db", [{"rows": {"max_connections": 100}}]))

    assert found.breaks_first is not None
    assert (found.breaks_first.server, found.breaks_first.resource) == ("db1", "connections")
    assert (found.capacity_rps.value, found.headroom, found.growth) == (0, -1, None)
    assert found.host("db1").utilisation["connections"].value == pytest.approx(1.2)
    assert found.latency_ms == {}
    assert "db1 permits fewer connections" in found.notes[0]


def test_no_capacity_is_claimed_for_a_server_that_swaps() -> None:
    found = foreseen(tier("all", ["web", {"app": {"workers": 40, "rss": 100}}, "rows"]))

    assert found.breaks_first is not None
    assert found.breaks_first.resource == "memory"
    assert found.capacity_rps.value == 0
    assert found.host("all1").memory.used == pytest.approx(4200)
    assert "all1 would swap: 4,200 MiB are needed and 4,096 MiB are there" in found.notes[0]


def test_memory_that_may_not_suffice_is_noted() -> None:
    found = foreseen(tier("all", ["web", {"app": {"workers": 38, "rss": 100}}, "rows"]))

    assert found.capacity_rps.value > 0
    assert any("all1 may need up to 4,200 MiB" in note for note in found.notes)


def test_the_range_of_a_demand_becomes_the_range_of_the_answer() -> None:
    found = foreseen(TOGETHER, workload=work(10, classes={"page": page((20, 40, 80), 25)}))

    assert found.capacity_rps.low == pytest.approx(2 / 0.105)
    assert found.capacity_rps.value == pytest.approx(2 / 0.065)
    assert found.capacity_rps.high == pytest.approx(2 / 0.045)
    assert found.capacity_rps.kind == "approximate"


def test_the_range_of_the_peak_becomes_that_of_utilisation() -> None:
    peak = {"low": 5, "mid": 10, "high": 20, "basis": "guess"}

    found = forecast_of(cluster(plan(TOGETHER), work(classes=None).model_validate_json(_peak_json(peak))))

    busy = found.host("all1").utilisation["cpu"]
    assert (busy.low, busy.value, busy.high) == pytest.approx((0.1625, 0.325, 0.65))
    assert found.capacity_rps.low == found.capacity_rps.high


def _peak_json(peak: dict[str, Any]) -> str:
    import json

    return json.dumps({"peak_requests_per_second": peak, "classes": {"page": PAGE}})


def test_a_world_that_overloads_ends_at_the_time_limit_of_requests() -> None:
    found = foreseen(TOGETHER, workload=work(25, classes={"page": page((20, 40, 80), 25)}))

    assert found.latency_ms["p95"].high == 30_000
    assert any("If requests cost what they may cost at most" in note for note in found.notes)


def test_guesses_are_counted_where_the_limit_is_met() -> None:
    guessed = {"page": {"share": 0.5}, "static": {"share": 0.5}}
    known = {"page": {**PAGE, "share": 1}}
    half = {"page": {**page(9, 0), "share": 0.5}, "api": {"share": 0.5, "database_cpu_ms": 0}}

    assert foreseen(TOGETHER, workload=work(classes=guessed)).guessed_share == 1
    assert foreseen(TOGETHER, workload=work(classes=known)).guessed_share == 0
    assert foreseen(TOGETHER, workload=work(classes=half)).guessed_share == pytest.approx(4 / 13)


def test_a_workload_without_classes_is_a_guess_throughout() -> None:
    found = foreseen(TOGETHER, workload=work(classes={}))

    assert found.guessed_share == 1
    assert any("every request is taken for a page" in note for note in found.notes)


def test_what_is_unsure_is_said() -> None:
    source = {"lines": 40, "parsed": 40, "confidence": "thin", "why": "40 requests in 6 minutes"}

    found = foreseen(tier("web", ["web", "app"]), workload=work(classes={"page": {"share": 1}}, source=source))

    text = " ".join(found.notes)
    assert "100 % of this answer rests on guesses" in text
    assert "The log is thin, and so is its peak: 40 requests in 6 minutes." in text
    assert "Nobody has said how busy the running server was" in text
    assert "No database stands in this plan" in text
    assert "Not counted: writes to disks" in text


def test_guessed_pages_count_also_where_the_network_is_full_first() -> None:
    web = tier("web", [{"web": {"file_bytes": 500_000}}, "app"])

    found = foreseen(web, workload=work(1, classes={"page": {"share": 0.01}, "media": {"share": 0.99}}))

    assert found.breaks_first is not None
    assert found.breaks_first.resource == "network"
    assert found.guessed_share == 1


def test_guesses_about_the_network_are_mended_by_a_log() -> None:
    web = tier("web", [{"web": {"guessed_bytes": 200_000}}])

    found = foreseen(web, workload=work(50, classes={"media": {"share": 1}}))

    assert found.guessed_share == 1
    assert any("rests on guesses: read the sizes of the answers from an access log" in note for note in found.notes)


def test_files_fetched_from_another_server_are_left_out_and_that_is_said() -> None:
    tiers = (tier("media", ["files", "mount"], count=2), tier("nfs", ["shelf"]))

    found = foreseen(*tiers, workload=work(10, classes={"media": {"share": 1}}))

    assert any("What media1 fetches of its files from nfs1 is not counted" in note for note in found.notes)


def test_a_database_run_by_others_is_named() -> None:
    outside = [{"name": "rds", "kind": "postgresql", "endpoint": "db.example.com:5432"}]

    found = foreseen(tier("web", ["web", "app"]), externals=outside)

    assert any("database is run by others" in note for note in found.notes)


def test_growth_names_the_month() -> None:
    found = foreseen(TOGETHER, workload=work(2 / 0.065 / 2, growth_per_year=1.0), promise={"headroom": 0.25})

    assert found.growth is not None
    assert found.growth.factor.value == pytest.approx(2)
    assert found.growth.months == pytest.approx(12)
    assert found.growth.months_to_promise == pytest.approx(12 * 0.585, abs=0.01)
    assert "in 12 months at +100 % a year; the promised headroom is used up in 7 months" in found.growth.says


@pytest.mark.parametrize(
    ("rate", "more", "says"),
    [
        (10, {}, "3.08 times today's peak; say how fast traffic grows (growth_per_year), and this has a date."),
        (10, {"growth_per_year": -0.1}, "not in sight at -10 % a year"),
        (40, {"growth_per_year": 0.2}, "lies at 0.769 times today's peak: it is met already."),
    ],
)
def test_growth_without_a_month(rate: float, more: dict[str, Any], says: str) -> None:
    found = foreseen(TOGETHER, workload=work(rate, **more))

    assert found.growth is not None
    assert says in found.growth.says


def test_a_tier_speaks_by_its_busiest_and_fullest_server() -> None:
    servers = [{"name": "web1", "type": "two"}, {"name": "web2", "type": "one"}]
    tiers = (tier("lb", ["balancer"]), {"name": "web", "servers": servers, "roles": ["web", "app"]}, APART[1])

    found = foreseen(*tiers, workload=work(10))

    [web] = [item for item in found.tiers if item.name == "web"]
    assert web.servers == 2
    assert web.utilisation["cpu"].value == pytest.approx(0.2)
    assert web.memory.total == 2048
    assert web.max_rps == found.host("web2").max_rps == pytest.approx(50)


def test_availability_counts_what_the_peak_needs() -> None:
    pair = foreseen(tier("lb", ["balancer"]), tier("web", ["web", "app"], count=2), workload=work(20))
    full = foreseen(tier("lb", ["balancer"]), tier("web", ["web", "app"], count=2), workload=work(80))

    assert pair.availability.value > full.availability.value
    assert pair.availability.low < pair.availability.value < pair.availability.high < 1


def test_the_plans_own_workload_is_used_and_may_be_overridden() -> None:
    own = plan(TOGETHER, workload={"peak_requests_per_second": 5, "classes": {"page": PAGE}})

    assert forecast_of(cluster(own, work(7))).offered_rps == 7


def test_a_plan_without_a_workload_is_refused() -> None:
    with pytest.raises(TierwrightError, match="workload: a forecast needs a workload"):
        forecast(plan(TOGETHER))


def test_a_cluster_without_a_workload_is_refused() -> None:
    with pytest.raises(TierwrightError, match="workload: a forecast needs a workload"):
        forecast_of(Cluster(design=plan(TOGETHER), workload=None, components=COMPONENTS))


def test_a_workload_that_was_not_read_yet_is_refused() -> None:
    with pytest.raises(TierwrightError, match=r"kept in log\.gz, which must be read first"):
        forecast(plan(TOGETHER, workload={"file": "log.gz"}))


def test_roles_that_cost_nothing_leave_nothing_to_forecast() -> None:
    with pytest.raises(TierwrightError, match="says what a request costs"):
        foreseen(tier("web", ["web"]), workload=work(classes={"static": {"share": 1}}))
