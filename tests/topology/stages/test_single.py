"""A single server: everything on one machine, of the observed type or the smallest that carries the peak."""

from __future__ import annotations

import pytest

from tests.topology.stages.cast import SITE, design_at, python_bound, roles, tiny, workload
from topology.design import Promise
from topology.hardware import ServerType
from topology.stages import first, stage_named
from topology.stages.single import SingleChoices
from topology.stages.steps import Phase, transition


def test_everything_runs_on_one_server_with_a_name_and_an_address() -> None:
    design = first(SITE, tiny())

    assert roles(design) == {"web1": ["nginx", "gunicorn", "memcached", "postgresql"]}
    assert [(h.name, h.type_name, h.address) for h in design.hosts] == [("web1", "small", "10.0.0.11")]


def test_a_small_site_may_begin_on_sqlite() -> None:
    design = first(SITE, tiny(), choices=SingleChoices(database="sqlite", type="medium"))

    assert roles(design)["web1"][-1] == "sqlite"
    assert design.hosts[0].type_name == "medium"


@pytest.mark.parametrize("on", ["medium", "xlarge"])
def test_the_server_is_the_one_that_was_observed(on: str) -> None:
    assert first(SITE, workload(30, busy=0.5, on=on)).hosts[0].type_name == on


def test_what_a_plan_says_beside_its_servers_is_kept() -> None:
    types = {"box": ServerType(cores=4, ram_mib=8192, price_month=40)}

    design = first(SITE, workload(5), promise=Promise(headroom=0.3), server_types=types, currency="EUR", name="paper")

    assert (design.name, design.currency, design.promise) == ("paper", "EUR", Promise(headroom=0.3))
    assert design.hosts[0].type_name == "box"


def test_a_cluster_collapses_into_one_server_of_its_own_kinds() -> None:
    cluster = design_at("big", python_bound())

    alone = stage_named("single").advance(cluster)

    assert roles(alone) == {"web1": ["nginx", "gunicorn", "memcached", "postgresql"]}


def test_a_first_installation_makes_the_tables_after_the_application_is_set_up() -> None:
    steps = stage_named("single").steps(transition(None, first(SITE, tiny())))

    assert [step.phase for step in steps] == [Phase.APP]
    assert any("migrate" in line for block in steps[0].blocks for line in block.lines)
    assert stage_named("single").steps(transition(design_at("single"), design_at("split_database"))) == ()
