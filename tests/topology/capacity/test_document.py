"""The JSON of a forecast: the keys that others read."""

from __future__ import annotations

from tests.topology.capacity.parts import foreseen, tier, work
from topology.capacity import ENGINE, to_document

SITE = (tier("web", ["web", {"app": {"workers": 5}}], count=2), tier("db", [{"rows": {"max_connections": 50}}]))
NUMBER = {"value", "low", "high", "class", "unit"}


def test_the_promised_keys() -> None:
    document = to_document(foreseen(*SITE))

    assert {
        "plan_digest", "engine", "offered_rps", "capacity_rps", "breaks_first", "latency_ms", "availability",
        "cost_month", "guessed_share", "tiers", "single_points",
    } <= set(document)  # fmt: skip
    assert document["engine"] == ENGINE
    assert len(document["plan_digest"]) == 64
    assert set(document["breaks_first"]) >= {"tier", "server", "resource", "at_rps"}
    assert set(document["latency_ms"]) == {"mean", "p50", "p95", "p99"}
    assert set(document["cost_month"]) >= {"amount", "currency"}


def test_predicted_numbers_are_objects_and_given_ones_plain() -> None:
    document = to_document(foreseen(*SITE))

    for number in (document["capacity_rps"], document["availability"], *document["latency_ms"].values()):
        assert set(number) >= NUMBER
    assert document["capacity_rps"]["unit"] == "1/s"
    assert document["latency_ms"]["p95"]["unit"] == "ms"
    assert document["offered_rps"] == 10.0


def test_every_tier_names_every_resource() -> None:
    web, db = to_document(foreseen(*SITE))["tiers"]

    assert (web["name"], web["servers"]) == ("web", 2)
    assert set(web["utilisation"]) == {"cpu", "disk", "network", "workers", "connections"}
    assert web["utilisation"]["disk"] is None
    assert set(web["utilisation"]["workers"]) >= NUMBER
    assert db["utilisation"]["connections"]["value"] == 0.2
    assert set(web["memory_mib"]) >= {"used", "total"}


def test_what_cannot_be_said_is_null() -> None:
    document = to_document(foreseen(*SITE, workload=work(1000)))

    assert document["latency_ms"] == {"mean": None, "p50": None, "p95": None, "p99": None}
    assert document["today"] is None


def test_what_was_observed_and_when_the_limit_comes() -> None:
    observed = {"cpu_share": 0.5, "requests_per_second": 10}

    document = to_document(foreseen(*SITE, workload=work(growth_per_year=1, observed=observed)))

    assert document["today"]["observed_cpu"] == 0.5
    assert set(document["today"]["predicted_cpu"]) >= NUMBER
    assert set(document["growth"]) == {"factor", "months", "months_to_promise", "says", "limits", "if_nothing"}


def test_a_refused_capacity_has_no_growth() -> None:
    document = to_document(foreseen(tier("all", ["web", {"app": {"workers": 90}}, "rows"])))

    assert document["capacity_rps"]["value"] == 0
    assert document["growth"] is None
