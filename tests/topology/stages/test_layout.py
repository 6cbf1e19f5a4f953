"""The moves on a design: what servers are for, and where new ones find a name, an address and a tier."""

from __future__ import annotations

import pytest

from tests.topology.stages.cast import SITE, SMALL, design_at, roles
from topology.components import catalogue
from topology.design import Design, Networks, Role, Server, TierwrightError
from topology.document import digest, from_data, to_data
from topology.stages import NOTHING
from topology.stages.layout import gather, hosts_for, pinned, placed, purpose, retyped, with_roles, without


def test_what_a_server_is_for_follows_from_its_roles() -> None:
    design = design_at("big")

    assert {host.name: purpose(host) for host in design.hosts} == {
        "lb1": "balancer", "lb2": "balancer", "web1": "web", "web2": "web", "media1": "media", "media2": "media",
        "cache1": "cache", "cache2": "cache", "db1": "database", "db2": "database",
    }  # fmt: skip


def test_a_server_of_unknown_roles_is_for_nothing() -> None:
    [host] = with_roles(design_at("single"), lambda host: ()).hosts

    assert purpose(host) is None


def test_counted_servers_are_pinned_with_the_names_and_addresses_that_they_have() -> None:
    data = to_data(design_at("single"))
    data["tiers"][0]["servers"] = {"count": 3, "type": "small"}
    counted = from_data(data, catalogue=catalogue())

    fixed = pinned(counted)

    assert [(h.name, h.address) for h in fixed.hosts] == [(h.name, h.address) for h in counted.hosts]
    assert digest(pinned(fixed)) == digest(fixed)


def test_settings_of_one_server_stay_its_own() -> None:
    data = to_data(design_at("load_balanced"))
    web = next(tier for tier in data["tiers"] if tier["name"] == "web")
    web["servers"][1]["settings"] = {"gunicorn": {"workers": 3}}
    design = from_data(data, catalogue=catalogue())

    fixed = pinned(design)

    workers = {h.name: r.settings.get("workers") for h in fixed.hosts for r in h.roles if r.name == "gunicorn"}
    assert workers == {"web1": None, "web2": 3}


def test_new_servers_take_the_next_number_the_next_address_and_the_type_of_their_kind() -> None:
    design = retyped(design_at("load_balanced"), {"web1": "large", "web2": "large"})
    last = max(int(host.address.rpartition(".")[2]) for host in design.hosts)

    grown, to_size = placed(design, "web", 2, design.tier("web").roles, type_name=None, at_hand=NOTHING)

    new = [host for host in grown.hosts if host.name not in {h.name for h in design.hosts}]
    assert [host.name for host in new] == ["web3", "web4"] == list(to_size)
    assert [int(host.address.rpartition(".")[2]) for host in new] == [last + 1, last + 2]
    assert {host.type_name for host in new} == {"large"}


def test_a_new_tier_stands_where_its_purpose_does_and_takes_a_free_name() -> None:
    design = with_roles(design_at("split_database"), lambda host: host.roles)
    tiers = tuple(t.model_copy(update={"name": "media"}) if t.name == "database" else t for t in design.tiers)
    renamed = design.model_copy(update={"tiers": tiers})

    grown, _ = placed(renamed, "media", 1, [Role(name="nginx_media")], type_name=SMALL, at_hand=NOTHING)

    assert [tier.name for tier in grown.tiers] == ["web", "media-1", "media"]


def test_servers_at_hand_come_first_with_all_that_is_theirs() -> None:
    mine = Server(name="archive", type="memory", address="10.0.0.77")
    at_hand = gather(design_at("single")).__class__(servers={"media": (mine,)}, tiers={"media": "files"})

    grown, to_size = placed(
        design_at("single"), "media", 2, [Role(name="nginx_media")], type_name=None, at_hand=at_hand
    )

    media = hosts_for(grown, "media")
    first = media[0]
    assert (first.name, first.type_name, first.address, first.tier) == ("archive", "memory", "10.0.0.77", "files")
    assert to_size == ("media1",)


def test_a_network_that_is_full_is_said() -> None:
    design = design_at("single").model_copy(update={"network": Networks(cidr="10.0.0.0/30")})
    tight = retyped(design, {})

    with pytest.raises(TierwrightError, match="no free address left; write a larger one"):
        placed(tight, "web", 4, [Role(name="nginx")], type_name=SMALL, at_hand=NOTHING)


def test_a_role_leaves_a_server_and_nothing_else_does() -> None:
    design = with_roles(design_at("single"), lambda host: without(host, "memcached"))

    assert roles(design) == {"web1": ["nginx", "gunicorn", "postgresql"]}
    assert isinstance(design, Design)
    assert design.sites == (SITE,)
