"""What an answer rests on: every figure of a workload, and what a little more of it does to the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from topology.capacity.engine import DEFAULT_LIMITS, workload_of
from topology.capacity.folding import cluster_of
from topology.capacity.study import Study, study_of
from topology.components import DYNAMIC
from topology.components import Limits as ClusterLimits
from topology.demands import ClassDemand, bytes_of, demand_of
from topology.design import Design
from topology.value import Estimate, estimate
from topology.workload import RequestClass, Sizes, Workload, kind_of

STEP = 0.1
"""How much more of a figure is tried: a tenth of it, and of a share ten points."""
UNITS: Mapping[str, str] = {
    "app_cpu_ms": "ms", "database_cpu_ms": "ms", "database_calls": "", "cache_lookups": "", "cached_share": "share",
    "disk_ms": "ms",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Input:
    """A figure of the workload that a forecast is made of."""

    name: str
    """Its name in a plan file, such as `app_cpu_ms`."""
    of: str
    """The class of requests that it belongs to; empty for one of the whole site."""
    figure: Estimate
    unit: str
    effect: float
    """What `STEP` more of it does to the number of times today's peak that the site carries: -0.09 is 9 % fewer."""

    @property
    def doubt(self) -> float:
        """How far its range alone may move the answer, as a share: the effect times the width in steps."""
        mid = self.figure.mid
        step = STEP if self.unit == "share" else STEP * mid
        return abs(self.effect) * (self.figure.high - self.figure.low) / 2 / step if step > 0 else 0.0


def inputs_of(
    design: Design, workload: Workload | None = None, *, limits: ClusterLimits = DEFAULT_LIMITS
) -> tuple[Input, ...]:
    """The figures of a design's workload, those first that move the answer most; raises TierwrightError as `forecast`.

    Costs that an observation settles stand as it settles them. Where no capacity is claimed nothing moves it.
    """
    asked = workload or workload_of(design)
    study = study_of(cluster_of(design, asked, limits=limits).cluster, asked)
    found = [_peak(asked), *_of_classes(study)]
    return tuple(sorted(found, key=lambda item: (-abs(item.effect), -item.doubt)))


def _peak(workload: Workload) -> Input:
    """The site carries capacity / peak times its peak, so the effect of the peak is known."""
    effect = 1 / (1 + STEP) - 1
    return Input(name="peak_requests_per_second", of="", figure=workload.peak, unit="1/s", effect=effect)


def _of_classes(study: Study) -> Iterator[Input]:
    expected = replace(study, fitted=replace(study.fitted, worlds=study.fitted.worlds[:1]))
    now = expected.capacity.value if study.carries else 0.0
    for name, item in study.fitted.workload.mix().items():
        if item.share > 0:
            for part, figure, unit in _figures(item, name):
                effect = _effect(expected, name, part, now) if now > 0 else 0.0
                yield Input(name=part, of=name, figure=figure, unit=unit, effect=effect)


def _figures(item: RequestClass, name: str) -> Iterator[tuple[str, Estimate, str]]:
    kind = kind_of(name, item)
    yield "share", estimate(item.share), "share"
    if kind in DYNAMIC:
        demand = demand_of(item, kind)
        for field in fields(ClassDemand):
            figure = getattr(demand, field.name)
            if field.name in UNITS and isinstance(figure, Estimate):
                yield field.name, figure, UNITS[field.name]
    yield "bytes", bytes_of(item, kind), "B"


def _effect(study: Study, name: str, part: str, now: float) -> float:
    def change(mix: Mapping[str, RequestClass]) -> Mapping[str, RequestClass]:
        return {**mix, name: _more(mix[name], name, part)}

    return replace(study, fitted=study.fitted.changed(change)).capacity.value / now - 1


def _more(item: RequestClass, name: str, part: str) -> RequestClass:
    kind = kind_of(name, item)
    if part == "share":
        return item.model_copy(update={"share": item.share * (1 + STEP)})
    if part == "bytes":
        return item.model_copy(update={"bytes": Sizes(mean=bytes_of(item, kind).mid * (1 + STEP))})
    figure: Estimate = getattr(demand_of(item, kind), part)
    if part == "cached_share":
        return item.model_copy(update={part: min(figure.mid + STEP, 1.0)})
    return item.model_copy(update={part: figure.mid * (1 + STEP)})
