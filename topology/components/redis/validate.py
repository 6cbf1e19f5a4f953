"""Starts Redis with its file and asks it what it understood; it takes a cache without a limit without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.components.base import Placed, Stage, Verdict
from topology.components.booting import CHECK_SECONDS
from topology.components.redis.files import PASSWORD, PATH, bound_to
from topology.components.redis.settings import REPLICA, is_persistent, size, the_primary_of

WORD = "throw-away"
ASKED = ("bind", "port", "protected-mode", "maxclients", "maxmemory", "maxmemory-policy", "appendonly", "replicaof")
_SCRIPT = """
port=$1 address=$2; shift 2
ip address add "$address/32" dev lo 2>/dev/null
mkdir -p /run/validate/data && cd /run/validate || exit 3
redis-server /etc/redis/redis.conf --daemonize no --supervised no --dir /run/validate/data \
    --logfile /run/validate/said --pidfile '' >/run/validate/first 2>&1 &
server=$! REDISCLI_AUTH=throw-away && export REDISCLI_AUTH
for try in $(seq 600); do
    kill -0 "$server" 2>/dev/null || { cat first said 2>/dev/null; exit 4; }
    [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ] && break
    sleep 0.1
done
redis-cli -p "$port" config get "$@"
kill "$server"; wait "$server" 2>/dev/null
exit 0
"""


def scaffold(stage: Stage) -> None:
    """A throw-away password in the place of the one that is made by hand."""
    stage.scaffold(PASSWORD, f"requirepass {WORD}\nmasterauth {WORD}\n")


def check(stage: Stage) -> Verdict:
    """It must start, and have understood what the design says."""
    placed, sized = stage.placed, size(stage.placed)
    scaffold(stage)
    names = [word for name in ASKED for word in (name,)]
    ran = stage.run(
        ["sh", "-c", _SCRIPT, "redis", str(sized["port"]), placed.host.address, *names], seconds=CHECK_SECONDS
    )
    if ran.status != 0:
        return Verdict(accepted=False, says=_telling(ran.output) or "Redis did not start with this file")
    lines = ran.output.splitlines()
    problems = list(_differing(placed, dict(zip(lines[::2], lines[1::2], strict=False))))
    if problems or f"include {PASSWORD}" not in stage.read(PATH):
        return Verdict(accepted=False, says="; ".join(problems) or f"{PATH} does not read {PASSWORD}")
    return Verdict(accepted=True, says="Redis starts with this file and has the design's values")


def _differing(placed: Placed, said: Mapping[str, str]) -> Iterator[str]:
    for name, expected in _expected(placed).items():
        if said.get(name, "") != expected:
            yield f"Redis understood {name} as {said.get(name, '')!r}, not {expected!r}"


def _expected(placed: Placed) -> Mapping[str, str]:
    sized = size(placed)
    primary = the_primary_of(placed) if placed.role.name == REPLICA else None
    return {
        "bind": " ".join(bound_to(placed)),
        "port": str(sized["port"]),
        "protected-mode": "yes",
        "maxclients": str(sized["max_clients"]),
        "maxmemory": str(sized["memory_mib"] * 1024 * 1024),
        "maxmemory-policy": sized["eviction"],
        "appendonly": "yes" if is_persistent(sized) else "no",
        "replicaof": f"{primary.host.address} {size(primary)['port']}" if primary else "",
    }


def _telling(output: str) -> str:
    """What Redis complained of, without times and process numbers."""
    marks = ("***", "#", ">>>", "Bad ", "Unknown ", "Can't ", "Invalid ")
    lines = (line.partition(" # ")[2] or line for line in output.splitlines())
    return "\n".join(line for line in lines if line.startswith((*marks, "'")) or "argument" in line)
