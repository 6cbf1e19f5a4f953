"""From the editor's form to a draft: what each field and button does."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from planner.editing import Draft, _is_list, apply
from topology.components import catalogue, settings_of
from topology.design import TierwrightError

NAMED: Draft = {
    "tierwright": 1,
    "name": "plan",
    "sites": [{"name": "site", "domains": ["example.com"]}],
    "tiers": [
        {
            "name": "web",
            "servers": [
                {"name": "web1", "type": "small", "address": "10.0.0.11"},
                {"name": "web2", "type": "small", "address": "10.0.0.12"},
            ],
            "roles": ["nginx", {"gunicorn": {"workers": 9}}],
        },
        {"name": "cache", "servers": {"count": 2, "type": "small"}, "roles": ["memcached"]},
    ],
}


def sent(**fields: Any) -> QueryDict:
    """A form: double underscores stand for the dots in the names of its fields."""
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return query


def names(tier: Draft) -> list[str]:
    return [server["name"] for server in tier["servers"]]


def test_nothing_sent_changes_nothing() -> None:
    assert apply(NAMED, sent()) == NAMED


def test_more_servers_are_like_the_last_with_new_names_and_no_address() -> None:
    web = apply(NAMED, sent(tier__0__count="4"))["tiers"][0]

    assert names(web) == ["web1", "web2", "web3", "web4"]
    assert web["servers"][3] == {"name": "web4", "type": "small"}


def test_fewer_servers_take_the_last_away() -> None:
    assert names(apply(NAMED, sent(tier__0__count="1"))["tiers"][0]) == ["web1"]


def test_a_new_name_is_one_that_nobody_has() -> None:
    draft = apply(NAMED, sent(act="remove-server:0:web1"))

    assert names(apply(draft, sent(act="add-server:0"))["tiers"][0]) == ["web2", "web1"]


@pytest.mark.parametrize("count", ["0", "-1", "", "many", "2001", "1e9"])
def test_a_number_of_servers_that_is_none_is_refused(count: str) -> None:
    with pytest.raises(TierwrightError, match="from 1 to 2,000"):
        apply(NAMED, sent(tier__0__count=count))


def test_a_type_is_for_the_whole_tier_only_where_it_was_changed() -> None:
    one = apply(NAMED, sent(tier__0__type="small", server__0__1__type="large"))["tiers"][0]
    every = apply(NAMED, sent(tier__0__type="large"))["tiers"][0]

    assert [server["type"] for server in one["servers"]] == ["small", "large"]
    assert [server["type"] for server in every["servers"]] == ["large", "large"]


def test_ticked_roles_keep_their_place_and_their_settings() -> None:
    web = apply(NAMED, sent(tier__0__roles="1", tier__0__role=["gunicorn", "memcached"]))["tiers"][0]

    assert web["roles"] == [{"gunicorn": {"workers": 9}}, "memcached"]


def test_a_setting_that_is_emptied_is_derived_again() -> None:
    assert apply(NAMED, sent(tier__0__set__gunicorn__workers=""))["tiers"][0]["roles"] == ["nginx", "gunicorn"]


def test_a_setting_that_is_typed_is_written() -> None:
    roles = apply(NAMED, sent(tier__0__set__gunicorn__workers="7"))["tiers"][0]["roles"]

    assert roles == ["nginx", {"gunicorn": {"workers": 7}}]


def test_the_last_server_of_a_tier_stays() -> None:
    draft = apply(NAMED, sent(tier__0__count="1"))

    with pytest.raises(TierwrightError, match="last server"):
        apply(draft, sent(act="remove-server:0:web1"))


def test_a_tier_comes_and_goes() -> None:
    added = apply(NAMED, sent(act="add-tier", new__name="media", new__type="small", new__role=["nginx_media"]))
    gone = apply(added, sent(act="remove-tier:0"))

    assert added["tiers"][2] == {"name": "media", "servers": {"count": 1, "type": "small"}, "roles": ["nginx_media"]}
    assert [tier["name"] for tier in gone["tiers"]] == ["cache", "media"]


@pytest.mark.parametrize("action", ["remove-tier:9", "add-server:x", "remove-server:-1:web1"])
def test_a_button_for_a_tier_that_is_not_there_is_refused(action: str) -> None:
    with pytest.raises(TierwrightError, match="not there"):
        apply(NAMED, sent(act=action))


def test_promises_are_typed_in_percent() -> None:
    draft = apply(NAMED, sent(headroom="40", availability="99.95", p95_ms="300"))

    assert draft["promise"] == {"headroom": 0.4, "availability": 0.9995, "p95_ms": 300}


def test_emptied_promises_leave_no_promise() -> None:
    assert "promise" not in apply(NAMED, sent(headroom="", availability="", p95_ms=""))


def test_words_where_a_number_belongs_are_kept_for_the_codec_to_refuse() -> None:
    assert apply(NAMED, sent(headroom="half"))["promise"] == {"headroom": "half"}


@pytest.mark.parametrize(
    ("typed", "value"), [("true", True), ("False", False), (" false ", False), ("falsely", "falsely")]
)
def test_a_switch_stays_a_switch(typed: str, value: bool | str) -> None:
    fields = {"tier__1__set__memcached__managed": typed}

    assert apply(NAMED, sent(**fields))["tiers"][1]["roles"] == [{"memcached": {"managed": value}}]


@pytest.mark.parametrize(("typed", "value"), [("jpg", ["jpg"]), ("jpg, gif", ["jpg", "gif"]), ("9", ["9"])])
def test_one_value_of_a_list_is_a_list_of_one(typed: str, value: list[str]) -> None:
    plan = {**NAMED, "tiers": [{**NAMED["tiers"][0], "roles": ["mod_python"]}]}

    roles = apply(plan, sent(tier__0__set__mod_python__file_endings=typed))["tiers"][0]["roles"]

    assert roles == [{"mod_python": {"file_endings": value}}]


def test_every_list_of_the_catalogue_is_known_as_one() -> None:
    described = {
        (role, item.name)
        for part in catalogue().components
        for role in part.roles
        for item in settings_of(part)
        if item.takes.startswith("list")
    }

    assert described
    assert all(_is_list(role, name) for role, name in described)
