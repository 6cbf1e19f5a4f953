"""Evidence is written the same way whoever measured it, and says when a promise was not kept."""

from __future__ import annotations

import pytest

from tests.evidence import Evidence
from tests.evidence.__main__ import markdown


def test_a_page_holds_the_command_the_table_and_the_verdict() -> None:
    evidence = Evidence(
        title="Intake against goaccess",
        command="bin/evidence 1 --only intake",
        passed=False,
        columns=("program", "lines per CPU-second"),
        rows=(("tierwright", 1234567), ("a|b", 0.123456), ("absent", None)),
    )

    page = markdown(evidence, sentence="Both read one log.", machine="Measured here.")

    assert page.startswith(
        "# Intake against goaccess\n\nBoth read one log.\n\n```sh\nbin/evidence 1 --only intake\n```\n"
    )
    assert "| tierwright | 1,234,567 |\n| a\\|b | 0.1235 |\n| absent |  |" in page
    assert page.endswith("**Not as promised.**\n\nMeasured here.\n")


def test_a_row_that_does_not_fit_its_table_is_refused() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells for 2 columns"):
        Evidence(title="t", command="c", passed=True, columns=("a", "b"), rows=(("x",),))
