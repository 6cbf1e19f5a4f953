"""The outlook in words."""

from __future__ import annotations

import re
from datetime import date

from tests.topology.stages import cast
from topology.capacity import outlook
from topology.design import Design, Promise
from topology.management.outlook_report import outlook_sections
from topology.workload import Workload

TODAY = date(2026, 11, 25)
HOURS = tuple([1.0] * 8 + [5.0] * 16)


def text(design: Design, workload: Workload) -> str:
    return "\n".join(line for section in outlook_sections(outlook(design, workload), TODAY) for line in section)


def asked(**more: object) -> Workload:
    return cast.python_bound().model_copy(update=more)


def test_the_sections_stand_in_the_order_in_which_they_are_asked() -> None:
    design = cast.design_at("big").model_copy(update={"promise": Promise(p95_ms=900, headroom=0.2)})

    found = text(design, asked(hours=HOURS, growth_per_year=0.5))

    order = [found.index(heading) for heading in ("When limits are met", "If a server dies", "Through the week",
             "For a while", "Over time")]  # fmt: skip
    assert order == sorted(order)
    assert max(map(len, found.splitlines())) <= 100
    flat = " ".join(found.split())
    assert "If nothing is done, " in flat
    assert "is full at" in flat
    assert re.search(r"in \d+ months \(\d+ to \d+\): about [A-Z][a-z]+ 20\d\d\.", flat)
    assert "The promised p95 holds for" in flat
    assert "a million requests" in flat


def test_what_cannot_be_said_has_no_section() -> None:
    found = text(cast.design_at("single"), asked())

    assert "Through the week" not in found
    assert "about" not in found
    assert "With web1 dead the whole site stops" in found


def test_the_death_of_all_that_stand_in_for_each_other_goes_without_saying() -> None:
    found = " ".join(text(cast.design_at("big"), asked()).split())

    assert "one of 2 web servers dead" in found
    assert "both web servers dead" not in found
