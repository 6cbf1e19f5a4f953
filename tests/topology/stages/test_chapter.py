"""What chapter 21 of The Django Book says of scaling, held against the forecasts."""

from __future__ import annotations

import sys

import pytest

from tests.topology.stages.cast import SITE, design_at, python_bound, tiny
from topology.capacity import forecast
from topology.components import catalogue, resolve
from topology.document import from_data, to_data
from topology.stages import Phase, every_stage, evolve, first, stage_named, steps_of, transition
from topology.stages.single import SingleChoices
from topology.workload import RequestClass, Sizes, Workload


def test_a_database_that_does_a_good_part_of_the_work_is_worth_a_server_of_its_own() -> None:
    """40 ms of Python and 25 ms of database on two cores: 2 / 0.065 = 30.8 becomes 2 / 0.040 = 50 a second."""
    page = RequestClass(share=1, app_cpu_ms=40, database_cpu_ms=25, database_calls=0, cache_lookups=0)
    asked = Workload(peak_requests_per_second=10, classes={"page": page})

    view = evolve(first(SITE, asked)).view("split_database")

    assert view.before is not None
    assert view.before.forecast.capacity_rps.value == pytest.approx(30.8, rel=0.01)
    assert view.forecast.capacity_rps.value == pytest.approx(50, rel=0.01)
    assert "62 % more" in view.why_now


def test_the_database_is_reached_by_its_address_and_not_by_a_name() -> None:
    cluster = resolve(design_at("split_database"))

    files = [file for placed in cluster.by_host["web1"] for file in placed.component.files(placed)]

    settings = next(file.text for file in files if file.path.endswith("tierwright_settings.py"))
    assert '"HOST": "10.0.0.12"' in settings
    assert "db1" not in settings


def test_three_servers_carry_ten_million_hits_a_day_of_which_most_are_files() -> None:
    """10,000,000 / 86,400 = 116 a second, 350 at three times the mean; a page of the demo's cost and nine files."""
    page = RequestClass(share=0.1, app_cpu_ms=12, database_cpu_ms=2)
    files = RequestClass(share=0.9, bytes=Sizes(mean=20_000))
    asked = Workload(peak_requests_per_second=350, classes={"page": page, "media": files})
    design = design_at("media_server", asked)

    answer = forecast(design)

    assert len(design.hosts) == 3
    assert answer.capacity_rps.value > 350


def test_when_one_of_the_three_fails_the_site_or_a_part_of_it_is_down() -> None:
    points = {point.name for point in forecast(design_at("media_server", tiny())).single_points}

    assert points == {"web1", "media1", "db1"}


def test_redundant_servers_carry_more_and_make_the_web_tier_safe() -> None:
    view = evolve(python_bound()).view("load_balanced")

    assert view.comparison is not None
    assert view.comparison.gain > 1.9
    assert "no longer depends on web1 alone" in view.why_now


def test_a_web_server_is_added_or_taken_out_without_anybody_noticing() -> None:
    two = design_at("load_balanced", tiny())
    data = to_data(two)
    web = next(tier for tier in data["tiers"] if tier["name"] == "web")
    web["servers"].append({"name": "web3", "type": "small", "address": "10.0.0.60"})
    three = from_data(data, catalogue=catalogue())

    for before, after in ((two, three), (three, two)):
        steps = steps_of(transition(before, after))
        beyond_database = [s for s in steps if s.phase not in (Phase.DATABASE, Phase.FILES)]
        assert all(step.notices.startswith("nothing") for step in beyond_database), [s.notices for s in steps]


def test_more_balancers_and_media_servers_leave_the_disk_and_the_primary_alone() -> None:
    points = {point.name for point in forecast(design_at("big", tiny())).single_points}

    assert points == {"media1", "db1"}


def test_heavy_static_content_makes_the_media_server_the_first_step() -> None:
    asked = Workload(
        peak_requests_per_second=100,
        classes={
            "page": RequestClass(share=0.02, app_cpu_ms=20, database_cpu_ms=3),
            "media": RequestClass(share=0.98, bytes=Sizes(mean=900_000)),
        },
    )

    stages = evolve(first(SITE, asked, choices=SingleChoices(type="small")))

    assert stages.recommended == "media_server"
    assert stages.advice.option is not None
    assert {host.name for host in stages.advice.option.design.hosts} == {"web1", "media1"}
    assert [view.name for view in stages.way] == ["media_server"]


def test_every_stage_says_what_it_is_in_words_for_people() -> None:
    for stage in every_stage():
        text = sys.modules[type(stage).__module__].__doc__ or ""
        assert len(text.split()) > 40
        assert stage_named(stage.name) is stage
