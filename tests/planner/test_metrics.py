"""Figures beside each other: what is better, by how much, and how sure each is."""

from __future__ import annotations

from planner.metrics import Metric, differences, metrics_of
from tests.topology.capacity.test_variations import design
from topology.capacity import Forecast, Number, Variation, survey_varied


def found(variation: Variation = Variation()) -> Forecast:  # noqa: B008  frozen
    return survey_varied(design(), variation)[0]


def verdicts(now: Forecast, before: Forecast) -> dict[str, str]:
    return {item.metric.name: item.verdict for item in differences(now, before)}


def test_more_servers_carry_more_and_cost_more() -> None:
    assert verdicts(found(Variation(servers={"web": 4})), found()) | {"guessed": "", "availability": ""} == {
        "capacity": "better", "p95": "same", "mean": "same", "headroom": "better", "availability": "",
        "cost": "worse", "servers": "other", "guessed": "",
    }  # fmt: skip


def test_a_plan_is_the_same_as_itself() -> None:
    assert set(verdicts(found(), found()).values()) == {"same"}
    assert all(item.is_same and not item.change for item in differences(found(), found()))


def test_what_is_lost_is_worse_and_has_no_amount() -> None:
    saturated = {item.metric.name: item for item in differences(found(Variation(traffic=20)), found())}

    assert (saturated["p95"].verdict, saturated["p95"].change, saturated["p95"].metric.text) == ("worse", "", "no end")
    assert saturated["p95"].metric.is_bad


def test_a_figure_says_how_far_it_may_be_off() -> None:
    number = Number(value=100, low=80, high=150, kind="approximate", unit="1/s", why="cores / seconds")
    metric = Metric(name="x", label="X", value=100, text="100", unit="/s", number=number, range="80–150")

    assert metric.how == "Approximate: 80–150 /s, which is −20 % to +50 %."
    assert metric.why == "Cores / seconds"


def test_a_simulated_figure_says_its_interval() -> None:
    number = Number(value=100, low=98, high=103, kind="simulated", unit="ms")
    metric = Metric(name="x", label="X", value=100, text="100", unit="ms", number=number, range="98–103")

    assert metric.how.startswith("Simulated: 98–103 ms")


def test_every_figure_says_why() -> None:
    assert [metric.name for metric in metrics_of(found()) if not metric.why] == []
