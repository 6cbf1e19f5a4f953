"""The sentence of a weighing: servers, figures that change, money and risks, in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from topology.capacity import Number
from topology.design import Design
from topology.weighing.metrics import Amount, Key, MetricRow
from topology.weighing.standing import Standing
from topology.weighing.words import Write, counted, moved, nines, ranged, rate, value_of, whole

WIDE = 0.1
"""Share of a figure above which its range is worth a place in the sentence."""
TierCount = tuple[str, int, int]


def servers_of(before: Design | None, after: Design) -> tuple[TierCount, ...]:
    """Every tier of the two with its servers before and after, in the order of the new design, those gone last."""
    old, new = ({} if design is None else _counts(design) for design in (before, after))
    return tuple((name, old.get(name, 0), new.get(name, 0)) for name in dict.fromkeys((*new, *old)))


def sentence_of(
    before: Standing | None, after: Standing, rows: Sequence[MetricRow], servers: Sequence[TierCount]
) -> str:
    """What changes, in one line without a full stop; parts that stay as they are are left out."""
    found = {row.key: row for row in rows}
    things = [*_servers(before, after, servers)]
    figures = [*_asked(before, after), *_figures(before, after, found)]
    risks = _risks(found["risks"], is_first=before is None)
    if (before is not None and before.design == after.design) or not (things or figures):
        return f"{_unchanged(before, after)}; {risks}"
    parts = ", ".join(figures) or "no figure changes"
    head = f"{', '.join(things)}: " if things else ""
    return f"{head}{parts}; {risks}"


def _unchanged(before: Standing | None, after: Standing) -> str:
    if before is not None and before.design == after.design:
        return "Nothing changes"
    return "No server and no figure changes"


def _counts(design: Design) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for host in design.hosts:
        counts[host.tier] = counts.get(host.tier, 0) + 1
    return counts


def _servers(before: Standing | None, after: Standing, servers: Sequence[TierCount]) -> Iterator[str]:
    for tier, was, now in servers:
        if before is None:
            yield f"{now:,} {tier}"
        elif was != now:
            yield f"{'+' if now > was else '−'}{abs(now - was):,} {tier}"
    if before is not None:
        yield from _types(before.design, after.design)


def _types(before: Design, after: Design) -> Iterator[str]:
    """Tiers whose servers are of another type."""
    old, new = _types_of(before), _types_of(after)
    for tier in new:
        if tier in old and set(old[tier]) != set(new[tier]):
            yield f"{tier} from {' and '.join(old[tier])} to {' and '.join(new[tier])}"


def _types_of(design: Design) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for host in design.hosts:
        found.setdefault(host.tier, {})[host.type_name] = None
    return {tier: tuple(types) for tier, types in found.items()}


def _asked(before: Standing | None, after: Standing) -> Iterator[str]:
    """Another peak is said first: figures at other traffic do not compare by themselves."""
    if before is not None and before.workload and after.workload:
        was, now = (rate(item.workload.peak.mid) for item in (before, after) if item.workload)
        if was != now:
            yield f"at a peak of {now} requests/s instead of {was}"


def _figures(before: Standing | None, after: Standing, rows: Mapping[Key, MetricRow]) -> Iterator[str]:
    if after.forecast is None:
        yield f"no figures, since {after.trouble}"
        return
    if before is not None and before.forecast is None:
        before = None  # nothing to hold the figures against
    yield from _figure(before, rows["capacity"], rate, "", "requests/s")
    yield from _figure(before, rows["p95"], rate, "p95 ", "ms")
    yield from _figure(before, rows["availability"], nines, "", "%")
    yield from _cost(before, rows["cost"])


def _figure(before: Standing | None, row: MetricRow, write: Write, head: str, unit: str) -> Iterator[str]:
    if before is not None and row.is_same:
        return
    if row.after is None:
        yield f"{row.key} {row.now}"
    elif before is None or row.before is None:
        behind = "" if before is None else f" (before: {row.was})"
        yield f"{head}{_short(row.after, write)} {unit}{behind}"
    else:
        yield f"{head}{moved(write(value_of(row.before)), _short(row.after, write), unit)}"


def _short(amount: Amount, write: Write) -> str:
    """The figure, with its range only where that is wide."""
    if isinstance(amount, Number) and amount.high - amount.low > WIDE * abs(amount.value):
        return ranged(amount, write)
    return write(value_of(amount))


def _cost(before: Standing | None, row: MetricRow) -> Iterator[str]:
    if before is not None and row.is_same:
        return
    if row.after is None:
        yield "cost not known"
    elif before is None or row.before is None:
        yield f"{whole(value_of(row.after))} {row.unit} a month"
    elif row.better is None:
        yield f"{row.says} a month"
    else:
        step = value_of(row.after) - value_of(row.before)
        yield f"{'+' if step > 0 else '−'}{whole(abs(step))} {row.unit} a month"


def _risks(row: MetricRow, *, is_first: bool) -> str:
    now = int(value_of(row.after or 0.0))
    was = int(value_of(row.before or 0.0))
    text = f"{counted(now, 'risk')} open"
    return text if is_first or was == now else f"{text}, {was or 'none'} before"
