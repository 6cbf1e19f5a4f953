"""Pages worth caching: exact counts on small logs, bounds on huge ones, and nothing of anybody in a path."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.intake import LogReading, answer_of, fast, pages, read_logs, workload_of
from topology.intake.hits import Batch, page_number
from topology.intake.masking import folded
from topology.intake.pages import Pages

LINE = '198.51.100.%d - - [10/Feb/2012:%02d:%02d:%02d +0000] "%s %s HTTP/1.1" %d %d "-" "Firefox"\n'


def log(path: Path, hits: list[tuple[int, str]], *, method: str = "GET", status: int = 200, size: int = 100) -> Path:
    lines = (
        LINE % (n % 7, second // 3600, second // 60 % 60, second % 60, method, uri, status, size)
        for n, (second, uri) in enumerate(hits)
    )
    path.write_text("".join(lines))
    return path


def batch(numbers: list[int], seconds: list[int]) -> Batch:
    size = len(numbers)
    return Batch(
        second=np.array(seconds, dtype=np.int64),
        client=np.arange(size, dtype=np.uint64),
        status=np.full(size, 200, dtype=np.int16),
        size=np.full(size, 10, dtype=np.int64),
        micros=np.full(size, 2000, dtype=np.int64),
        traits=np.zeros(size, dtype=np.uint8),
        method=np.ones(size, dtype=np.uint8),
        whole=np.ones(size, dtype=np.bool_),
        page=np.array(numbers, dtype=np.uint64),
        path_of=lambda number, row: b"/p%d" % (number >> 24),
    )


def test_a_page_asked_for_often_would_miss_once_in_each_minute(tmp_path: Path) -> None:
    """Ten minutes with 30 requests each: ten misses of 300."""
    often = [(minute * 60 + n * 2, "/?q=1" if n % 2 else "/") for minute in range(10) for n in range(30)]
    seldom = [(n * 120, "/about/") for n in range(20)]

    found = answer_of(read_logs([log(tmp_path / "log", often + seldom)]))["worth_caching"]

    assert found == [
        {
            "path": "/", "kind": "page", "hits": 300, "hours": 1, "pages": 1, "would_hit_share": round(290 / 300, 4),
            "saves_cpu_share": round(290 / 320, 4), "bytes": 30_000,
        }
    ]  # fmt: skip


def test_a_longer_time_in_the_cache_saves_more(tmp_path: Path) -> None:
    path = log(tmp_path / "log", [(n * 30, "/") for n in range(240)])

    shares = [
        answer_of(read_logs([path], cache_seconds=keep))["worth_caching"][0]["would_hit_share"]
        for keep in (60, 600, 7200)
    ]

    assert shares == [0.5, round(1 - 12 / 240, 4), round(1 - 1 / 240, 4)]


def test_ids_fold_into_one_page_yet_each_misses_for_itself(tmp_path: Path) -> None:
    hits = [(minute * 60 + n, f"/users/{n % 5}1234/profile/") for minute in range(6) for n in range(20)]

    (found,) = answer_of(read_logs([log(tmp_path / "log", hits)]))["worth_caching"]

    assert (found["path"], found["pages"], found["hits"]) == ("/users/…/profile/", 5, 120)
    assert found["would_hit_share"] == round(1 - 30 / 120, 4)


@pytest.mark.parametrize(("method", "status"), [("POST", 200), ("GET", 404), ("GET", 302), ("HEAD", 200)])
def test_only_answers_that_can_be_kept_count(method: str, status: int, tmp_path: Path) -> None:
    path = log(tmp_path / "log", [(n, "/") for n in range(100)], method=method, status=status)

    assert answer_of(read_logs([path]))["worth_caching"] == []


def test_a_page_of_one_client_or_of_few_requests_is_not_shown(tmp_path: Path) -> None:
    lines = [LINE % (7, 10, 0, n % 60, "GET", "/mine/", 200, 1) for n in range(50)]
    lines += [LINE % (n, 10, 0, n, "GET", "/ours/", 200, 1) for n in range(50)]
    lines += [LINE % (n, 10, 0, n, "GET", "/nine/", 200, 1) for n in range(9)]
    (tmp_path / "log").write_text("".join(lines))

    assert [item["path"] for item in answer_of(read_logs([tmp_path / "log"]))["worth_caching"]] == ["/ours/"]


def test_where_the_log_has_times_work_is_measured(tmp_path: Path) -> None:
    """The slow page takes 90 % of the time with a tenth of the requests; a held one of 20 s counts for nothing."""
    line = (
        '{"time":"2012-02-10T10:%02d:%02d","remote_addr":"192.0.2.%d","request":"GET %s HTTP/1.1","status":200,'
        '"bytes":5,"request_time":%s}\n'
    )
    rows = [(n, "/slow/", 0.81) if n % 10 == 0 else (n, "/fast/", 0.01) for n in range(600)]
    rows += [(n, "/wait/", 20.0) for n in range(40)]
    (tmp_path / "log").write_text("".join(line % (n // 60, n % 60, n % 9, uri, taken) for n, uri, taken in rows))

    found = {item["path"]: item for item in answer_of(read_logs([tmp_path / "log"]))["worth_caching"]}

    assert found["/slow/"]["saves_cpu_share"] == pytest.approx(0.9 * (1 - 10 / 60), abs=1e-3)
    assert found["/fast/"]["saves_cpu_share"] == pytest.approx(0.1 * (1 - 10 / 540), abs=1e-3)
    assert "/wait/" not in found


def test_both_readers_and_any_order_of_logs_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(9)
    uris = [f"/blog/{'ab'[n % 2]}{'cdefghijklmnopq'[n // 2 % 15]}{n // 30}/" for n in range(60)] + [
        "/",
        "/a b",
        "/é/",
        "/x.css",
        "/api/v1/",
        "//",
        "/%3Cscript%3E",
    ]
    weights = [1 / (n + 1) for n in range(len(uris))]
    parts = [
        log(tmp_path / f"log{part}", sorted(zip(draw.choices(range(7200), k=3000), draw.choices(uris, weights, k=3000),
                                                strict=True)))
        for part in range(2)
    ]  # fmt: skip

    def told(logs: list[Path]) -> tuple[object, object]:
        answer = answer_of(read_logs(logs))
        return answer["worth_caching"], answer["workload"]

    plain = told(parts)
    monkeypatch.setattr(fast, "WORTHWHILE_BYTES", 1)
    assert fast.scanner() is not None
    assert told(parts) == plain == told(parts[::-1])
    assert len(plain[0]) == 20  # type: ignore[arg-type]


def test_popularity_and_the_number_of_pages_go_into_the_workload(tmp_path: Path) -> None:
    draw = random.Random(4)
    uris = draw.choices([f"/p{n}" for n in range(400)], [(n + 1) ** -0.9 for n in range(400)], k=20_000)

    found = workload_of(read_logs([log(tmp_path / "log", [(n // 3 % 7200, uri) for n, uri in enumerate(uris)])]))

    assert found.popularity is not None
    assert found.popularity.low <= 0.9 <= found.popularity.high  # type: ignore[union-attr]
    assert found.distinct_pages is not None
    assert found.distinct_pages.low == len(set(uris))  # type: ignore[union-attr]
    assert found.distinct_pages.high >= 395  # type: ignore[union-attr]


def test_a_million_different_pages_keep_memory_bounded_and_the_wanted_ones_right() -> None:
    """Forty blocks of 25,000 pages that never come again, and ten that come in each block 50 times."""
    counted = Pages()
    wanted = [page_number(b"/wanted/%d" % n) for n in range(10)]
    rng = np.random.default_rng(6)
    for block in range(40):
        strangers = (rng.integers(1, 2**40, 25_000, dtype=np.uint64) << np.uint64(24)).tolist()
        numbers = strangers + wanted * 50
        counted.add(batch(numbers, [block * 60] * len(numbers)))

    found = counted.counts()

    assert found.number.size <= 2 * pages.MOST_PAGES
    assert len(counted.texts) <= 4 * pages.MOST_PAGES
    assert found.distinct == pytest.approx(1_000_010, rel=0.03)
    assert found.dropped >= 1
    for number in wanted:
        place = int(np.searchsorted(found.number, np.uint64(number)))
        assert (int(found.number[place]), int(found.hits[place])) == (number, 2000)
        assert found.windows[place] == pytest.approx(40, rel=0.5)


def test_when_pairs_are_sampled_the_windows_are_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAIRS", 4000)
    number, counted = page_number(b"/"), Pages()
    others = [page_number(b"/%d" % n) for n in range(50)]
    for minute in range(2000):
        counted.add(batch([number] * 5 + [others[minute % 50]] * 5, [minute * 60] * 10))
        counted.add(batch(others[:10], [minute * 60 + n for n in range(10)]))

    found = counted.counts()

    assert found.sampled > 1
    place = int(np.searchsorted(found.number, np.uint64(number)))
    assert found.windows[place] == pytest.approx(2000, rel=0.15)
    assert found.hits[place] == 10_000


# --- Paths -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"/", "/"), (b"", "/"), (b"/blog/2012/02/10/how-to-scale-django/", "/blog/2012/02/10/how-to-scale-django/"),
        (b"/twiki/bin/view/Main/WebHome", "/twiki/bin/view/Main/WebHome"), (b"/index2.php", "/index2.php"),
        (b"/users/17/", "/users/…/"), (b"/order/4711-09/pdf", "/order/…/pdf"), (b"/page/2/", "/page/…/"),
        (b"/api/dashboard/VTQ9-HPTBq/ping", "/api/dashboard/…/ping"), (b"/d/VVOPGvGtOO", "/d/…"),
        (b"/u/9f86d081884c7d659a2feaa0c55ad015", "/u/…"), (b"/~frank/", "/…/"), (b"/to/anna@example.com", "/to/…"),
        (b"/x/550e8400-e29b-41d4-a716-446655440000/y", "/x/…/y"), (b"/s/<script>alert(1)</script>", "/s/…/…"),
        (b"/\xd0\xbf\xd1\x80", "/…"), (b"/a%20b/c", "/…/c"), (b"/" + b"a/" * 30, "/" + "a/" * 9 + "…"),
        (b"/" + b"word-" * 30 + b"word", "/…"), (b"//x//", "//x//"), (b"/2012/13-x/7/", "/2012/…/…/"),
    ],
)  # fmt: skip
def test_a_path_keeps_words_and_dates_and_nothing_else(path: bytes, shown: str) -> None:
    assert folded(path) == shown


@given(st.binary(max_size=300))
def test_whatever_a_path_holds_what_is_shown_is_plain(path: bytes) -> None:
    shown = folded(path)

    assert len(shown) <= 700
    assert not set(shown) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.+…")


@pytest.mark.parametrize("name", ["thedash_nginx_json_part1.jsonl", "nasa_aug95_1930_broken_clf.log",
                                  "logstalgia_example_combined.log"])  # fmt: skip
def test_the_real_logs_have_the_hits_and_windows_that_a_plain_count_finds(
    name: str, data_dir: Path | None, tmp_path: Path
) -> None:
    if data_dir is None:
        path = log(tmp_path / name, [(n * 7 % 7000, f"/p{n % 3}") for n in range(1000)])
    else:
        path = data_dir / "logs" / name
    reading = read_logs([path])
    found = {item["path"]: item for item in answer_of(reading)["worth_caching"]}

    hits, windows = _counted_plainly(reading, path)

    alone = [path for path, item in found.items() if item["pages"] == 1 and "…" not in path]
    assert len(alone) >= 3
    for shown in alone:
        assert found[shown]["hits"] == hits[shown]
        assert found[shown]["would_hit_share"] == round(1 - windows[shown] / hits[shown], 4)


def _counted_plainly(reading: LogReading, path: Path) -> tuple[Counter[str], Counter[str]]:
    """Requests and minutes of each path, read line by line by the format's own reader."""
    from topology.intake.hits import Hit
    from topology.intake.reading import _recognise, clean
    from topology.intake.requests import is_cacheable
    from topology.intake.sources import log_of

    lines = [clean(line) for line in path.read_bytes().split(b"\n")]
    read = _recognise(log_of(path), [line for line in lines if line.strip()]).line
    found = [hit for line in lines if line.strip() and isinstance(hit := read(line), Hit)]
    kept = [hit for hit in found if is_cacheable(hit.request.method, hit.status, hit.request.traits)]
    asked = [(hit.request.path.decode("ascii", "replace"), hit.second // 60) for hit in kept]
    assert len(found) == reading.tally.parsed
    return Counter(path for path, _ in asked), Counter(path for path, _ in set(asked))
