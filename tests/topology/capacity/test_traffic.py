"""Traffic as people tell it becomes a workload by one rule, or is refused with a sentence."""

from __future__ import annotations

import pytest

from topology.capacity import Traffic, read_traffic, workload_of_traffic
from topology.errors import TierwrightError
from topology.value import estimate


@pytest.mark.parametrize(
    ("text", "a_second", "counted", "at_peak"),
    [
        ("10 million hits a day", 1e7 / 86_400, "hits", False),
        ("16000000 page views per month", 16e6 / 2_629_800, "page views", False),
        ("1.2 billion page views a month", 1.2e9 / 2_629_800, "page views", False),
        ("600 requests a second", 600, "requests", True),
        ("75000 requests a minute", 1250, "requests", True),
        ("17k calls a second at peak", 17_000, "calls", True),
        ("100 requests a second on average", 100, "requests", False),
        ("36000 page views an hour at peak", 10, "page views", True),
    ],
)
def test_a_sentence_is_read(text: str, a_second: float, counted: str, at_peak: bool) -> None:
    found = read_traffic(text)

    assert found.a_second == pytest.approx(a_second)
    assert (found.counted, found.at_peak) == (counted, at_peak)


@pytest.mark.parametrize(
    "text",
    ["", "lots", "10 hits", "-5 hits a day", "1e9 hits a day", "10 visits a day", "nan hits a day", "ten hits a day"],
)
def test_anything_else_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(TierwrightError, match="write traffic as a number") as caught:
        read_traffic(text)
    assert str(caught.value).startswith("traffic: ")


def test_a_peak_that_was_told_is_taken_as_it_is() -> None:
    peak = workload_of_traffic(read_traffic("600 requests a second"), source="a talk").peak

    assert (peak.low, peak.mid, peak.high, peak.basis) == (600, 600, 600, "given")


def test_a_mean_becomes_a_peak_with_a_range_and_is_called_a_guess() -> None:
    peak = workload_of_traffic(read_traffic("86400 requests a day")).peak

    assert (peak.low, peak.mid, peak.high, peak.basis) == (1.5, 2, 3, "guess")


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("1 page views a second", {"page": 1}),
        ("1 hits a second", {"page": 0.1, "static": 0.3, "media": 0.6}),
        ("1 requests a second", {"page": 0.3, "api": 0.7}),
        ("1 calls a second", {"api": 1}),
    ],
)
def test_what_is_counted_decides_the_classes(text: str, shares: dict[str, float]) -> None:
    classes = workload_of_traffic(read_traffic(text)).classes

    assert {name: item.share for name, item in classes.items()} == pytest.approx(shares)


def test_a_known_share_of_pages_takes_the_place_of_the_rule() -> None:
    told = Traffic(amount=148_084_883, counted="requests", per="day", at_peak=False, page_share=0.24)

    assert workload_of_traffic(told).classes["page"].share == 0.24


@pytest.mark.parametrize("amount", [0, 1e12])
def test_a_rate_that_is_none_is_refused(amount: float) -> None:
    with pytest.raises(TierwrightError, match="above 0 and below a billion"):
        workload_of_traffic(Traffic(amount=amount, counted="hits", per="second", at_peak=True))


def test_requests_at_peak_are_exact() -> None:
    assert (
        estimate(workload_of_traffic(read_traffic("2250 requests a second at peak")).peak_requests_per_second).mid
        == 2250
    )
