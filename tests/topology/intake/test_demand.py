"""The workload of a log: rates with their doubt, classes, sizes by distribution, times without what is held open."""
# ruff: noqa: E501 - lines of logs are long

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology import document
from topology.intake import LogRefused, answer_of, read_logs, workload_of
from topology.intake.bursts import counting_error
from topology.intake.clock import iso_second
from topology.intake.response_times import timer_of
from topology.intake.tally import bucket_of, value_of
from topology.value import Amount, Estimate, estimate
from topology.workload import Workload

MONDAY = 1_330_905_600  # 2012-03-05T00:00:00
HOUR, DAY = 3600, 86_400
Hit = tuple[int, str, int, float | None]
"""Second after Monday's midnight, path, bytes, response time in seconds."""


def write(path: Path, hits: Iterable[Hit], *, status: int = 200, method: str = "GET") -> Path:
    with path.open("w") as file:
        for second, uri, size, taken in hits:
            timed = "" if taken is None else f',"request_time":{taken:.3f}'
            file.write(
                f'{{"time":"{iso_second(MONDAY + second)}","remote_addr":"192.0.2.1","request":"{method} {uri} HTTP/1.1",'
                f'"status":{status},"bytes":{size}{timed}}}\n'
            )
    return path


def workload(folder: Path, hits: Iterable[Hit], busy_percent: float | None = None) -> Workload:
    return workload_of(read_logs([write(folder / "log", hits)]), busy_percent=busy_percent)


def mid(amount: Amount | None) -> float:
    assert amount is not None
    return estimate(amount).mid


def day_and_night(days: int, by_day: int = 400, by_night: int = 40) -> list[Hit]:
    """Busy from 10 to 12 each day, quiet otherwise."""
    return [
        (day * DAY + hour * HOUR + number * HOUR // count, "/", 1000, None)
        for day in range(days)
        for hour in range(24)
        for count in [by_day if hour in (10, 11) else by_night]
        for number in range(count)
    ]


def test_the_peak_is_the_busiest_hour_with_its_doubt(tmp_path: Path) -> None:
    found = workload(tmp_path, day_and_night(8))

    peak, burst = found.peak, estimate(found.burst_requests_per_second or 0)
    assert peak.mid == pytest.approx(400 / 3600, rel=1e-5)
    assert peak.low < peak.mid < peak.high < 1.25 * peak.mid
    assert (peak.basis, found.source and found.source.confidence) == ("measured", "good")
    assert peak.mid <= burst.low <= burst.mid <= burst.high
    assert mid(found.mean_requests_per_second) == pytest.approx(1680 / DAY, rel=0.01)


def test_hours_are_of_the_day_and_from_two_weeks_on_of_the_week(tmp_path: Path) -> None:
    day = workload(tmp_path, day_and_night(3)).hours
    assert day == tuple(400 if hour in (10, 11) else 40 for hour in range(24))

    hits = [hit for hit in day_and_night(15) if hit[0] // DAY % 7 not in (5, 6) or hit[0] % 7 == 0]
    week = workload(tmp_path, hits).hours

    assert week is not None
    assert len(week) == 168
    assert (week[10], week[24 + 10]) == (400, 400)
    assert week[5 * 24 + 10] < 100


@pytest.mark.parametrize(
    ("hits", "why"),
    [
        ([(n * 13, "/", 1, None) for n in range(300)], "only 300 requests"),
        ([(n // 10, "/", 1, None) for n in range(2000)], "spans only 3 minutes"),
        ([(n * 600, "/", 1, None) for n in range(1200)], "busiest hour has only 6 requests"),
        ([(day * DAY + n, "/", 1, None) for day in (0, 1, 30) for n in range(500)], "only 3 of its 31 days"),
    ],
)  # fmt: skip
def test_a_thin_log_says_so_and_gives_no_peak_factor(hits: list[Hit], why: str, tmp_path: Path) -> None:
    found = workload(tmp_path, hits)

    assert found.source is not None
    assert found.source.confidence == "thin"
    assert why in found.source.why
    assert (found.peak.basis, found.mean_requests_per_second, found.hours) == ("guess", None, None)
    assert found.peak.low < found.peak.mid < found.peak.high


def test_the_real_sparse_log_says_thin(data_dir: Path | None, tmp_path: Path) -> None:
    if data_dir is None:
        log = write(tmp_path / "log", [(n * 28_000, "/", 1, None) for n in range(216)])
    else:
        log = data_dir / "logs" / "uwsgi_clapbox.log"

    found = workload_of(read_logs([log]))

    assert found.source is not None
    assert (found.source.confidence, found.mean_requests_per_second) == ("thin", None)


def test_a_cut_of_a_few_minutes_has_the_rate_of_those_minutes(tmp_path: Path) -> None:
    """Not that of the clock hour of which it is a part."""
    found = workload(tmp_path, [(50 * 60 + n // 20, "/", 1, None) for n in range(20 * 240)])

    assert found.peak.mid == pytest.approx(20)


def test_the_first_minutes_of_a_log_do_not_pass_for_its_busiest_hour(tmp_path: Path) -> None:
    burst = [(HOUR - 60 + n, "/", 1, None) for n in range(60) for _ in range(5)]
    steady = [(HOUR + n * 10, "/", 1, None) for n in range(6 * 360)]

    assert workload(tmp_path, [*burst, *steady]).peak.mid == pytest.approx(0.1, rel=0.01)


def test_classes_have_shares_and_sizes_by_distribution(tmp_path: Path) -> None:
    paths = ["/"] * 4 + ["/api/x"] * 2 + ["/static/a.css"] * 3 + ["/media/a.jpg"]
    found = workload(tmp_path, [(n * 3, paths[n % 10], n % 10 * 1000 or 9, None) for n in range(3000)])

    assert {name: item.share for name, item in found.classes.items()} == {
        "page": 0.4, "api": 0.2, "static": 0.3, "media": 0.1,
    }  # fmt: skip
    page, media = found.classes["page"].bytes, found.classes["media"].bytes
    assert page is not None
    assert page.mean == pytest.approx((9 + 1000 + 2000 + 3000) / 4, abs=0.1)
    assert media is not None
    assert media.p50 == pytest.approx(9000, rel=0.008)


def test_shares_are_those_of_the_busiest_hour_where_it_is_full_enough(tmp_path: Path) -> None:
    night = [(n * 30, "/a.css", 1, None) for n in range(10 * 120)]
    rush = [(10 * HOUR + n * 5, "/", 1, None) for n in range(720)]

    assert {name: item.share for name, item in workload(tmp_path, [*night, *rush]).classes.items()} == {
        "page": 1.0, "static": 0.0,
    }  # fmt: skip


def test_response_times_leave_out_what_is_held_open(tmp_path: Path) -> None:
    answered: list[Hit] = [(n, "/", 10, 0.05) for n in range(3000)]
    polls: list[Hit] = [(n * 30, "/wait/", 10, 20.0 + n % 3 / 1000) for n in range(60)]
    socket_io: list[Hit] = [(n * 30, "/socket.io/1/xhr-polling/x", 10, 19.9) for n in range(40)]
    slow: list[Hit] = [(5, "/report/", 10, 7.5), (6, "/report/", 10, 34.0)]
    reading = read_logs([
        write(tmp_path / "a", [*answered, *polls, *socket_io, *slow]),
        write(tmp_path / "b", [(7, "/ws/", 0, 18_000.0)] * 5, status=101),
    ])  # fmt: skip

    found = workload_of(reading)
    page = found.classes["page"].response_ms

    assert page is not None
    assert (page.count, page.p50, page.p95) == (3002, 50.0, 50.0)
    assert page.mean == pytest.approx((3000 * 50 + 7500 + 34_000) / 3002, abs=0.01)
    assert found.classes["long_poll"].response_ms is found.classes["websocket"].response_ms is None
    notes = " ".join(answer_of(reading)["notes"])
    assert "5 requests switched protocols" in notes
    assert "40 requests are long polls by their path" in notes
    assert "60 requests ended within 0.3 s of 20.0 s" in notes


def test_work_of_all_lengths_is_no_timer() -> None:
    random = np.random.default_rng(3)

    assert timer_of((random.exponential(8e6, 500)).astype(np.int64)) is None
    assert timer_of(np.full(9, 20_000_000)) is None
    assert timer_of(np.full(50, 30_000_500)) == 30_000_500


def test_the_real_log_of_long_polls_keeps_them_apart(data_dir: Path | None, tmp_path: Path) -> None:
    if data_dir is None:
        hits: list[Hit] = [*[(n, "/socket.io/1/xhr", 10, 20.0) for n in range(2000)], (1, "/", 1, 0.003)]
        log = write(tmp_path / "log", hits)
    else:
        log = data_dir / "logs" / "thedash_nginx_json_part1.jsonl"

    found = workload_of(read_logs([log]))

    assert {"long_poll", "page"} <= set(found.classes)
    assert all(item.response_ms is None or item.response_ms.p50 < 100 for item in found.classes.values())  # type: ignore[operator]


def test_status_robots_and_writes_are_told(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"".join(
        b'192.0.2.1 - - [10/Feb/2012:16:%02d:07 +0000] "%s /p HTTP/1.1" %d 5 "-" "%s"\n'
        % (n % 60, b"POST" if n % 10 == 0 else b"GET", 500 if n % 4 == 0 else 200, b"Googlebot" if n % 5 == 0 else b"Firefox")
        for n in range(2000)
    ))  # fmt: skip

    found = workload_of(read_logs([tmp_path / "log"]))

    assert found.status == {"2xx": 0.75, "5xx": 0.25}
    assert found.source is not None
    assert found.source.bot_share == 0.2
    assert isinstance(found.write_share, Estimate)
    assert (found.write_share.mid, found.write_share.basis) == (0.1, "guess")


def test_rewritten_times_give_no_burst(tmp_path: Path) -> None:
    reading = read_logs([write(tmp_path / "log", [(n // 40 * HOUR + n % 60, "/", 1, None) for n in range(4000)])])

    assert workload_of(reading).burst_requests_per_second is None
    assert any("one and the same minute" in note for note in answer_of(reading)["notes"])


def test_how_busy_the_server_was_becomes_an_observation(tmp_path: Path) -> None:
    log = write(tmp_path / "log", day_and_night(3))

    found = workload_of(read_logs([log]), busy_percent=35, cores=4, ram_used_mib=2048)

    assert found.observed is not None
    assert (found.observed.cpu_share, found.observed.cores, found.observed.ram_used_mib) == (0.35, 4, 2048)
    assert found.observed.requests_per_second == found.peak.mid


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"busy_percent": 0}, "--busy: say how busy"), ({"busy_percent": 101}, "--busy: say how busy"),
        ({"busy_percent": float("nan")}, "--busy: say how busy"), ({"busy_percent": 5, "cores": 0}, "--cores: this should be"),
        ({"cores": 4}, "--busy: say too how busy"), ({"busy_percent": 5, "ram_used_mib": -1}, "--ram-used: this should be"),
    ],
)  # fmt: skip
def test_an_impossible_answer_is_refused(answers: dict[str, float], says: str, tmp_path: Path) -> None:
    reading = read_logs([write(tmp_path / "log", day_and_night(1))])

    with pytest.raises(LogRefused, match=says):
        workload_of(reading, **answers)  # type: ignore[arg-type]


def test_a_log_without_any_request_has_no_workload(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b'{"time":"2012-02-10T16:42:07","uri":"/","status":200}\n' + b'{"a":1}\n')
    reading = read_logs([tmp_path / "log"])
    reading.tally.parsed = 0

    with pytest.raises(LogRefused, match="no request could be read"):
        workload_of(reading)


def test_the_answer_is_plain_data_and_its_workload_loads_again(tmp_path: Path) -> None:
    answer = answer_of(read_logs([write(tmp_path / "log", day_and_night(2))]))

    assert list(answer) == [
        "facts", "workload", "workload_without_robots", "peak_hour_without_robots", "worth_caching", "rejected", "notes",
    ]  # fmt: skip
    text = json.dumps(answer, allow_nan=False)
    assert document.to_data(document.load_workload(text)) == answer["workload"]


def test_nothing_of_anybody_is_in_the_answer(tmp_path: Path) -> None:
    secrets = ["198.51.100.77", "s3cr3t", "frank", "mozilla", "example.net", "private"]
    line = '198.51.100.77 - frank [10/Feb/2012:16:42:%02d +0000] "GET /private/%d-9/?token=s3cr3t HTTP/1.1" 200 5 "http://example.net/" "Mozilla"\n'
    (tmp_path / "log").write_text(
        "".join(line % (n, n) for n in range(50)) + line[:60] + "\n" + line.replace("GET ", "") % (7, 7)
    )

    answer = str(answer_of(read_logs([tmp_path / "log"]))).lower()

    assert [secret for secret in secrets if secret in answer] == []


@given(st.lists(st.integers(0, 10**13 - 1), min_size=1, max_size=50))
def test_a_size_is_kept_within_eight_in_a_thousand(sizes: list[int]) -> None:
    for size, bucket in zip(sizes, bucket_of(np.array(sizes)).tolist(), strict=True):
        assert abs(value_of(bucket) - size) <= 0.008 * size


@pytest.mark.parametrize(
    ("hits", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.36, 121.63)]
)
def test_the_counting_error_is_the_exact_interval_of_a_poisson_count(hits: int, low: float, high: float) -> None:
    """Garwood's 95 % limits, as tabled."""
    assert counting_error(hits) == pytest.approx((low, high), rel=0.02, abs=0.03)
