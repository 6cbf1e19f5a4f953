"""Facts of logs: the real ones against truths derived elsewhere, made ones against an independent count."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.independent_count import count
from tests.benchmarks.intake_log import write_log
from topology.intake import LogRefused, facts_document, fast, read_logs

NAMES = (
    "apache_twiki_2004_clf.log", "elastic_apache_combined.log", "epa_http_partial.log", "gunicorn_pdbdjango_dev.log",
    "logstalgia_example_combined.log", "nasa_aug95_100_clf.txt", "nasa_aug95_1930_broken_clf.log",
    "nasa_aug95_5000_altered_clf.log", "thedash_nginx_json_part1.jsonl", "uwsgi_clapbox.log",
    "uwsgi_django_airpollution.log", "zanbil_nginx_shop_sample.log",
)  # fmt: skip
DATES = ("first", "last", "peak_day", "peak_hour")


def facts_of(*paths: Path, month: str | None = None) -> dict[str, Any]:
    return facts_document(read_logs(paths, month=month))


def made(folder: Path, lines: int = 3000) -> Path:
    write_log(folder / "made.log", lines, seed=11)
    return folder / "made.log"


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_a_real_log_is_the_derived_one(name: str, data_dir: Path | None, tmp_path: Path) -> None:
    if data_dir is None:
        log = made(tmp_path)
        truth = count(log)
    else:
        log = data_dir / "logs" / name
        truth = json.loads((data_dir / "logs" / "facts.json").read_text())[name]
        del truth["fail_samples"]  # ours are masked

    facts = facts_of(log, month="1995-08" if name.startswith("epa") else None)

    assert {key: facts[key] for key in truth} == truth


def test_a_log_without_a_month_has_no_dates_but_all_its_peaks(data_dir: Path | None, tmp_path: Path) -> None:
    log = tmp_path / "day.log"
    if data_dir is None:
        log.write_bytes(b'h [30:00:00:00] "GET / HTTP/1.0" 200 1\nh [30:11:59:59] "GET / HTTP/1.0" 200 1\n' * 3)
    else:
        log = data_dir / "logs" / "epa_http_partial.log"

    dateless, dated = facts_of(log), facts_of(log, month="1995-08")

    assert [dateless[key] for key in DATES] == [None] * 4
    assert dated["first"] == "1995-08-30T00:00:00"
    assert {k: v for k, v in dateless.items() if k not in DATES} == {k: v for k, v in dated.items() if k not in DATES}


def test_both_readers_agree_with_the_independent_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = made(tmp_path, 30_000)
    monkeypatch.setattr(fast, "WORTHWHILE_BYTES", 1)
    truth, compiled = count(log), facts_of(log)
    monkeypatch.setenv("TIERWRIGHT_NO_NUMBA", "1")
    plain = facts_of(log)

    assert {key: compiled[key] for key in truth} == truth
    assert plain == compiled


def test_several_logs_add_up_as_one(tmp_path: Path) -> None:
    whole = made(tmp_path)
    lines = whole.read_bytes().splitlines(keepends=True)
    (tmp_path / "a.log").write_bytes(b"".join(lines[::2]))
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(b"".join(lines[1::2])))

    assert facts_of(tmp_path / "a.log", tmp_path / "b.log.gz") == facts_of(whole)


def test_logs_of_two_formats_over_the_same_hour_add_up(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'192.0.2.1 - - [10/Feb/2012:16:42:07 +0000] "GET / HTTP/1.1" 200 10\n' * 3)
    (tmp_path / "b").write_bytes(
        b'{"time":"2012-02-10T16:42:09+00:00","remote_addr":"192.0.2.1","request":"GET / HTTP/1.1","status":200}\n' * 2
    )

    facts = facts_of(tmp_path / "a", tmp_path / "b")

    assert (facts["parsed"], facts["peak_hour_hits"], facts["distinct_clients"]) == (5, 5, 1)


def test_days_that_begin_again_are_of_the_next_month(tmp_path: Path) -> None:
    line = b'h [%02d:%02d:00:00] "GET / HTTP/1.0" 200 1\n'
    (tmp_path / "log").write_bytes(
        b"".join(line % when for when in [(29, 23), (30, 1), (1, 0), (30, 23), (1, 1), (2, 0)])
    )

    facts = facts_of(tmp_path / "log", month="1995-09")
    reading = read_logs([tmp_path / "log"])

    assert (facts["first"], facts["last"], facts["span_days"]) == ("1995-09-29T23:00:00", "1995-10-02T00:00:00", 4)
    assert any("runs over the end of a month" in note for note in reading.notes)


def test_the_same_log_twice_is_refused(tmp_path: Path) -> None:
    log = made(tmp_path)
    (tmp_path / "copy.log").write_bytes(log.read_bytes())

    with pytest.raises(LogRefused, match=r"copy\.log: this is the same log as .*made\.log; give each log once"):
        read_logs([log, tmp_path / "copy.log"])


def test_a_dateless_log_beside_a_dated_one_needs_a_month(tmp_path: Path) -> None:
    (tmp_path / "day").write_bytes(b'h [30:00:00:00] "GET / HTTP/1.0" 200 1\n')

    with pytest.raises(LogRefused, match="say it with --month"):
        read_logs([made(tmp_path), tmp_path / "day"])
    assert facts_of(made(tmp_path), tmp_path / "day", month="2015-03")["span_days"] == 31


@pytest.mark.parametrize("month", ["1995", "1995-13", "aug", "1995-8", "0000-01", "1995-08-01"])
def test_a_month_that_is_none_is_refused(month: str, tmp_path: Path) -> None:
    with pytest.raises(LogRefused, match="YYYY-MM"):
        read_logs([made(tmp_path)], month=month)


def test_peaks_go_to_the_earliest_and_order_does_not_matter(tmp_path: Path) -> None:
    line = b'h - - [%02d/Feb/2012:%02d:00:00 +0000] "GET / HTTP/1.1" 200 1\n'
    (tmp_path / "log").write_bytes(b"".join(line % when for when in [(3, 9), (2, 7), (2, 5), (3, 1), (1, 0)]))

    facts = facts_of(tmp_path / "log")

    assert (facts["peak_day"], facts["peak_hour"], facts["first"]) == (
        "2012-02-02",
        "2012-02-01T00",
        "2012-02-01T00:00:00",
    )


def test_what_a_log_does_not_tell_is_null(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b'{"time":"2012-02-10T16:42:09","method":"GET","uri":"/","status":200}\n')

    facts = facts_of(tmp_path / "log")

    nothing = ("distinct_clients", "bytes_total", "bytes_per_hit", "rt_n", "rt_mean_s", "rt_p95_s", "rt_excl_1xx")
    assert [facts[key] for key in nothing] == [None] * len(nothing)


def test_protocol_switches_are_left_out_of_rt_excl_1xx(tmp_path: Path) -> None:
    line = b'{"time":"2012-02-10T16:42:09","request":"GET / HTTP/1.1","status":"%d","request_time":"%s"}\n'
    (tmp_path / "log").write_bytes(line % (200, b"0.010") * 3 + line % (101, b"3600.5"))

    facts = facts_of(tmp_path / "log")

    assert (facts["rt_n"], facts["rt_max_s"], facts["rt_p50_s"]) == (4, 3600.5, 0.01)
    assert facts["rt_excl_1xx"] == {"n": 3, "mean_s": 0.01, "p50_s": 0.01, "p95_s": 0.01, "p99_s": 0.01, "max_s": 0.01}
