"""The chapter's advice for plans: what holds, what is void behind today's programs, and whose numbers these are."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.builders import newspaper
from topology.capacity import (
    LESSON_NAMES,
    Lesson,
    Variation,
    digits,
    forecast,
    lessons_document,
    lessons_of,
    rearranged,
    survey_varied,
)
from topology.design import Design, TierwrightError
from topology.workload import RequestClass, Workload

PAGES: dict[str, Any] = {
    "peak_requests_per_second": 30,
    "classes": {"page": {"share": 1.0, "app_cpu_ms": 40, "database_cpu_ms": 25, "database_calls": 5}},
}
ONE = ["nginx", "gunicorn", "memcached", "postgresql"]
SINGLE: list[dict[str, Any]] = [{"name": "web", "servers": {"count": 1, "type": "small"}, "roles": ONE}]
CLUSTER: list[dict[str, Any]] = [
    {"name": "balancer", "servers": {"count": 1, "type": "small"}, "roles": ["haproxy"]},
    {
        "name": "web",
        "servers": {"count": 2, "type": "small"},
        "roles": ["nginx", "gunicorn", "memcached", "pgbouncer"],
    },
    {"name": "database", "servers": {"count": 1, "type": "medium"}, "roles": ["postgresql"]},
]


def single(**changes: Any) -> Design:
    return newspaper(tiers=SINGLE, workload={**PAGES, **changes})


def cluster(**changes: Any) -> Design:
    return newspaper(tiers=CLUSTER, workload={**PAGES, **changes})


def lesson(design: Design, name: str) -> Lesson:
    [found] = lessons_of(design, names=(name,))
    return found


@pytest.mark.parametrize("design", [single(), cluster()], ids=["single", "cluster"])
def test_every_lesson_is_told_for_every_plan_in_finite_numbers(design: Design) -> None:
    lessons = lessons_of(design)

    assert tuple(each.name for each in lessons) == LESSON_NAMES
    for each in lessons:
        for number in (each.effect, each.then):
            assert number is None or (math.isfinite(number.high) and 0 < number.low <= number.value <= number.high)
        assert all(math.isfinite(point.x) and math.isfinite(point.y) and point.y >= 0 for point in each.points)
        assert each.says
        assert each.chapter
        assert each.valid
        assert each.formula
        assert each.source
        assert "nan" not in each.says
        assert "inf" not in each.says.split()


def test_the_document_is_plain_json_with_its_keys() -> None:
    [data] = lessons_document(lessons_of(single(), names=("keep_alive",)))

    assert json.loads(json.dumps(data)) == data
    assert {"name", "title", "chapter", "says", "status", "effect", "then", "valid", "formula", "source"} <= set(data)
    assert data["effect"]["class"] == "exact"


def test_only_those_asked_for_are_worked_out_and_a_stranger_is_refused() -> None:
    assert [each.name for each in lessons_of(single(), names=("swapping", "memcached"))] == ["swapping", "memcached"]
    with pytest.raises(KeyError, match="xyz"):
        lessons_of(single(), names=("xyz",))


def test_a_plan_without_a_workload_has_no_lessons() -> None:
    with pytest.raises(TierwrightError, match="workload"):
        lessons_of(newspaper(tiers=SINGLE, workload=None))


def test_another_workload_takes_the_place_of_the_plans_own() -> None:
    asked = Workload(peak_requests_per_second=30, classes={"page": RequestClass(share=1, app_cpu_ms=80)})

    assert lessons_of(single(), asked, names=("keep_alive",)) != lessons_of(single(), names=("keep_alive",))


def test_keep_alive_is_void_behind_nginx_and_says_what_it_cost_without() -> None:
    found = lesson(single(), "keep_alive")

    assert found.status == "void here"
    assert (found.effect.value, found.effect.kind) == (1.0, "exact")
    assert found.then is not None
    assert found.then.value > 50
    assert "×1 here, because nginx stands in front" in found.says
    assert found.says.startswith(f"×{digits(found.then.value)} under prefork with a 15 s timeout")


def test_a_database_that_does_38_percent_of_the_work_is_worth_a_server() -> None:
    found = lesson(single(), "separate_database")

    assert found.status == "holds"
    assert found.effect.value == pytest.approx(1.6, abs=0.05)


def test_a_site_bound_by_python_is_told_that_the_step_buys_little() -> None:
    bound = {"page": {"share": 1.0, "app_cpu_ms": 92, "database_cpu_ms": 7}}
    found = lesson(single(classes=bound), "separate_database")

    assert found.status == "partly"
    assert found.effect.value == pytest.approx(1.08, abs=0.02)


def test_the_split_buys_what_the_forecast_says_that_it_buys() -> None:
    apart = [
        {**SINGLE[0], "roles": ["nginx", "gunicorn", "memcached"]},
        {**CLUSTER[2], "servers": {"count": 1, "type": "small"}},
    ]
    gain = forecast(newspaper(tiers=apart, workload=PAGES)).capacity_rps.value / forecast(single()).capacity_rps.value

    assert lesson(single(), "separate_database").effect.value == pytest.approx(gain, rel=0.02)


def test_several_web_servers_need_the_database_apart_whatever_it_gains() -> None:
    bound = {"page": {"share": 1.0, "app_cpu_ms": 98, "database_cpu_ms": 1}}
    found = lesson(cluster(classes=bound), "separate_database")

    assert found.effect.value < 1.02
    assert found.status == "holds"


def test_a_small_database_needs_no_more_memory_and_a_large_one_does() -> None:
    small, large = (lesson(cluster(database_gib=gib), "memory_first") for gib in (1, 200))

    assert small.status == "void here"
    assert small.effect.value == 1
    assert large.then is not None
    assert large.then.value > 10 > large.effect.value
    assert large.status == "partly"


def test_many_reads_of_a_large_database_ask_for_memory_also_with_todays_disks() -> None:
    reading = {"page": {"share": 1.0, "app_cpu_ms": 40, "database_cpu_ms": 25, "database_calls": 100}}
    found = lesson(cluster(classes=reading, database_gib=200), "memory_first")

    assert found.status == "holds"
    assert found.effect.value > 1.5


def test_a_database_of_unknown_size_is_a_guess_and_not_called_void() -> None:
    found = lesson(cluster(), "memory_first")

    assert "a guess until the plan says database_gib" in found.says
    assert found.status == "partly"


def test_files_that_fill_the_network_card_are_taken_out_first() -> None:
    heavy = {"page": {"share": 0.02}, "media": {"share": 0.98, "bytes": {"mean": 400_000}}}
    found = lesson(single(peak_requests_per_second=200, classes=heavy), "separate_media")

    assert found.status == "holds"
    assert found.effect.value > 1.5
    assert "nginx takes the answers over" in found.says


def test_small_files_behind_a_buffering_proxy_are_no_reason() -> None:
    light = {"page": {"share": 0.5, "app_cpu_ms": 60}, "static": {"share": 0.5, "bytes": {"mean": 2_000}}}
    found = lesson(single(classes=light, client_mbit=0.256), "separate_media")

    assert found.status == "void here"
    assert found.then is not None
    assert found.then.value > 1


def test_a_workload_of_pages_alone_has_nothing_to_take_out() -> None:
    found = lesson(single(), "separate_media")

    assert found.status == "void here"
    assert found.points == ()


def test_the_cliff_of_memory_is_where_workers_no_longer_fit() -> None:
    found = lesson(single(), "swapping")
    rates = [point.y for point in found.points if point.label == "disk of 2006"]

    assert "has room for" in found.says
    assert "so it does not swap" in found.says
    assert found.then is not None
    assert found.then.value > 10
    assert rates[-1] < rates[0] / 10


def test_a_plan_that_swaps_is_told_so() -> None:
    tiers = [{**SINGLE[0], "roles": ["nginx", {"gunicorn": {"workers": 200}}, "memcached", "postgresql"]}]
    found = lesson(newspaper(tiers=tiers, workload=PAGES), "swapping")

    assert "so it swaps" in found.says


def test_web_servers_help_until_the_database_is_full() -> None:
    found = lesson(cluster(), "web_servers")
    carries = {point.x: point.y for point in found.points}
    enough = int(found.brief.rsplit(" ", 1)[-1])

    assert f"It stops helping at {enough}" in found.says
    for count in (enough - 1, enough, enough + 1):
        design = rearranged(cluster(), Variation(servers={"web": count}))
        assert carries[count] == pytest.approx(forecast(design).capacity_rps.value)
    assert carries[enough - 1] < carries[enough] == pytest.approx(carries[enough + 1], rel=1e-3)
    assert "one answer in a hundred takes" in found.says


def test_a_server_that_holds_the_database_is_not_doubled() -> None:
    found = lesson(single(), "web_servers")

    assert found.status == "void here"
    assert found.points == ()
    assert "also holds data" in found.says


def test_web_servers_without_a_balancer_are_not_doubled() -> None:
    tiers = [{**SINGLE[0], "roles": ["nginx", "gunicorn"]}, CLUSTER[2]]

    assert "no load balancer" in lesson(newspaper(tiers=tiers, workload=PAGES), "web_servers").says


def test_a_cache_asked_often_carries_what_the_forecast_says() -> None:
    found = lesson(single(), "memcached")
    carries = {round(point.x): point.y for point in found.points}
    varied, _ = survey_varied(single(), Variation(cached_share=0.8))

    assert found.status == "holds"
    assert carries[80] == pytest.approx(varied.capacity_rps.value)
    assert found.effect.value == pytest.approx(carries[80] / carries[0])


def test_advice_that_is_followed_already_is_said_to_be() -> None:
    cached = {"page": {"share": 1.0, "app_cpu_ms": 40, "cached_share": 0.9}}

    assert "this advice is followed" in lesson(single(classes=cached), "memcached").says


def test_a_plan_without_a_cache_is_told_that_it_has_none() -> None:
    tiers = [{**SINGLE[0], "roles": ["nginx", "gunicorn", "postgresql"]}]
    found = lesson(newspaper(tiers=tiers, workload=PAGES), "memcached")

    assert found.status == "partly"
    assert "This plan has no cache yet." in found.says


def test_a_site_of_files_alone_has_lessons_that_say_so() -> None:
    lessons = lessons_of(single(classes={"media": {"share": 1.0}}))

    json.dumps(lessons_document(lessons), allow_nan=False)
    says = {each.name: each.says for each in lessons}
    assert says["keep_alive"].startswith("This workload has no pages")
    assert says["swapping"].startswith("This workload has no pages")
    assert "ask the database nothing" in lesson(cluster(classes={"media": {"share": 1.0}}), "memory_first").says


def test_pages_that_cost_the_application_nothing_are_no_trouble() -> None:
    cached = {"page": {"share": 1.0, "app_cpu_ms": 0, "database_cpu_ms": 0}}

    json.dumps(lessons_document(lessons_of(single(classes=cached))), allow_nan=False)


def test_a_plan_without_an_application_is_refused() -> None:
    tiers = [{"name": "media", "servers": {"count": 1, "type": "small"}, "roles": ["nginx_media"]}]

    with pytest.raises(TierwrightError, match="application server"):
        lessons_of(newspaper(tiers=tiers, workload={**PAGES, "classes": {"media": {"share": 1.0}}}))
