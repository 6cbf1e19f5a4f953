"""What a change does to running hosts: derived settings, doors, programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from tests.topology.stages.cast import design_at
from topology.components import catalogue
from topology.design import Design, Site
from topology.document import from_data, to_data
from topology.stages import Effect, effects_of, transition


def test_a_first_installation_has_no_effect_on_anything_that_runs() -> None:
    assert effects_of(transition(None, design_at("single"))) == ()


def test_the_same_plan_has_no_effect() -> None:
    assert effects_of(transition(design_at("big"), design_at("big"))) == ()


def test_settings_that_follow_from_a_larger_server_are_shown_before_and_after() -> None:
    says = [effect.says for effect in _effects("setting", design_at("single"), _on("large"))]

    assert "gunicorn.workers on web1: 5 → 17" in says
    assert any(line.startswith("postgresql.shared_buffers_mib on web1: ") for line in says)


def test_doors_open_and_shut_as_traffic_takes_another_way() -> None:
    says = {e.says for e in _effects("door", design_at("media_server"), design_at("load_balanced"))}

    assert {
        "lb1 opens tcp/80: nobody → everybody",
        "web1 changes tcp/80: everybody → lb1",
        "media1 changes tcp/2049: web1 → web1 and web2",
        "db1 changes tcp/5432: web1 → web1 and web2",
    } <= says


def test_a_door_that_nobody_uses_any_more_shuts() -> None:
    says = {e.says for e in _effects("door", design_at("load_balanced"), design_at("big"))}

    assert "web1 shuts tcp/11211: web2 → nobody" in says


def test_programs_start_stop_restart_or_reload() -> None:
    split = {e.says for e in _effects("program", design_at("single"), design_at("split_database"))}
    larger = {e.says for e in _effects("program", design_at("single"), _on("large"))}
    balanced = {e.says for e in _effects("program", design_at("media_server"), design_at("load_balanced"))}

    assert "postgresql@15-main.service is stopped on web1" in split
    assert "app-news.service is reloaded on web1" in split
    assert "postgresql@15-main.service is restarted on web1" in larger
    assert "postgresql@15-main.service is reloaded on web1" not in larger
    assert "pgbouncer.service is started on web1" in balanced


def test_a_site_that_comes_or_goes_starts_or_stops_its_program() -> None:
    one = design_at("single")
    two = one.model_copy(update={"sites": (*one.sites, Site(name="blog", domains=("blog.example.com",)))})

    assert "app-blog.service is started on web1" in {e.says for e in _effects("program", one, two)}
    going = {e.says for e in _effects("program", two, one)}
    assert "app-blog.service is stopped on web1" in going
    assert "app-blog.service is restarted on web1" not in going


def test_effects_are_plain_json() -> None:
    effects = effects_of(transition(design_at("load_balanced"), design_at("big")))

    documents = [asdict(effect) for effect in effects]
    assert json.loads(json.dumps(documents))[0]["says"] == effects[0].says


def _effects(kind: str, before: Design, after: Design) -> list[Effect]:
    return [effect for effect in effects_of(transition(before, after)) if effect.kind == kind]


def _on(type_name: str) -> Design:
    data = to_data(design_at("single"))
    data["tiers"][0]["servers"][0]["type"] = type_name
    return from_data(data, catalogue=catalogue())
