"""Names, domains and paths: what is not refused stands where it belongs, and changes nothing else of any file.

The readers are those of `reading.py`, which share nothing with the components. The full count is run by
`bin/evidence 1 --only hostile_names`; here a part of it with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.topology.bundles import reading
from tests.topology.bundles.hostile import SLOTS, Slot, expected, trees_of, try_slot
from topology.components import catalogue
from topology.document import from_data


@pytest.mark.parametrize("slot", [pytest.param(slot, id=slot.name) for slot in SLOTS])
def test_no_accepted_word_changes_the_structure_of_a_file(slot: Slot) -> None:
    tally = try_slot(slot, 80, seed=20061206)

    assert tally.changed == []
    assert tally.refused > tally.accepted > 0


@pytest.mark.parametrize("slot", [pytest.param(slot, id=slot.name) for slot in SLOTS])
def test_every_place_that_a_word_reaches_is_looked_at(slot: Slot) -> None:
    baseline = trees_of(from_data(slot.plan(slot.marker), catalogue=catalogue()))

    assert expected(slot, slot.marker) == baseline
    reached = [path for path, tree in baseline.items() if slot.marker.strip("/") in f"{path}{tree}"]
    assert reached or slot.name == "plan name"


@pytest.mark.parametrize(
    ("reader", "sound", "broken"),
    [
        (reading.nginx, "server {\n server_name a.b;\n}\n", "server {\n server_name a.b; listen 81;\n}\n"),
        (reading.nginx, "root /srv/x;\n", "root /srv/x; # }\n"),
        (reading.python, 'NAME = "x"\n', 'NAME = "x"; y = 1\n'),
        (reading.python, 'NAME = "x"\n', 'NAME = "x" + "y"\n'),
        (reading.ini, "[Unit]\nA=x\n", "[Unit]\nA=x\nA=x\n"),
        (reading.ini, "[Unit]\nA=x\n", "[Unit]\nA=x\n[Service]\n"),
        (reading.lines, "host all all x\n", "host all all x\nhost all\n"),
        (reading.lines, "a b\n", "a 'b'\n"),
        (reading.blocks, "zone x { type y; };\n", "zone x { type y; }; options { };\n"),
        (reading.blocks, "a b c\n", "a b # c\n"),
        (reading.table, "a,b\n", "a,b,c\n"),
        (reading.prose, "x\n```sh\nrm a\n```\n", "x\n```sh\nrm a;b\n```\n"),
    ],
)
def test_a_reader_sees_what_an_injection_adds(reader: Callable[[str], reading.Tree], sound: str, broken: str) -> None:
    assert reader(sound) == reader(sound)
    assert reader(sound) != reader(broken)
