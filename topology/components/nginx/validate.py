"""Lets nginx test the whole tree of its files, and holds against the design what that test passes over."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import Stage, Verdict
from topology.components.fronting import media_folders_of
from topology.components.nginx.files import applications, servers_of
from topology.components.nginx.reader import MAIN, MEDIA, PASSES, WEB, Directive, every, parse
from topology.components.reading import seconds_of

COPY = "/run/validate-nginx.conf"
_TEST = f"""
mkdir -p /var/log/nginx /var/lib/nginx
# The namespace knows no other user than its own, so the one line that names another is tested apart.
grep -q '^user www-data;$' {MAIN} && getent passwd www-data >/dev/null || {{ echo 'user is not www-data'; exit 9; }}
sed 's/^user www-data;$/user root;/' {MAIN} >{COPY}
nginx -t -c {COPY}
"""
FILE = "static/tierwright.txt"


def check(stage: Stage) -> Verdict:
    """nginx -t without a warning: a server name that stands twice is only that, and one of the two sites is gone."""
    ran = stage.run(["sh", "-c", _TEST])
    lines = [_without_time(line) for line in ran.output.replace(COPY, MAIN).splitlines()]
    if ran.status != 0 or any(line.startswith("[warn]") for line in lines):
        return Verdict(accepted=False, says="\n".join(lines))
    own = parse(stage.read(WEB if _is_web(stage) else MEDIA))
    problem = _zero_time(own, parse(stage.read(MAIN))) or (_web_differs(stage, own) if _is_web(stage) else "")
    problem = problem or _folders_differ(stage, own)
    return Verdict(accepted=not problem, says=problem or "\n".join(lines))


def _is_web(stage: Stage) -> bool:
    return "web" in stage.placed.component.offers[stage.placed.role.name]


def _zero_time(*files: tuple[Directive, ...]) -> str:
    """A time of 0 s is taken, and every request then fails at once."""
    for item in (item for directives in files for item in every(directives)):
        if item.name.endswith("_timeout") and seconds_of(item.words[0]) == 0:
            return f"{item.name} is 0: nothing would be waited for"
    return ""


def _web_differs(stage: Stage, own: tuple[Directive, ...]) -> str:
    placed = stage.placed
    found = {item.words[0] for each in own if each.name == "upstream" for item in each.block if item.name == "server"}
    expected = {server for site in placed.cluster.sites for server in applications(placed, site)}
    if found != expected:
        return f"the applications differ from the design: {', '.join(sorted(found ^ expected))}"
    odd = set(_passes(own)) ^ set(_expected_passes(stage))
    return f"requests are passed on otherwise than the design says: {', '.join(sorted(odd))}" if odd else ""


def _passes(own: tuple[Directive, ...]) -> Iterator[str]:
    """Name, path, directive and upstream of everything that is passed on."""
    for server in (each for each in own if each.name == "server"):
        names = [word for item in server.block if item.name == "server_name" for word in item.words]
        for location in (item for item in server.block if item.name == "location"):
            for item in (item for item in location.block if item.name in PASSES):
                yield from (f"{name}{location.words[-1]} {item.name} {item.words[0]}" for name in names)


def _expected_passes(stage: Stage) -> Iterator[str]:
    for server in servers_of(stage.placed):
        for site in server["sites"]:
            for path in (site["path"], f"{site['path']}-/health"):
                yield from (f"{name}{path} {site['directive']} {site['to']}" for name in server["names"])


def _folders_differ(stage: Stage, own: tuple[Directive, ...]) -> str:
    """nginx -t does not look whether a folder is there, or whose it is."""
    found = {
        (item.words[0], inner.words[0])
        for item in every(own)
        if item.name == "location"
        for inner in item.block
        if inner.name == "alias"
    }
    expected = {(folder["url"], folder["directory"]) for folder in _folders(stage)}
    odd = ", ".join(f"{directory} at {url}" for url, directory in sorted(found - expected))
    return f"folders that are not the design's: {odd}" if odd else ""


def _folders(stage: Stage) -> Iterator[dict[str, str]]:
    if not _is_web(stage):
        yield from (folder for folders in media_folders_of(stage.placed).values() for folder in folders)
        return
    for server in servers_of(stage.placed):
        for site in server["sites"]:
            yield from site["folders"]


def _without_time(line: str) -> str:
    """A message without the time that nginx puts before it, so that two runs say the same."""
    words = line.split(" ")
    return " ".join(words[2:3] + words[4:]) if line[:2] == "20" and len(words) > 4 else line
