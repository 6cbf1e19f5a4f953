"""Several web servers behind a balancer, as many as the peak asks, sharing what they must share."""

from __future__ import annotations

import pytest

from tests.topology.stages.cast import design_at, large, roles, tiny
from topology.capacity import forecast
from topology.design import External, TierwrightError
from topology.stages import Phase, stage_named, steps_of, transition
from topology.stages.layout import hosts_for, with_roles, without
from topology.stages.load_balanced import LoadBalancedChoices
from topology.stages.sizing import DEFAULT_HEADROOM, needed_rps

STAGE = stage_named("load_balanced")


def test_web_servers_stand_behind_a_balancer_with_a_pool_beside_each_application() -> None:
    design = design_at("load_balanced", tiny())

    web = ["nginx", "gunicorn", "memcached", "nfs_client", "pgbouncer"]
    assert roles(design) == {
        "lb1": ["haproxy"], "web1": web, "web2": web, "media1": ["nginx_media", "nfs_server"], "db1": ["postgresql"],
    }  # fmt: skip
    assert STAGE.advance(design) == design


def test_there_are_as_many_as_leave_the_promised_headroom_and_not_one_more() -> None:
    asked = large().at(3)
    design = design_at("load_balanced", asked)
    count = len(hosts_for(design, "web"))
    before = design_at("media_server", asked)

    answer = forecast(design)
    fewer = forecast(STAGE.advance(before, choices=LoadBalancedChoices(web_servers=count - 1)))

    assert count > 2
    assert answer.capacity_rps.value >= needed_rps(answer, DEFAULT_HEADROOM)
    assert fewer.capacity_rps.value < needed_rps(fewer, DEFAULT_HEADROOM)


def test_no_web_server_is_added_once_another_tier_is_the_limit() -> None:
    crowded = large().at(20)
    design = design_at("load_balanced", crowded)

    answer = forecast(design)

    assert answer.breaks_first is not None
    assert answer.breaks_first.tier == "database"
    web = min(host.max_rps or 0 for host in answer.hosts if host.tier == "web")
    count = len(hosts_for(design, "web"))
    assert web * (count - 1) / count < answer.capacity_rps.value


def test_a_person_may_say_how_many() -> None:
    design = STAGE.advance(design_at("media_server"), choices=LoadBalancedChoices(web_servers=5, balancer_type="large"))

    assert [host.name for host in hosts_for(design, "web")] == ["web1", "web2", "web3", "web4", "web5"]
    assert hosts_for(design, "balancer")[0].type_name == "large"


@pytest.mark.parametrize(
    ("stage", "way_out"), [("single", r"\(split_database\)"), ("split_database", r"\(media_server\)")]
)
def test_what_web_servers_share_must_be_out_of_the_first_one(stage: str, way_out: str) -> None:
    with pytest.raises(TierwrightError, match=way_out):
        STAGE.advance(design_at(stage))


def test_several_web_servers_get_a_shared_cache_where_there_is_none() -> None:
    bare = with_roles(design_at("media_server"), lambda host: without(host, "memcached"))

    design = STAGE.advance(bare)

    assert "memcached" in roles(design)["web1"]


def test_before_there_are_several_one_looks_for_what_the_first_keeps_for_itself() -> None:
    steps = steps_of(transition(design_at("media_server"), design_at("load_balanced")))

    assert steps[0].title == "See that web1 keeps nothing that other web servers need"
    assert steps[0].phase == Phase.DELIVER
    assert not any("keeps nothing" in s.title for s in steps_of(transition(None, design_at("load_balanced"))))


def test_visitors_are_sent_to_the_balancer_last_and_the_old_door_is_shut_after_that() -> None:
    steps = steps_of(transition(design_at("media_server"), design_at("load_balanced")))

    assert [step.title for step in steps[-3:]] == [
        "Set up HAProxy on lb1",
        "Send the visitors to lb1",
        "Shut the doors that nobody uses any more on web1",
    ]
    network = next(step for step in steps if step.phase == Phase.NETWORK)
    held = [line for block in network.blocks for line in block.lines if "insert rule" in line]
    assert len(held) == 1
    assert "tcp dport 80 accept" in held[0]


def test_without_a_workload_there_are_two() -> None:
    design = design_at("media_server").model_copy(update={"workload": None})

    assert len(hosts_for(STAGE.advance(design), "web")) == 2


def test_uploads_that_others_keep_need_no_media_server() -> None:
    outside = External(name="bucket", kind="s3", endpoint="s3.example.com:443")
    design = design_at("split_database").model_copy(update={"externals": (outside,)})

    assert "media1" not in roles(STAGE.advance(design))
