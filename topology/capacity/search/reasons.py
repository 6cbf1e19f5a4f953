"""Why a topology lost, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from topology.capacity.search.objective import Constraint, Objective
from topology.capacity.search.verification import NEVER, Verified
from topology.capacity.words import digits, percent
from topology.design import Design


def layout(design: Design) -> str:
    """The servers of each tier, such as `web 2 small, database 1 large`."""
    parts = []
    for tier in design.tiers:
        types = [host.type_name for host in design.hosts if host.tier == tier.name]
        parts.append(f"{tier.name} {len(types)} {', '.join(dict.fromkeys(types))}")
    return "; ".join(parts)


def why(found: Verified, objective: Objective, *, dearer_than: float | None = None) -> str:
    """What does not hold, after what does; where everything does, how much more it costs than the winner."""
    if found.swaps:
        tier = next(tier for tier in found.forecast.tiers if tier.name == found.swaps)
        return (
            f"a server of the tier {tier.name} needs {tier.memory.used:,.0f} MiB of memory and has"
            f" {tier.memory.total:,.0f}, so it would swap"
        )
    margins = found.margins(objective)
    short = found.forecast.headroom < 0  # the rest follows from it
    follows = ("p95_ms", "refused") if short else ()
    broken = [_broken(name, found, objective) for name, margin in margins.items() if margin < 0 and name not in follows]
    held = [_held(name, found) for name in margins if margins[name] >= 0 and name in ("p95_ms", "availability")]
    if not broken:
        return f"everything holds, but {_dearer(found, dearer_than, objective)}"
    return f"{_listed(held)}, but {_listed(broken)}" if held else _listed(broken)


def availability(share: float) -> str:
    """With as many digits as tell it from 100 %."""
    down = round(1 - share, 12)
    places = next((n for n in range(2, 12) if down * 100 >= 10.0 ** (1 - n)), 12)
    return f"{share * 100:.{places}f}".rstrip("0").rstrip(".") + " %"


def _apart(one: float, other: float) -> tuple[str, str]:
    """Two figures with as many digits as tell them apart."""
    if digits(one) != digits(other):
        return digits(one), digits(other)
    places = next((n for n in range(4, 13) if f"{one:.{n}g}" != f"{other:.{n}g}"), 12)
    return f"{one:.{places}g}", f"{other:.{places}g}"


def _held(name: Constraint, found: Verified) -> str:
    if name == "p95_ms":
        return f"p95 holds ({digits(found.p95_ms)} ms)"
    return f"availability holds ({availability(found.forecast.availability.value)})"


def _broken(name: Constraint, found: Verified, objective: Objective) -> str:
    if name == "p95_ms":
        reached, limit = _apart(found.p95_ms, objective.p95_ms)
        return f"p95 {'has no end' if found.p95_ms >= NEVER else f'is {reached} ms'} and {limit} ms are promised"
    if name == "availability":
        reached = availability(found.forecast.availability.value)
        return f"availability is {reached} and {availability(objective.availability)} is promised"
    if name == "headroom":
        return _headroom(found, objective)
    if name == "refused":
        allowed = f" and {percent(objective.refused)} may be" if objective.refused else ""
        return f"with {found.dead} dead {percent(found.refused)} of requests are refused{allowed}"
    return f"it costs {_money(found.cost, objective)} a month and {_money(objective.budget or 0, objective)} is there"


def _headroom(found: Verified, objective: Objective) -> str:
    free = found.forecast.headroom
    if free < 0:
        capacity = found.forecast.capacity_rps.value
        return f"it carries {digits(capacity)} requests/s and {digits(found.forecast.offered_rps)} are asked"
    return f"{percent(free)} of the capacity is free at the peak and {percent(objective.headroom)} is promised"


def _dearer(found: Verified, winner: float | None, objective: Objective) -> str:
    if winner is None or winner <= 0:
        return f"it costs {_money(found.cost, objective)} a month"
    more = found.cost / winner - 1
    if more <= 0:
        return f"it costs as much and answers no sooner (p95 {digits(found.p95_ms)} ms)"
    return f"it costs {_money(found.cost, objective)} a month, {percent(more)} more"


def _money(amount: float, objective: Objective) -> str:
    return f"{objective.currency} {amount:,.2f}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def differences(winner: Design, other: Design) -> Iterator[str]:
    """Tier by tier, what is chosen otherwise, such as `web: 2 small instead of 3 small`."""
    before, after = (_servers(design) for design in (winner, other))
    for tier, servers in after.items():
        if before.get(tier) != servers:
            yield f"{tier}: {servers} instead of {before.get(tier, 'none')}"


def _servers(design: Design) -> dict[str, str]:
    found = {}
    for tier in design.tiers:
        types = [host.type_name for host in design.hosts if host.tier == tier.name]
        found[tier.name] = f"{len(types)} {', '.join(dict.fromkeys(types))}"
    return found
