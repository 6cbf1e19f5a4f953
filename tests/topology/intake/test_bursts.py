"""Bursts, growth and robots of a log, against processes whose figures are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from topology.intake import LogRefused, answer_of, read_logs, workload_of
from topology.intake.arrivals import Arrivals, arrivals_of
from topology.intake.bursts import burstiness_of, share_error
from topology.intake.trend import Trend, trend_of
from topology.intake.window import window_of
from topology.value import Estimate, estimate
from topology.workload import Workload

HOUR, DAY = 3600, 86_400
START = 1_330_905_600  # Monday 2012-03-05T00:00:00


def arrivals(seconds: NDArray[np.int64]) -> Arrivals:
    numbers, counts = np.unique(seconds, return_counts=True)
    return Arrivals(seconds=numbers, counts=counts, codes=numbers[:0], code_counts=counts[:0])


def index(seconds: NDArray[np.int64]) -> Estimate | None:
    found = arrivals(START + seconds)
    window = window_of(found, (START, START + int(seconds.max()) // HOUR * HOUR + HOUR - 1))
    return burstiness_of(found, window, "good")


def spread(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each second as often as it is counted."""
    return np.repeat(np.arange(counts.size), counts)


def test_a_poisson_stream_has_an_index_of_one() -> None:
    found = index(spread(np.random.default_rng(1).poisson(8.0, HOUR)))

    assert found is not None
    assert found.low <= 1 <= found.high
    assert found.high - found.low < 0.2
    assert found.basis == "measured"


def test_a_rate_that_rises_within_the_hour_is_no_burst() -> None:
    """From 2 to 20 a second: the variance over the hour would be four times the mean."""
    rate = np.linspace(2, 20, HOUR)
    counts = np.random.default_rng(2).poisson(rate)

    found = index(spread(counts))

    assert counts.var() / counts.mean() > 3
    assert found is not None
    assert found.mid == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("files", [4, 10])
def test_a_page_and_its_files_in_one_second_come_out_as_their_number(files: int) -> None:
    """Batches of fixed size n at Poisson moments have an index of n."""
    found = index(spread(files * np.random.default_rng(3).poisson(1.5, HOUR)))

    assert found is not None
    assert found.low <= files <= found.high


def test_a_clock_that_ticks_evenly_has_none() -> None:
    found = index(spread(np.full(HOUR, 3)))

    assert found is not None
    assert (found.low, found.mid, found.high) == (0, 0, 0)


def test_few_requests_are_thin_and_hardly_any_tell_nothing() -> None:
    thin = index(np.random.default_rng(4).integers(0, HOUR, 300))

    assert thin is not None
    assert (thin.basis, thin.source) == ("guess", "thin: 300 requests in 60 minutes of the busiest hour")
    assert index(np.random.default_rng(4).integers(0, HOUR, 40)) is None


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634), (27, 100, 0.1927, 0.3643)]
)
def test_a_share_has_the_interval_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert share_error(part, whole) == pytest.approx((low, high), abs=2e-4)


# --- Growth ------------------------------------------------------------------------------------------------------

WEEK = np.array([1.0, 1.05, 1.0, 0.95, 0.9, 0.5, 0.45])


def trend(days: int, growth: float, *, noise: float = 0.03, missing: int = 0, seed: int = 5) -> Trend:
    rng = np.random.default_rng(seed)
    level = 4000 * WEEK[np.arange(days) % 7] * (1 + growth) ** (np.arange(days) / 365.25)
    counts = np.round(level * np.exp(rng.normal(0, noise, days))).astype(np.int64)
    counts[3 : 3 + missing] = 0
    seconds = START + np.concatenate(
        [day * DAY + np.arange(count) * DAY // count for day, count in enumerate(counts) if count]
    )
    found = arrivals(seconds)
    return trend_of(found, window_of(found, (START, START + days * DAY - 1)), dated=True)


@pytest.mark.parametrize(("days", "growth"), [(56, 0.5), (120, -0.3), (365, 0.5)])
def test_growth_is_found_within_its_interval(days: int, growth: float) -> None:
    found = trend(days, growth).growth

    assert found is not None
    assert found.low <= growth <= found.high
    assert found.basis == "measured"


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    found = [trend(60, 0.5, seed=seed).growth for seed in range(100)]

    held = sum(item is not None and item.low <= 0.5 <= item.high for item in found)
    assert held >= 90


def test_a_longer_log_narrows_it() -> None:
    widths = [item.high - item.low for days in (42, 84, 168) if (item := trend(days, 0.2).growth)]

    assert len(widths) == 3
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (trend(20, 0.5), "takes 28 whole days of log, and this has 20"),
        (trend(28, 0.5, noise=0.4), "a year fits its 28 days"),
        (trend(40, 0.5, missing=6), "6 of its 40 days have no requests"),
    ],
)
def test_where_growth_cannot_be_told_the_reason_is(found: Trend, why: str) -> None:
    assert found.growth is None
    assert found.why.startswith("No growth is given: ")
    assert why in found.why


# --- Robots ------------------------------------------------------------------------------------------------------


def robots_by_night(folder: Path) -> Path:
    """People ask at ten in the morning; a robot asks for more, at three in the night and for pages alone."""
    line = '192.0.2.1 - - [05/Mar/2012:%02d:%02d:%02d +0000] "GET %s HTTP/1.1" 200 5 "-" "%s"\n'
    lines = [line % (3, n // 60 % 60, n % 60, f"/p/{n}", "GoogleBot/2.1") for n in range(1800)]
    lines += [line % (10, n * 2 // 60 % 60, n * 2 % 60, ("/", "/a.css")[n % 2], "Firefox") for n in range(1200)]
    lines += [line % (hour, 0, 0, "/", "Firefox") for hour in range(24)]
    (folder / "log").write_text("".join(lines))
    return folder / "log"


def test_robots_are_told_apart_by_class_at_the_peak(tmp_path: Path) -> None:
    found = workload_of(read_logs([robots_by_night(tmp_path)]))

    assert found.robots is not None
    assert estimate(found.robots.share).mid == pytest.approx(1800 / 1801, abs=1e-4)
    assert found.robots.classes == {"page": 0.9994}
    assert not found.robots.left_out


def test_without_robots_the_peak_is_that_of_people(tmp_path: Path) -> None:
    reading = read_logs([robots_by_night(tmp_path)])

    everybody, people = workload_of(reading), workload_of(reading, robots=False)

    assert "1801 requests" in everybody.peak.source
    assert "1201 requests" in people.peak.source
    assert people.hours is not None
    assert people.hours[3] == 1
    assert people.classes["static"].share == pytest.approx(600 / 1201, abs=1e-4)
    assert people.robots is not None
    assert people.robots.left_out
    answer = answer_of(reading)
    assert (
        Workload.model_validate_json(str(answer["workload_without_robots"]).replace("'", '"').replace("True", "true"))
        == people
    )


def test_people_and_robots_together_are_all(tmp_path: Path) -> None:
    tally = read_logs([robots_by_night(tmp_path)]).tally

    everybody, people = arrivals_of(tally), arrivals_of(tally, robots=False)

    assert everybody.requests == tally.parsed == people.requests + 1800
    assert int(everybody.code_counts.sum()) == tally.parsed
    assert int(people.code_counts.sum()) == people.requests


def test_robots_cannot_be_left_out_of_a_log_that_does_not_tell(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('192.0.2.1 - - [05/Mar/2012:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n' * 3)
    reading = read_logs([tmp_path / "log"])

    with pytest.raises(LogRefused, match="does not say what its clients are"):
        workload_of(reading, robots=False)
    assert answer_of(reading)["workload_without_robots"] is None


def test_a_log_of_robots_alone_has_no_workload_of_people(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('192.0.2.1 - - [05/Mar/2012:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "bot"\n' * 3)
    reading = read_logs([tmp_path / "log"])

    with pytest.raises(LogRefused, match="every request of this log is a robot's"):
        workload_of(reading, robots=False)
    assert answer_of(reading)["workload_without_robots"] is None


def test_the_share_of_robots_of_a_real_log_is_that_of_its_clients(data_dir: Path | None, tmp_path: Path) -> None:
    if data_dir is None:
        found = workload_of(read_logs([robots_by_night(tmp_path)]))
        assert found.source is not None
        assert found.source.bot_share == pytest.approx(1800 / 3024, abs=1e-4)
        return
    log = data_dir / "logs" / "elastic_apache_combined.log"
    agents = [line.rsplit(b'"', 2)[-2].lower() for line in log.read_bytes().splitlines()]
    told = sum(any(word in agent for word in (b"bot", b"crawl", b"spider", b"slurp")) for agent in agents)

    found = workload_of(read_logs([log]))

    assert found.source is not None
    assert found.source.bot_share == pytest.approx(told / len(agents), abs=2e-4)


def test_what_the_server_did_for_robots_is_not_laid_at_the_door_of_people(tmp_path: Path) -> None:
    """The cores were busy with both, so the rate beside them is that of both, in the hour when people come."""
    line = '192.0.2.1 - - [05/Mar/2012:10:%02d:%02d +0000] "GET / HTTP/1.1" 200 5 "-" "%s"\n'
    agents = ["Firefox" if n % 4 else "Googlebot" for n in range(3600)]
    (tmp_path / "log").write_text("".join(line % (n // 60, n % 60, agent) for n, agent in enumerate(agents)))

    found = workload_of(read_logs([tmp_path / "log"]), busy_percent=40, robots=False)

    assert found.observed is not None
    assert found.observed.requests_per_second == pytest.approx(1, rel=0.01)
    assert found.peak.mid == pytest.approx(0.75, rel=0.01)
