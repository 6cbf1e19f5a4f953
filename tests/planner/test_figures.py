"""Numbers are written with as many digits as they deserve, their unit, their range and where they come from."""

from __future__ import annotations

import math

import pytest
from django.template import engines

from planner import figures
from planner.templatetags.figures import ticked
from topology.capacity import Number
from topology.value import Estimate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0402, "0.0402"),
        (0.5, "0.5"),
        (3.14159, "3.14"),
        (9.999, "10"),
        (34, "34"),
        (99.96, "100"),
        (12_345.6, "12,300"),
        (1_000_000, "1,000,000"),
        (-2.5, "-2.5"),
        (math.inf, "∞"),
        (math.nan, "–"),
    ],
)
def test_a_figure_has_three_significant_digits(value: float, text: str) -> None:
    assert figures.figure(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0"), (0.0004, "0.04"), (0.0567, "5.7"), (0.0999, "10"), (0.341, "34"), (1.2, "120")]
)
def test_a_share_is_written_in_percent(share: float, text: str) -> None:
    assert figures.percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 B"), (812, "812 B"), (12_595, "12.3 KiB"), (2_684_354, "2.56 MiB"), (2**41, "2 TiB")]
)
def test_bytes_are_written_in_the_unit_that_fits(value: float, text: str) -> None:
    assert figures.size(value) == text


@pytest.mark.parametrize(("value", "text"), [(12.34, "12.3 ms"), (4_560, "4.56 s")])
def test_times_are_written_in_the_unit_that_fits(value: float, text: str) -> None:
    assert figures.duration(value) == text


def test_a_predicted_number_says_its_range_and_its_kind() -> None:
    number = Number(value=0.34, low=0.2, high=0.5, kind="approximate", unit="share", why="rate x seconds / cores")

    found = figures.shown(number)

    assert (found.figure, found.unit, found.range, found.basis_word) == ("34", "%", "20–50", "approximate")
    assert found.title == "rate x seconds / cores"


def test_an_exact_number_is_not_marked() -> None:
    found = figures.shown(Number(value=93, low=93, high=93, kind="exact", unit="1/s"))

    assert (found.figure, found.unit, found.range, found.basis) == ("93", "requests/s", "", "")


def test_an_estimate_says_where_it_comes_from() -> None:
    found = figures.shown(Estimate(low=1, mid=2, high=4, basis="default"), unit="ms")

    assert (found.figure, found.unit, found.range, found.basis_word) == ("2", "ms", "1–4", "table")
    assert found.title == "from the table of measured demands"


def test_a_plain_number_stands_alone() -> None:
    found = figures.shown(12, unit="MiB", basis="given")

    assert (found.figure, found.range, found.basis) == ("12", "", "given")


def test_the_tag_escapes_what_a_person_wrote() -> None:
    source = Estimate(low=1, mid=1, high=1, basis="measured", source='<b>"log"</b>')

    html = _render("{% number amount 'ms' %}", amount=source)

    assert 'title="&lt;b&gt;&quot;log&quot;&lt;/b&gt;"' in html
    assert '<span class="basis basis-measured">measured</span>' in html


def test_the_bar_says_in_words_what_it_shows() -> None:
    html = _render("{% headroom used 'CPU' 0.5 %}", used=0.62)

    assert 'aria-label="CPU: 62 % in use, above the promised headroom"' in html
    assert 'width="62.00"' in html
    assert ">tight<" in html
    assert "style=" not in html


def _render(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load figures %}" + text).render(context)


def test_what_stands_between_ticks_is_set_as_code_and_the_rest_is_escaped() -> None:
    assert ticked("100 less %idle of `sar -u <b>`, & no more`") == (
        "100 less %idle of <code>sar -u &lt;b&gt;</code>, &amp; no more`"
    )


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (0.5, "0.5"), ("On", "On"), (12, "12")])
def test_a_switch_is_written_as_a_plan_file_writes_it(value: object, text: str) -> None:
    assert figures.written(value) == text
