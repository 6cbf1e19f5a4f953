"""A reduction of the fuzz over every setting of every component; the whole is evidence 3, component_fields."""

from __future__ import annotations

import pytest

from tests.topology.components.fuzzing import Slot, slots, try_slot
from topology.components import catalogue

EACH = 3


def test_every_setting_of_every_component_is_tried() -> None:
    settings = {f"{c.name}.{name}" for c in catalogue().components for name in c.settings.model_fields}

    assert {slot.name for slot in slots()} == settings


@pytest.mark.parametrize("slot", [pytest.param(slot, id=slot.name) for slot in slots()])
def test_values_of_any_kind_are_refused_in_a_sentence_or_change_no_structure(slot: Slot) -> None:
    tally = try_slot(slot, EACH, seed=3)

    assert tally.faults == []
