"""Several of everything, as a person chooses; what is left alone is listed, not asserted away."""

from __future__ import annotations

import pytest

from tests.topology.stages.cast import design_at, heavy_in_files, large, roles, tiny
from topology.capacity import forecast
from topology.design import Role, TierwrightError
from topology.stages import Phase, stage_named, steps_of, transition
from topology.stages.big import BigChoices
from topology.stages.layout import hosts_for
from topology.stages.sizing import DEFAULT_HEADROOM, needed_rps

STAGE = stage_named("big")


def test_each_tier_has_two_and_the_names_are_answered_by_the_balancers() -> None:
    design = design_at("big", tiny())

    web = ["nginx", "gunicorn", "nfs_client", "pgbouncer"]
    assert roles(design) == {
        "lb1": ["haproxy", "bind9"], "lb2": ["haproxy", "bind9"], "web1": web, "web2": web,
        "media1": ["nginx_media", "nfs_server"], "media2": ["nginx_media", "nfs_client"],
        "cache1": ["memcached"], "cache2": ["memcached"], "db1": ["postgresql"], "db2": ["postgresql_replica"],
    }  # fmt: skip
    assert STAGE.advance(design) == design


def test_a_virtual_address_takes_the_place_of_round_robin() -> None:
    design = STAGE.advance(design_at("load_balanced"), choices=BigChoices(balancing="vip"))

    assert roles(design)["lb1"] == roles(design)["lb2"] == ["haproxy", "keepalived"]


def test_each_part_is_a_choice() -> None:
    choices = BigChoices(balancers=3, replica=False, media_servers=1, cache_servers=0)

    design = STAGE.advance(design_at("load_balanced", tiny()), choices=choices)

    assert sorted(roles(design)) == ["db1", "lb1", "lb2", "lb3", "media1", "web1", "web2"]
    assert "memcached" in roles(design)["web1"]


def test_cache_servers_are_of_the_chosen_type() -> None:
    design = STAGE.advance(design_at("load_balanced", tiny()), choices=BigChoices(cache_type="memory"))

    assert {host.type_name for host in design.hosts if host.tier == "cache"} == {"memory"}


def test_there_must_be_a_balancer_to_add_to() -> None:
    with pytest.raises(TierwrightError, match=r"\(load_balanced\)"):
        STAGE.advance(design_at("media_server"))


def test_a_balancer_that_shares_its_server_is_moved_first() -> None:
    design = design_at("single", tiny())
    crowded = Role(name="haproxy"), *design.tiers[0].roles
    shared = design.model_copy(update={"tiers": (design.tiers[0].model_copy(update={"roles": crowded}),)})

    with pytest.raises(TierwrightError, match="give it a server of its own first"):
        STAGE.advance(shared)


def test_what_is_left_to_fail_alone_is_listed_with_what_recovery_takes() -> None:
    points = {point.name: point.recovery for point in forecast(design_at("big", tiny())).single_points}

    assert set(points) == {"media1", "db1"}
    assert "promotes the replica" in points["db1"]
    assert "backup" in points["media1"]


def test_the_primary_is_changed_before_the_replica_copies_it() -> None:
    steps = steps_of(transition(design_at("load_balanced"), design_at("big")))

    database = [step.title for step in steps if step.phase == Phase.DATABASE]
    assert database == ["Change PostgreSQL on db1", "Set up PostgreSQL on db2", "See that db2 follows db1"]


def test_an_empty_cache_is_announced() -> None:
    steps = steps_of(transition(design_at("load_balanced"), design_at("big")))

    app = next(step for step in steps if step.phase == Phase.APP)
    assert "cache begins empty" in app.notices


def test_a_virtual_address_needs_records_and_no_delegation() -> None:
    before = design_at("load_balanced")
    after = STAGE.advance(before, choices=BigChoices(balancing="vip"))

    dns = [step for step in steps_of(transition(before, after)) if step.phase == Phase.DNS]

    assert [step.title for step in dns] == ["Send the visitors to the virtual address"]


def test_there_are_as_many_balancers_as_carry_the_files_of_several_media_servers() -> None:
    asked = heavy_in_files().at(4)
    before = design_at("load_balanced", asked)

    design = STAGE.advance(before)

    assert len(hosts_for(design, "balancer")) > 2
    answer = forecast(design)
    assert answer.capacity_rps.value >= needed_rps(answer, DEFAULT_HEADROOM)


def test_one_balancer_that_holds_the_address_alone_gets_a_type_that_carries_it() -> None:
    before = design_at("load_balanced", large().at(3))

    design = STAGE.advance(before, choices=BigChoices(balancing="vip"))

    answer = forecast(design)
    assert hosts_for(before, "balancer")[0].type_name == "small"
    assert len(hosts_for(design, "balancer")) == 2
    assert (answer.host("lb1").max_rps or 0) >= needed_rps(answer, DEFAULT_HEADROOM)
