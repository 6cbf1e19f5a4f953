"""Each format reads its own lines to the letter, says of others what they are, and survives anything."""
# ruff: noqa: E501 - lines of logs are long

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.intake import answer_of, facts_document, read_logs, workload_of
from topology.intake.format import Format
from topology.intake.formats import common
from topology.intake.hits import DASH, NO_STATUS, NOT_LOGGED, Hit, Miss
from topology.intake.reading import all_formats, clean
from topology.intake.requests import API, HELD, IN_FACTS, MEDIA, PAGE, STATIC, TEXT, traits_of

FORMATS = {known.name: known for known in all_formats()}
AT = 1_328_892_127  # 2012-02-10T16:42:07 by any clock
HA = (
    b"Feb 10 16:42:07 lb haproxy[9]: 192.0.2.1:5508 [10/Feb/2012:16:42:07.584] in~ out/s1 0/0/0/72/%s %s 7456 - - ---- "
)
UWSGI = (
    b"[pid: 7|app: 0|req: 1/2] 192.0.2.1 () {38 vars in 654 bytes} [Fri Feb 10 16:42:07 2012] GET /a.css"
    b" => generated 47 bytes in %s (HTTP/1.1 200) 2 headers in 88 bytes (1 switches on core 0)"
)
ALB = b'https 2012-02-10T16:42:07.1Z app/lb/1 192.0.2.1:99 10.0.0.1:80 %s 200 200 225 24950 "GET https://e.com:443/a HTTP/1.1" "Googlebot" c T'
CLF = b'192.0.2.1 - - [10/Feb/2012:16:42:07 -0500] "GET /a HTTP/1.1" 200 5'


def read(name: str, line: bytes, *before: bytes) -> Hit | Miss:
    reader = FORMATS[name].open([*before, line]).line
    for earlier in before:
        reader(earlier)
    return reader(line)


@pytest.mark.parametrize(
    ("name", "line", "client", "method", "status", "size", "micros"),
    [
        ("common", CLF, b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("common", b"2001:db8::1" + CLF[9:], b"2001:db8::1", "GET", 200, 5, NOT_LOGGED),
        ("common", CLF[9:], b"", "GET", 200, 5, NOT_LOGGED),
        ("common", b"www.example.com:80 " + CLF, b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("common", CLF.replace(b"- - [", b"- John Smith ["), b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("common", b"Feb 10 16:42:07 web nginx: " + CLF, b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("common", CLF.replace(b" - -", b", 198.51.100.1 - -", 1), b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("common", CLF.replace(b"200 5", b"- -"), b"192.0.2.1", "GET", NO_STATUS, DASH, NOT_LOGGED),
        ("common", CLF.replace(b"GET /a HTTP/1.1", b"-").replace(b"200", b"408"), b"192.0.2.1", "", 408, 5, NOT_LOGGED),
        ("common", CLF.replace(b"/a ", b'/\\" 404 9 \\"x '), b"192.0.2.1", "", 200, 5, NOT_LOGGED),
        ("common", CLF.replace(b"/a ", b'/a"b '), b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("common", CLF + b' "-" "ua" "-" 0.057', b"192.0.2.1", "GET", 200, 5, 57_000),
        ("common", CLF + b' "-" "ua" rt=1.25 uct="0.001"', b"192.0.2.1", "GET", 200, 5, 1_250_000),
        ("common", CLF + b' "-" "ua" 528 1312', b"192.0.2.1", "GET", 200, 5, NOT_LOGGED),
        ("epa", b'h.gov [30:00:00:07] "GET / HTTP/1.0" 200 -', b"h.gov", "GET", 200, DASH, NOT_LOGGED),
        ("haproxy", HA % (b"72", b"200") + b'5/4/0/1/0 0/0 "POST /u/ HTTP/1.1"', b"192.0.2.1", "POST", 200, 7456, 72_000),
        ("haproxy", HA % (b"+7", b"302") + b'5/4/0/1/+2 0/0 {a|b} {} "GET / HTTP/1.1', b"192.0.2.1", "GET", 302, 7456, 7000),
        ("haproxy", HA % (b"-1", b"-1") + b'5/4/0/1/0 0/0 "<BADREQ>"', b"192.0.2.1", "", NO_STATUS, 7456, DASH),
        ("uwsgi", UWSGI % b"129 msecs", b"192.0.2.1", "GET", 200, 47, 129_000),
        ("uwsgi", b"printed" + UWSGI % b"68 micros via sendfile()", b"192.0.2.1", "GET", 200, 47, 68),
        ("load_balancer", ALB % b"0.001 0.102 0.000", b"192.0.2.1", "GET", 200, 24950, 103_000),
        ("load_balancer", ALB[6:] % b"-1 -1 -1", b"192.0.2.1", "GET", 200, 24950, DASH),
        ("json", b'{"time":"2012-02-10T16:42:07+01:00","method":"GET","uri":"/a b","status":200}', None, "", 200, -2, -2),
        ("json", b'{"ts":1328892127.9,"request":{"remote_ip":"192.0.2.1","method":"GET","uri":"/"},"duration":0.0013,'
                 b'"size":3609,"status":200}', b"192.0.2.1", "GET", 200, 3609, 1300),
        ("json", b'{"StartUTC":"2012-02-10T16:42:07.7Z","ClientHost":"192.0.2.1","RequestMethod":"GET","RequestPath":"/",'
                 b'"DownstreamStatus":504,"Duration":10002425284,"DownstreamContentSize":15}',
         b"192.0.2.1", "GET", 504, 15, 10_002_425),
        ("json", b'{"time_local":"10/Feb/2012:16:42:07 -0500","request":"GET /\\x22 HTTP/1.1","status":"200",'
                 b'"request_time":"0.002"}', None, "GET", 200, -2, 2000),
        ("json", b'caddy | {"msec":"1328892127.123","verb":"PUT","path":"/\xff","code":201,"bytes":"-","latency":"-"}',
         None, "PUT", 201, DASH, DASH),
        ("ltsv", b"time:10/Feb/2012:16:42:07 -0500\thost:192.0.2.1\treq:GET / HTTP/1.1\tstatus:200\tsize:12\tapptime:0.057",
         b"192.0.2.1", "GET", 200, 12, 57_000),
        ("ltsv", b"time:[10/Feb/2012:16:42:07 -0500]\tmethod:GET\turi:/\tstatus:200\treqtime_microsec:1500",
         None, "GET", 200, -2, 1500),
    ],
)  # fmt: skip
def test_a_line_is_read_to_the_letter(
    name: str, line: bytes, client: bytes | None, method: str, status: int, size: int, micros: int
) -> None:
    hit = read(name, line)

    assert isinstance(hit, Hit)
    assert hit.second in (AT, 29 * 86_400 + 7)
    assert (hit.client, hit.request.method, hit.status, hit.size, hit.micros) == (client, method, status, size, micros)


W3C_FIELDS = b"#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status sc-bytes time-taken"


@pytest.mark.parametrize(
    ("software", "taken", "micros"),
    [(b"#Software: Microsoft Internet Information Services 10.0", b"1687", 1_687_000), (b"#Version: 1.0", b"0.25", 250_000),
     (b"#Version: 1.0", b"1687", NOT_LOGGED)],
)  # fmt: skip
def test_w3c_lines_follow_their_fields(software: bytes, taken: bytes, micros: int) -> None:
    line = b"2012-02-10 16:42:07 GET /a.css 192.0.2.1 Mozilla/5.0+(bot) 200 27028 " + taken

    hit = read("w3c", line, software, W3C_FIELDS)

    assert isinstance(hit, Hit)
    assert (hit.second, hit.client, hit.status, hit.size, hit.micros, hit.bot) == (
        AT, b"192.0.2.1", 200, 27028, micros, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "line", "miss"),
    [
        ("common", b"uplherc.upl.com - - [01/Aug/1995:00:00:44 -0400] \"GET /shuttle", Miss.FAILED),
        ("common", CLF.replace(b"10/Feb", b"31/Feb"), Miss.FAILED),
        ("common", CLF.replace(b"200 5", b"200"), Miss.FAILED),
        ("common", b"[2018-07-28 11:38:30 -0700] [41] [INFO] Booting worker with pid: 41", Miss.OTHER),
        ("uwsgi", b"*** Starting uWSGI 2.0.15 (64bit) ***", Miss.OTHER),
        ("uwsgi", b"[pid: 7|app: 0|req: 1/2] 192.0.2.1 () {38 vars", Miss.FAILED),
        ("haproxy", b"Feb 25 16:19:38 lb haproxy[1]: Proxy in started.", Miss.OTHER),
        ("haproxy", HA % (b"72", b"200"), Miss.FAILED),
        ("load_balancer", (ALB % b"0.1 0.1 0.1").replace(b"200 200", b"- -").replace(b"GET https://e.com:443/a HTTP/1.1", b"- - - "), Miss.OTHER),
        ("load_balancer", ALB % b"0.1 0.1", Miss.FAILED),
        ("json", b'{"level":"info","msg":"started"}', Miss.OTHER),
        ("json", b'{"time":"yesterday","request":"GET / HTTP/1.1","status":200}', Miss.FAILED),
        ("json", b'{"time":"2012-02-10T16:42:07', Miss.FAILED),
        ("json", b"{" * 5000, Miss.FAILED),
        ("json", b'{"ts":1e999,"request":"GET / HTTP/1.1","status":' + b"9" * 5000 + b"}", Miss.FAILED),
        ("json", b'{"ts":-' + b"9" * 4000 + b',"request":"GET / HTTP/1.1","status":200}', Miss.FAILED),
        ("ltsv", b"time:now\thost:h\tstatus:200", Miss.FAILED),
        ("w3c", b"2012-02-10 16:42:07 GET / 192.0.2.1 ua 200 1 1", Miss.OTHER),
    ],
)  # fmt: skip
def test_a_line_that_gives_no_request_says_why(name: str, line: bytes, miss: Miss) -> None:
    assert read(name, line) is miss


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_line_breaks_a_reader(name: str, data: st.DataObject) -> None:
    good = data.draw(
        st.sampled_from([CLF, HA, UWSGI, ALB, W3C_FIELDS, b'{"ts":1,"uri":"/","status":200}', b"a:b\tc:d\te:f"])
    )
    cut, extra = data.draw(st.integers(0, len(good))), data.draw(st.binary(max_size=40))
    line = clean((good[:cut] + extra + good[cut:]).replace(b"\n", b""))

    assert isinstance(read(name, line, W3C_FIELDS), Hit | Miss)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "piece", [b"x", b":1 [", b'"', b"\\", b"[pid: 1|app: ", b'{"a":', b" [", b"\t", b"a:b\t", b'"a" ', b" => generated ", b"- "]
)  # fmt: skip
def test_long_lines_of_one_piece_take_linear_time(name: str, piece: bytes) -> None:
    """Quadratic patterns would keep this busy for minutes."""
    line = piece * (200_000 // len(piece))

    for start in (b"", CLF, HA, UWSGI[:90], ALB[:60]):
        assert isinstance(read(name, start + line, W3C_FIELDS), Hit | Miss)


@pytest.mark.parametrize(
    ("path", "traits"),
    [
        (b"/", PAGE), (b"/a.css", STATIC | IN_FACTS), (b"/a.JPG?x=.css", MEDIA | IN_FACTS), (b"/robots.txt", STATIC | IN_FACTS | TEXT),
        (b"/a.tar.gz#top", MEDIA | IN_FACTS), (b"/a.css/b", PAGE), (b"/a.php;x=.gif", PAGE), (b"/static/a/", STATIC), (b"/media/x", MEDIA),
        (b"/api/v1/?format=json", API), (b"/socket.io/1/", API | HELD), (b"/a.webmanifest", PAGE), (b"/.css", STATIC | IN_FACTS),
        (b"http://e.com/a.png", MEDIA | IN_FACTS), (b"http://e.zip", PAGE), (b"", PAGE), (b"*", PAGE), (b"/api", PAGE), (b"/a.", PAGE),
    ],
)  # fmt: skip
def test_kinds_of_paths(path: bytes, traits: int) -> None:
    assert traits_of(path) == traits


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([57_000, 1200, 90_000] * 20, 1), ([0, 0, 0, 1, 0, 2, 0, 0, 0, 1] * 5, 1_000_000), ([35, 120, 80, 240] * 20, None),
        ([57_000], None), ([0] * 50 + [9000], None),
    ],
)  # fmt: skip
def test_the_unit_of_whole_numbers_is_told_by_their_size_or_not_at_all(values: list[int], unit: int | None) -> None:
    assert common.unit_of(values) == unit


@pytest.mark.parametrize(("number", "mean", "note"), [(b"57000", 57.0, "microseconds"), (b"35", None, "left out")])
def test_whole_numbers_at_the_end_are_times_only_where_their_unit_is_clear(
    number: bytes, mean: float | None, note: str, tmp_path: Path
) -> None:
    (tmp_path / "log").write_bytes((CLF + b' "-" "ua" ' + number + b"\n") * 30)

    answer = answer_of(read_logs([tmp_path / "log"]))

    times = answer["workload"]["classes"]["page"].get("response_ms")
    assert (times and times["mean"]) == mean
    assert any(note in sentence for sentence in answer["notes"])


@pytest.mark.parametrize("number", ["9" * 4000, "-1", "1e400", "true", "[]", "{}", '"9e9"', "null", "0.5"])
def test_odd_numbers_in_json_are_no_fault(number: str) -> None:
    line = '{"ts":1,"request":"GET / HTTP/1.1","status":200,"size":%s,"duration":%s,"remote_addr":%s,"ua":%s}'

    hit = read("json", (line % (number, number, number, number)).encode())

    assert isinstance(hit, Hit)
    assert (hit.status, hit.micros) == (200, {"0.5": 500_000, "null": NOT_LOGGED}.get(number, DASH))


def test_every_format_is_found_by_itself() -> None:
    assert set(FORMATS) == {"common", "epa", "haproxy", "json", "load_balancer", "ltsv", "uwsgi", "w3c"}
    assert all(isinstance(known, Format) for known in FORMATS.values())


def test_a_log_of_two_kinds_is_read_as_the_one_it_mostly_is(tmp_path: Path) -> None:
    """The same request in the proxy's and in the application's words must not count twice."""
    (tmp_path / "log").write_bytes(
        b"".join(CLF + b"\n" + (UWSGI % b"1 msecs") + b"\n" + CLF + b"\n" for _ in range(20))
    )

    facts = facts_document(read_logs([tmp_path / "log"]))

    assert (facts["parsed"], facts["failed"]) == (40, 20)


def test_a_hostile_log_makes_no_more_than_a_hundred_methods(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(
        b"".join(
            CLF.replace(b"GET", b"M" * (1 + n % 20) + b"ABCDEFGHIJ"[n // 20 : n // 20 + 1]) + b"\n" for n in range(200)
        )
    )

    reading = read_logs([tmp_path / "log"])

    assert len(reading.tally.method_counts) <= 100
    assert sum(reading.tally.method_counts.values()) == 200
    assert workload_of(reading).source is not None
