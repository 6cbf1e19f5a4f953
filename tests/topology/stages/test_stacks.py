"""The programs that stages add: those of the plan's stack, or what a person chose and what fits."""

from __future__ import annotations

import pytest

from topology.design import Site, TierwrightError
from topology.stages import STACKS, first, fitting_roles, stage_named
from topology.stages.single import SingleChoices
from topology.workload import Workload

WORKLOAD = Workload(peak_requests_per_second=20)
SITE = Site(name="newspaper", domains=("www.example.com",))


def test_a_new_plan_has_todays_programs_unless_it_asks_for_others() -> None:
    assert first(SITE, WORKLOAD).stack == "today"
    assert [role.name for role in first(SITE, WORKLOAD).tiers[0].roles][:2] == ["nginx", "gunicorn"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_program_of_a_stack_offers_what_it_is_there_for(stack: str) -> None:
    programs = STACKS[stack]  # type: ignore[index]

    assert programs.site[-1] in fitting_roles("app")
    assert programs.balancer in fitting_roles("balancer")
    assert programs.media in fitting_roles("media")
    assert set(programs.replica) & set(fitting_roles("sql_replica"))
    assert set(programs.pool + programs.late_pool) <= set(fitting_roles("pool"))


def test_a_choice_that_does_not_fit_is_refused_with_those_that_do() -> None:
    with pytest.raises(TierwrightError, match=r"memcached is no choice here; these fit: .*gunicorn"):
        first(SITE, WORKLOAD, choices=SingleChoices(application="memcached"))


def test_an_application_that_takes_requests_itself_has_no_web_server_before_it() -> None:
    names = [
        role.name for role in first(SITE, WORKLOAD, choices=SingleChoices(application="mod_python")).tiers[0].roles
    ]

    assert names[0] == "mod_python"
    assert "nginx" not in names


def test_a_balancer_that_was_chosen_is_taken() -> None:
    stage = stage_named("load_balanced")
    design = first(SITE, WORKLOAD)
    for name in ("split_database", "media_server"):
        design = stage_named(name).advance(design)

    balanced = stage.advance(design, choices=stage.choices.model_validate({"balancer": "perlbal"}))

    assert [role.name for role in balanced.tiers[0].roles] == ["perlbal"]
