"""What a search is asked, made ready: types with prices, a workload that means the same whatever is bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topology.capacity.search.assembly import Lifted, lifted
from topology.capacity.search.objective import Objective
from topology.components import resolve
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.hardware import BUILT_IN, BUILT_IN_CURRENCY, ServerType
from topology.workload import Workload


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search that can be made."""

    skeletons: tuple[Design, ...]
    workload: Workload
    objective: Objective
    types: Mapping[str, ServerType]
    names: tuple[str, ...]

    def lifted(self, *, worlds: int) -> Lifted:
        """Every skeleton resolved on every server type."""
        return lifted(self.skeletons, self.workload, self.objective, self.types, worlds=worlds, names=self.names)


def asked(
    skeletons: Sequence[Design],
    workload: Workload,
    objective: Objective,
    *,
    types: Mapping[str, ServerType],
    names: Sequence[str],
) -> Asked:
    """What is asked of these skeletons, called by `names` or their own; raises TierwrightError where nothing can be."""
    if not skeletons:
        raise TierwrightError("a search needs at least one layout to start from")
    return Asked(
        skeletons=tuple(skeletons),
        workload=_pinned(workload, skeletons[0]),
        objective=objective,
        types=_affordable(types, objective),
        names=tuple(names or [design.name for design in skeletons]),
    )


def check_worlds(worlds: int) -> None:
    """Refuse doubt over no world."""
    if worlds < 1:
        raise TierwrightError("doubt needs at least one world", place=Place(path="worlds"))


def _affordable(types: Mapping[str, ServerType], objective: Objective) -> Mapping[str, ServerType]:
    """The types with a price, without those that another beats in everything at no higher price."""
    if objective.currency != BUILT_IN_CURRENCY and any(BUILT_IN.get(name) == kind for name, kind in types.items()):
        raise TierwrightError(
            f"the prices of the built-in server types are in {BUILT_IN_CURRENCY}; hand in types with prices in"
            f" {objective.currency}",
            place=Place(path="currency"),
        )
    priced = {name: kind for name, kind in types.items() if kind.price_month is not None}
    if not priced:
        raise TierwrightError(
            "no server type has a price, so none is the cheapest; write price_month", place=Place(path="server_types")
        )
    order = sorted(priced, key=lambda name: (float(priced[name].price_month or 0), -priced[name].cores, name))
    kept: dict[str, ServerType] = {}
    for name in order:
        if not any(_beats(other, priced[name]) for other in kept.values()):
            kept[name] = priced[name]
    return kept


def _beats(one: ServerType, other: ServerType) -> bool:
    """No less of anything; the price was compared before."""
    return (
        one.cores >= other.cores
        and one.speed >= other.speed
        and one.ram_mib >= other.ram_mib
        and (one.network_mbit is None or (other.network_mbit is not None and one.network_mbit >= other.network_mbit))
    )


def _pinned(workload: Workload, first: Design) -> Workload:
    """The workload with the observed server named, so that what was seen means the same whatever a candidate buys."""
    seen = workload.observed
    if seen is None or seen.server_type is not None or seen.cores is not None:
        return workload
    host = next(iter(resolve(first, workload).hosts_offering("app")), first.hosts[0])
    return workload.model_copy(update={"observed": seen.model_copy(update={"server_type": host.type_name})})
