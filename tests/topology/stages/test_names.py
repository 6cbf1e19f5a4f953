"""Where the names of the sites lead, and the steps that move them."""

from __future__ import annotations

from tests.topology.stages.cast import design_at
from topology.components import resolve
from topology.design import Design
from topology.stages import Phase, Step, stage_named, transition
from topology.stages.big import BigChoices
from topology.stages.names import VIRTUAL, naming, records


def test_names_lead_to_where_the_public_enters() -> None:
    at = {stage: records(resolve(design_at(stage))) for stage in ("single", "media_server", "load_balanced", "big")}

    assert at["single"] == {"www.example.com": ("web1",)}
    assert at["media_server"] == {"www.example.com": ("web1",), "media.www.example.com": ("media1",)}
    assert at["load_balanced"]["www.example.com"] == ("lb1",)
    assert at["big"]["www.example.com"] == at["big"]["media.www.example.com"] == ("lb1", "lb2")


def test_a_shared_address_stands_for_those_who_share_it() -> None:
    design = stage_named("big").advance(design_at("load_balanced"), choices=BigChoices(balancing="vip"))

    assert records(resolve(design))["www.example.com"] == (VIRTUAL,)


def test_a_new_name_is_made_before_any_page_names_it() -> None:
    [step] = _naming(design_at("split_database"), design_at("media_server"))

    assert (step.phase, step.title) == (Phase.FILES, "Make the name media.www.example.com")
    assert "media.www.example.com to the public address of media1" in step.does


def test_a_name_moves_last_and_the_old_way_goes_on_meanwhile() -> None:
    [step] = _naming(design_at("media_server"), design_at("load_balanced"))

    assert (step.phase, step.title) == (Phase.DNS, "Send the visitors to lb1")
    assert "visitors still come by web1, which goes on serving them" in step.does
    assert step.back == "give the records the public address of web1 again"


def test_name_servers_of_ones_own_are_delegated_to_once_they_answer() -> None:
    [step] = _naming(design_at("load_balanced"), design_at("big"))

    assert step.title == "Have the names answered by lb1 and lb2"
    assert any(line.startswith("dig +short @10.0.0.14 www.example.com") for line in step.checks[0].lines)


def test_name_servers_that_answer_already_need_no_new_delegation() -> None:
    assert _naming(design_at("big"), design_at("big")) == []


def test_a_first_installation_sends_the_first_visitors() -> None:
    [step] = _naming(None, design_at("single"))

    assert step.title == "Send the visitors to web1"
    assert step.back == "remove the records"


def test_names_that_lead_where_they_led_need_no_step() -> None:
    assert _naming(design_at("single"), design_at("split_database")) == []


def _naming(before: Design | None, after: Design) -> list[Step]:
    return list(naming(transition(before, after)))
