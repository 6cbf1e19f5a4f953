"""The stages side by side: from a workload or from a plan at any stage, with what is there kept."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.topology.stages.cast import SITE, design_at, heavy_in_files, large, python_bound, roles, tiny, workload
from topology.components import catalogue, resolve
from topology.design import Design, TierwrightError
from topology.document import canonical, digest, from_data, load, to_data, to_yaml
from topology.stages import every_stage, evolve, first, stage_named, to_document
from topology.stages.single import SingleChoices
from topology.workload import Workload

NAMES = ("single", "split_database", "media_server", "load_balanced", "big")


def test_there_are_five_in_the_order_of_the_chapter() -> None:
    assert tuple(stage.name for stage in every_stage()) == NAMES
    assert tuple(view.name for view in evolve(tiny()).views) == NAMES


def test_a_workload_alone_begins_with_a_single_server() -> None:
    stages = evolve(tiny())

    assert stages.current.name == "single"
    assert [view.name for view in stages.views if view.reached] == ["single"]
    assert all(view.design.workload == tiny() for view in stages.views)


@pytest.mark.parametrize("stage", NAMES)
def test_a_plan_is_recognised_by_its_shape_and_stays_as_it_is(stage: str) -> None:
    plan = design_at(stage)

    stages = evolve(plan)

    assert stages.current.name == stage
    assert digest(stages.current.design) == digest(plan)
    assert [view.name for view in stages.views if view.reached] == list(NAMES[: NAMES.index(stage) + 1])


@pytest.mark.parametrize("stage", NAMES)
def test_names_and_addresses_are_the_same_in_every_stage(stage: str) -> None:
    seen: dict[str, str] = {}
    for view in evolve(design_at(stage)).views:
        for host in view.design.hosts:
            assert seen.setdefault(host.name, host.address) == host.address

    assert len(set(seen.values())) == len(seen)


def test_a_plan_of_ones_own_names_keeps_them_in_the_stages_before_and_after() -> None:
    stages = evolve(_own_plan())

    assert roles(stages.view("single").design) == {"front": ["nginx", "gunicorn", "postgresql"]}
    split = {
        host.name: (host.tier, host.type_name, host.address) for host in stages.view("split_database").design.hosts
    }
    assert split == {"front": ("pages", "medium", "10.0.0.40"), "archive": ("store", "large", "10.0.0.31")}
    assert set(roles(stages.view("big").design)) >= {"front", "archive", "files", "lb1", "lb2", "db1", "media1"}


def test_settings_of_the_plan_go_through_all_stages() -> None:
    for view in evolve(_own_plan()).views:
        app = next(role for host in view.design.hosts for role in host.roles if role.name == "gunicorn")
        assert app.settings == {"workers": 5}


def test_a_media_server_taken_first_is_built_on_in_that_order() -> None:
    plan = stage_named("media_server").advance(design_at("single"))

    stages = evolve(plan)

    assert stages.current.name == "media_server"
    assert [view.name for view in stages.views if view.reached] == ["single", "media_server"]
    split = stages.view("split_database")
    assert split.before is stages.current
    assert set(roles(split.design)) == {"web1", "media1", "db1"}


def test_every_stage_is_a_plan_that_loads_back_with_the_same_digest() -> None:
    for view in evolve(python_bound()).views:
        back = load(to_yaml(view.design), catalogue=catalogue())

        assert digest(back) == digest(view.design)


def test_another_workload_takes_the_place_of_the_plans_own() -> None:
    stages = evolve(design_at("split_database"), workload=tiny())

    assert {view.forecast.offered_rps for view in stages.views} == {1.0}


def test_choices_of_a_person_are_taken() -> None:
    stages = evolve(tiny(), choices={"single": SingleChoices(database="sqlite")})

    assert "sqlite" in roles(stages.view("single").design)["web1"]
    assert roles(stages.view("split_database").design)["db1"] == ["postgresql"]


def test_a_plan_without_a_workload_is_refused_with_the_way_out() -> None:
    with pytest.raises(TierwrightError, match="the stages need a workload"):
        evolve(design_at("single").model_copy(update={"workload": None}))


def test_a_plan_that_runs_no_application_has_no_stage() -> None:
    data = to_data(design_at("single"))
    data["tiers"][0]["roles"] = ["memcached"]

    with pytest.raises(TierwrightError, match="no server of this plan runs an application server"):
        evolve(from_data(data, catalogue=catalogue()))


def test_a_server_whose_type_nobody_named_is_said() -> None:
    named, unnamed = evolve(workload(9, busy=0.2)), evolve(workload(9, busy=0.2, on=None))

    assert named.notes == ()
    assert "was taken for a small" in unnamed.notes[0]


def test_doing_nothing_lasts_until_traffic_has_used_up_the_headroom() -> None:
    stages = evolve(tiny())

    lasts = stages.doing_nothing
    capacity = stages.current.forecast.capacity_rps.value
    assert lasts.factor == pytest.approx(capacity / 2)
    assert lasts.months == pytest.approx(12 * math.log(capacity / 2) / math.log(1.5))


def test_what_a_stage_buys_is_beside_what_it_costs() -> None:
    stages = evolve(heavy_in_files())
    media, single = stages.view("media_server"), stages.view("single")

    assert "carries 498 requests/s" in media.why_now
    assert "Files are 98 % of the requests" in media.why_now
    assert "It costs 112 USD a month more (112 → 223)" in media.why_not
    assert "One more server must be up: media1" in media.why_not
    assert media.cost_change == pytest.approx(111.69, abs=0.01)
    assert single.cost_change is None
    assert single.why_now.startswith("Every site begins with this")
    assert "400 are needed" in single.why_not


def test_the_document_has_the_promised_keys_and_is_plain_json() -> None:
    document = json.loads(json.dumps(to_document(evolve(python_bound()))))

    assert {"stages", "recommended", "why"} <= set(document)
    assert [stage["name"] for stage in document["stages"]] == list(NAMES)
    fixed = {"name", "plan_digest", "forecast", "changes", "steps", "why_now", "why_not"}
    assert all(fixed <= set(stage) for stage in document["stages"])
    assert all(stage["plan_digest"] == stage["forecast"]["plan_digest"] for stage in document["stages"])
    assert document["recommended"] == document["next"]["name"] == "resize"


def test_nothing_to_take_is_null() -> None:
    document = to_document(evolve(tiny()))

    assert (document["recommended"], document["next"]) == ("stay", None)


@st.composite
def asked(draw: st.DrawFn) -> dict[str, Any]:
    """Workloads of every size, with and without files, growth and an observation."""
    peak = draw(st.floats(0.01, 20_000))
    files = draw(st.sampled_from((0.0, 0.3, 0.97)))
    classes = {"page": {"share": 1 - files}, **({"media": {"share": files}} if files else {})}
    seen = {"cpu_share": draw(st.floats(0.01, 1)), "requests_per_second": peak, "server_type": "large"}
    return {
        "peak_requests_per_second": peak,
        "classes": classes,
        "growth_per_year": draw(st.sampled_from((-0.2, 0.0, 0.5, 4.0))),
        **({"observed": seen} if draw(st.booleans()) else {}),
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked())
def test_stages_of_any_workload_resolve_and_forecast_finite_numbers(data: dict[str, Any]) -> None:
    stages = evolve(Workload.model_validate_json(json.dumps(data)))

    for view in stages.views:
        assert math.isfinite(view.forecast.capacity_rps.value)
        assert view.forecast.capacity_rps.value >= 0
        assert resolve(view.design).edges
        assert canonical(load(to_yaml(view.design), catalogue=catalogue())) == canonical(view.design)
        assert view.why_now
        assert view.why_not
    assert stages.recommended in (None, "stay", "resize", *NAMES)
    assert stages.why


def _own_plan() -> Design:
    """A media server stage with names, addresses, tiers and settings of a person's own."""
    return from_data(
        {
            "tierwright": 1,
            "name": "own",
            "sites": [{"name": "own", "domains": ["own.example.com"]}],
            "workload": to_data(python_bound()),
            "tiers": [
                {
                    "name": "pages",
                    "servers": [{"name": "front", "type": "medium", "address": "10.0.0.40"}],
                    "roles": ["nginx", {"gunicorn": {"workers": 5}}, "nfs_client"],
                },
                {
                    "name": "store",
                    "servers": [{"name": "archive", "type": "large", "address": "10.0.0.31"}],
                    "roles": ["postgresql"],
                },
                {
                    "name": "files",
                    "servers": [{"name": "files", "type": "small", "address": "10.0.0.9"}],
                    "roles": ["nginx_media", "nfs_server"],
                },
            ],
        },
        catalogue=catalogue(),
    )


def test_the_first_design_is_that_of_the_site() -> None:
    assert evolve(first(SITE, tiny())).current.design.sites == (SITE,)


def test_the_way_to_a_stage_leads_through_those_before_it() -> None:
    stages = evolve(large())

    assert [view.name for view in stages.way] == ["split_database", "media_server", "load_balanced"]
    assert evolve(tiny()).way == ()


def test_a_database_that_others_run_is_put_on_no_server() -> None:
    data = to_data(design_at("media_server"))
    data["tiers"] = [tier for tier in data["tiers"] if tier["name"] != "database"]
    data["externals"] = [{"name": "rds", "kind": "postgresql", "endpoint": "db.example.com:5432"}]

    stages = evolve(from_data(data, catalogue=catalogue()))

    assert stages.current.name == "media_server"
    assert all("postgresql" not in items for view in stages.views for items in roles(view.design).values())
