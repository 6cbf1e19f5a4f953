"""Lines that a log may hold although no server should write them, and logs made of a seed."""

from __future__ import annotations

from hypothesis import strategies as st

CLIENTS = [b"192.0.2.7", b"2001:db8::1", b"[2001:db8::1]", b"host.example.com", b"", b"-", b"a,", b"h\xe4st", b"x\0y"]
PREFIXES = [b"- -", b"- frank", b"- John Smith", b"-  -", b"www.example.com - -", b"- [x] -", b"-", b"", b'- "u"']
DATES = [
    b"10/Feb/2012:16:42:07 -0500", b"29/Feb/2012:00:00:00 +0000", b"29/Feb/2013:00:00:00 +0000",
    b"31/Dec/1999:23:59:60 +0130", b"31/Apr/2012:10:00:00 +0000", b"10/feb/2012:16:42:07 -0500",
    b"10/Feb/2012:24:00:00 -0500", b"10/Feb/2012:16:42:07", b"10/Feb/1969:16:42:07 -0500",
    b"1O/Feb/2012:16:42:07 -0500",
    b"01/Jan/2199:00:00:00 +0000", b"29/Feb/2000:00:00:00 -1200", b"29/Feb/2100:00:00:00 +0000",
]  # fmt: skip
REQUESTS = [
    b"GET / HTTP/1.1", b"GET /a.css?x=.png HTTP/1.0", b"get / HTTP/1.1", b"PROPFIND /dav/ HTTP/1.1", b"-", b"",
    b"GET  HTTP/1.0", b"GET /a  HTTP/1.0", b"GET /a b HTTP/1.0", b"GET /a.GIF", b"GET /x\\\"y HTTP/1.1", b"\\x16\\x03",
    b"GET http://example.com/a.png HTTP/1.1", b"GET /a\"b.js HTTP/1.1", b"HEAD /media/f HTTP/2.0", b"GET / HTTP/",
    b"GET /static/a.b/c HTTP/1.1", b"M-SEARCH * HTTP/1.1", b"GET /a.tar.gz;v=1#x HTTP/1.1", b"POST /api/ HTTP/1.1 x",
    b"GET /socket.io/1/?t=1 HTTP/1.1", b"\x16\x03\x01", b"GET /\xe4.jpg HTTP/1.1", b"DELETE /api HTTP/1.1",
    b"GET /\t HTTP/1.1",
    b"BREW /pot HTTP/1.1", b"GET /a.woff2. HTTP/1.1", b"GET /.css HTTP/1.1", b"GET /graphql HTTP/1.1",
    b"GET / HTTP/1.1 ",
]  # fmt: skip
ENDINGS = [
    b"200 368", b"304 -", b"- -", b"200 9999999999999", b"200 10000000000000", b"099 0", b"2000 1", b"200 1x", b"200",
    b"200  5", b"-1 5", b"200 -5", b"101 0",
]  # fmt: skip
TAILS = [
    b"", b" ", b' "-" "Mozilla/5.0 (compatible; Googlebot/2.1)"', b' "-" "curl"', b' "a\\"b" "x SPIDER"',
    b' "-" "cut off bo',
    b' "-" "ua" "-" 0.057', b' "-" "ua" "-" -', b' "-" "ua" "-" 57000', b' "-" "ua" "-" "0.25"',
    b' "-" "ua" "-" rt=1.5',
    b' "-" "ua" "-" 0.0123456789', b' "-" "ua"x 1', b"  x", b' "\x01" "Crawler\t"', b' "-" - "-" 1.', b' "-" "" "" .5',
    b' "-" "ua" "-" 1234567890123', b' "-" "Slurp\xff"', b' "-" bot "-" 3', b' "-" "ua" "-" 999999999999.999999',
]  # fmt: skip
STARTS = [b"", b"\0\0\0", b"\xef\xbb\xbf", b" ", b"\t"]

_line = st.builds(
    lambda start, client, prefix, date, request, ending, tail, cr: (
        start + client + b" " + prefix + b" [" + date + b'] "' + request + b'" ' + ending + tail + cr
    ),
    st.sampled_from(STARTS), st.sampled_from(CLIENTS), st.sampled_from(PREFIXES), st.sampled_from(DATES),
    st.sampled_from(REQUESTS), st.sampled_from(ENDINGS), st.sampled_from(TAILS), st.sampled_from([b"", b"\r", b"\r\r"]),
)  # fmt: skip
_good = st.builds(
    lambda client, prefix, date, request, ending, tail: (
        client + b" " + prefix + b" [" + date + b'] "' + request + b'" ' + ending + tail
    ),
    st.sampled_from(CLIENTS[:6]), st.sampled_from(PREFIXES[:3]), st.sampled_from(DATES[:2]),
    st.sampled_from(REQUESTS), st.sampled_from(ENDINGS[:2]), st.sampled_from(TAILS),
)  # fmt: skip


def _mangle(line: bytes, place: int, byte: int, how: int) -> bytes:
    """Cut, insert or replace somewhere in the line."""
    place %= len(line) + 1
    if how == 0:
        return line[:place]
    if how == 1:
        return line[:place] + bytes([byte]) + line[place:]
    return line[:place] + bytes([byte]) + line[place + 1 :]


_mangled = st.builds(_mangle, _good, st.integers(0, 400), st.integers(0, 255), st.integers(0, 2))

lines = st.one_of(_good, _line, _mangled, st.binary(max_size=120)).map(lambda line: line.replace(b"\n", b" "))
"""Lines of common and combined logs: whole, broken, and of no sense at all."""
