"""Starts pgpool with the files, and looks itself for what it takes without a word: a key that it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topology.components.base import Stage, Verdict
from topology.components.pgpool.files import (
    ACCESS,
    CONFIG,
    DROP_IN,
    KEY,
    PASSWORDS,
    UNIT,
    backends_of,
    listens_on,
    mode_of,
)
from topology.components.pgpool.settings import size
from topology.components.reading import read_assignments

SAMPLE = "/usr/share/pgpool2/pgpool.conf"
"""The package's own file, which names every key."""
_START = """
mkdir -p /run/postgresql /var/log/postgresql
# The host's own address is not there; whether the file names it is looked at beside.
sed "s/^listen_addresses = .*/listen_addresses = '127.0.0.1'/" "$1" >/run/validate-pgpool.conf
timeout --preserve-status 2 pgpool -n -D -f /run/validate-pgpool.conf -a "$2" -F /etc/pgpool2/pcp.conf 2>&1
"""
_UNIT = """
mkdir -p /run/validate-units/pgpool2.service.d && cd /run/validate-units || exit 3
cp /usr/lib/systemd/system/pgpool2.service . && cp "$1" pgpool2.service.d/ || exit 3
systemd-analyze verify ./pgpool2.service
"""
_COMPLAINT = re.compile(r"(FATAL|ERROR|WARNING|PANIC): .*|.*(syntax error|invalid entry|not parsed|unrecognized).*")
_LINE = re.compile(r"[a-z_0-9]+ = ('[^']*'|[\w.-]+)")
_EVERYBODY = re.compile(r"^\s*host\w*\s+\S+\s+\S+\s+(all|samenet|\S+/0)\s|\strust\s*$", re.MULTILINE)


def check(stage: Stage) -> Verdict:
    """It must start, know every key, have every backend, and let nobody else in."""
    stage.scaffold(KEY, "throw-away\n", mode=0o600)
    stage.scaffold(PASSWORDS, "")
    problems = [*_unknown(stage), *_differing(stage), *_told(stage)]
    if problems:
        return Verdict(accepted=False, says="\n".join(dict.fromkeys(problems)))
    return Verdict(accepted=True, says="pgpool starts with these files, knows every key, and has the design's servers")


def _unknown(stage: Stage) -> Iterator[str]:
    sample = stage.run(["cat", SAMPLE]).output
    known = {_numberless(name) for name in re.findall(r"^ *#? *([a-z_0-9]+) *=", sample, re.MULTILINE)}
    for line in stage.read(CONFIG).splitlines():
        name, _, _ = line.partition(" = ")
        if line.startswith("#") or not line.strip():
            continue
        if not _LINE.fullmatch(line):
            yield f"pgpool does not read this line as it is meant: {line.strip()}"
        elif _numberless(name) not in known:
            yield f"pgpool has no key {name}, and passes over it"


def _numberless(name: str) -> str:
    return re.sub(r"\d+$", "", name)


def _differing(stage: Stage) -> Iterator[str]:
    said, placed = read_assignments(stage.read(CONFIG)), stage.placed
    wanted = {
        "backend_clustering_mode": mode_of(placed),
        "listen_addresses": listens_on(placed),
        "num_init_children": str(size(placed)["num_init_children"]),
        "max_pool": str(size(placed)["max_pool"]),
        "enable_pool_hba": "on",
        "allow_clear_text_frontend_auth": "off",
    }
    for number, backend in enumerate(backends_of(placed)):
        wanted[f"backend_hostname{number}"] = backend.address
        wanted[f"backend_weight{number}"] = str(backend.weight)
    for name, value in wanted.items():
        if said.get(name) != value:
            yield f"{name} is {said.get(name, 'not set')}, and the design has {value}"
    everybody = _EVERYBODY.search(stage.read(ACCESS))
    if everybody:
        yield f"pool_hba.conf lets everybody in: {everybody.group().strip()}"


def _told(stage: Stage) -> Iterator[str]:
    """What pgpool and systemd complain of; that the servers are not reached is no complaint."""
    ran = stage.run(["sh", "-c", _START, "pgpool", CONFIG, ACCESS])
    for line in ran.output.splitlines():
        said = re.sub(r"^\d{4}-\d\d-\d\d [\d:.]+: \S+ pid \d+: ", "", line)
        if _COMPLAINT.fullmatch(said) and "All the DB nodes are in down status" not in said:
            yield said
    if "find_primary_node" not in ran.output and "successfully started" not in ran.output:
        yield f"pgpool did not start: {ran.output.strip()[-500:]}"
    unit = stage.run(["sh", "-c", _UNIT, UNIT, DROP_IN])
    yield from (line for line in unit.output.splitlines() if "tierwright.conf" in line)
