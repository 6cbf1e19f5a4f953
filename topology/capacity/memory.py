"""Memory: what the roles of a server take, beside the operating system, against what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from topology.capacity.answer import MemoryUse
from topology.components import Cluster, Placed
from topology.demands import guess
from topology.value import Estimate

OPERATING_SYSTEM = guess(100, 200, 400, "MiB of a Debian server with journal and ssh, without roles; not measured")
SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One part of a server's memory, in MiB."""

    name: str
    mib: Estimate


def taken_on(placed: Iterable[Placed]) -> tuple[Taken, ...]:
    """The parts of one server's memory: the system's, then each role's."""
    parts = [Taken(name=SYSTEM, mib=OPERATING_SYSTEM)]
    for role in placed:
        use = role.component.memory(role)
        parts.extend(Taken(name=f"{role.role.name}: {name}", mib=mib) for name, mib in use.parts.items())
    return tuple(parts)


def memory_use(parts: Iterable[Taken], total_mib: float) -> MemoryUse:
    """The sum, with its range: a sum of upper ends is the most that can be needed at once."""
    listed = tuple(parts)
    return MemoryUse(
        used=float(sum(part.mib.mid for part in listed)),
        low=float(sum(part.mib.low for part in listed)),
        high=float(sum(part.mib.high for part in listed)),
        total=float(total_mib),
        parts={part.name: float(part.mib.mid) for part in listed},
    )


def memory_of(cluster: Cluster) -> Mapping[str, tuple[Taken, ...]]:
    """The parts of every server's memory, by host name."""
    return {host: taken_on(placed) for host, placed in cluster.by_host.items()}


def memory_on(cluster: Cluster, host: str) -> MemoryUse:
    """Memory of one server with everything on it, in MiB; KeyError where there is no such server."""
    return memory_use(taken_on(cluster.by_host[host]), cluster.host(host).type.ram_mib)


def guessed_share(parts: Iterable[Taken]) -> float:
    """Share of the expected use that rests on guesses, 0 to 1."""
    listed = tuple(parts)
    total = float(sum(part.mib.mid for part in listed))
    return sum(float(part.mib.mid) for part in listed if part.mib.basis == "guess") / total if total else 0.0
