"""At once and behind our back, in short; `bin/evidence 4` does the same at full length."""

from __future__ import annotations

import pytest

from tests import races

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_many_who_edit_at_once_every_edit_is_saved_or_a_conflict() -> None:
    found = races.edit_at_once(4, 8)

    assert found["saved"] + found["conflicts"] == found["attempts"] == 32
    assert found["saved"] >= 8
    assert [found[key] for key in ("errors", "lost", "gaps", "untold", "breaks")] == [0, 0, 0, 0, 0]


def test_what_is_accepted_is_what_was_approved_whoever_edits_meanwhile() -> None:
    found = races.edit_against_approve(20, seed=1)

    assert found["accepted"] + found["edit_first"] == 20
    assert (found["wrong"], found["errors"]) == (0, 0)


def test_every_bit_that_is_flipped_is_found() -> None:
    found = races.flip_bytes(60, seed=1)

    assert (found["found"], found["missed"]) == (60, 0)
