"""A combined log made from a seed: every line different, many clients, some lines broken the way real ones are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST = 1_425_168_000  # 2015-03-01T00:00:00
_PATHS = (
    "/", "/news/{n}/", "/news/{n}/?page=2", "/blog/tags/{n}?flav=rss20", "/search/?q=term{n}&lang=en",
    "/api/v1/items/{n}", "/static/css/site.{n}.css", "/static/js/app.{n}.js", "/media/photos/{n}.jpg",
    "/media/photos/{n}_thumb.JPG", "/images/nav/{n}.png", "/favicon.ico", "/fonts/f{n}.woff2", "/files/{n}.tar.gz",
    "/feeds/{n}.xml", "/robots.txt", "/article.php;jsessionid={n}", "/download/report-{n}.pdf#top",
    "/socket.io/1/{n}", "/a.b/c{n}",
)  # fmt: skip
_AGENTS = (
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{n}.0.1700.107 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.{n} Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) {n}",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{n}.0) Gecko/20100101 Firefox/27.0",
    "UniversalFeedParser/4.2-pre-{n}-svn +http://feedparser.org/",
)
_METHODS = np.array(["GET", "GET", "GET", "GET", "GET", "GET", "GET", "POST", "HEAD", "PUT"])
_STATUS = np.array([200] * 84 + [304] * 6 + [301] * 3 + [404] * 5 + [500, 206])


def write_log(path: Path, lines: int, *, seed: int, clients: int | None = None, days: int = 7) -> None:
    """Write `lines` lines, one in a hundred malformed, from `clients` clients (by default 3 in 10 lines)."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for start in range(0, lines, 100_000):
            count = min(100_000, lines - start)
            file.write("".join(_lines(start, count, lines, clients or max(1, lines * 3 // 10), days, seed)))


def _lines(start: int, count: int, total: int, clients: int, days: int, seed: int) -> Iterator[str]:
    random = np.random.default_rng([seed, start])
    number = np.arange(start, start + count)
    # Every client comes at least once where there are lines enough; times rise, with a little disorder.
    client = np.where(number < clients, number, random.integers(0, clients, count)).tolist()
    second = _FIRST + number * (days * 86_400) // total + random.integers(-3, 4, count)
    path, agent = random.integers(0, len(_PATHS), count).tolist(), random.integers(0, len(_AGENTS), count).tolist()
    method = _METHODS[random.integers(0, _METHODS.size, count)].tolist()
    status = _STATUS[random.integers(0, _STATUS.size, count)].tolist()
    size = np.exp(random.normal(8.5, 1.8, count)).astype(np.int64).tolist()
    broken = (random.random(count) < 0.01).tolist()
    stamp = [_stamp(moment) for moment in second.tolist()]
    for i in range(count):
        n = start + i
        sent = "-" if status[i] == 304 else size[i]
        line = (
            f'{_address(client[i])} - - [{stamp[i]} +0000] "{method[i]} {_PATHS[path[i]].format(n=n)} HTTP/1.1"'
            f' {status[i]} {sent} "http://www.example.com/from/{n}" "{_AGENTS[agent[i]].format(n=n)}"'
        )
        yield (_break(line, n) if broken[i] else line) + "\n"


def _address(client: int) -> str:
    return f"198.{18 + client // 65_536}.{client // 256 % 256}.{client % 256}"


def _stamp(second: int) -> str:
    day = np.datetime64(second, "s").astype(object)
    return f"{day.day:02d}/{_MONTHS[day.month - 1]}/{day.year}:{day.hour:02d}:{day.minute:02d}:{day.second:02d}"


def _break(line: str, number: int) -> str:
    """One of five ways in which lines of real logs are broken."""
    kind = number % 5
    if kind == 0:
        return line[: 30 + number % 40]
    if kind == 1:
        return line[line.index('"') :]
    if kind == 2:
        return line.replace("/2015:", "/2015;")
    return line.replace(" +0000] ", " +0000] broken ") if kind == 3 else f"\x16\x03\x01 {number}"
