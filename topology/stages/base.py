"""What a stage is: a shape of the cluster, the choices that a person has, and the way there from the shape before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeVar

from topology.capacity import Forecast
from topology.components import FILES
from topology.demands import bytes_of
from topology.design import Design, Role, Server
from topology.errors import TierwrightError
from topology.stages.steps import Step, Transition
from topology.value import Value
from topology.workload import Workload, kind_of

Purpose = Literal["balancer", "web", "media", "cache", "database"]
"""What a server is for, which follows from what its roles offer."""


class Choices(Value):
    """What a person may choose at a stage. Each choice has a default."""


Chosen = TypeVar("Chosen", bound=Choices)


@dataclass(frozen=True, kw_only=True)
class AtHand:
    """Servers and roles that a person has already: a stage takes these before it names new ones."""

    servers: Mapping[Purpose, tuple[Server, ...]] = field(default_factory=dict)
    tiers: Mapping[Purpose, str] = field(default_factory=dict)
    """Names of their tiers."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """By service: what offers it now."""


NOTHING = AtHand()


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A stage beside the one before it, under one workload."""

    workload: Workload
    before: Forecast
    after: Forecast
    headroom: float
    """Share of capacity that is kept free at the peak."""

    @property
    def gain(self) -> float:
        """Capacity of the stage over that of the one before: 1.08 is 8 percent more; 1 where none is claimed."""
        before, after = self.before.capacity_rps.value, self.after.capacity_rps.value
        return after / before if before > 0 and after > 0 else 1.0

    @property
    def file_requests(self) -> float:
        """Share of the requests that a file server answers, 0 to 1."""
        return file_requests(self.workload)

    @property
    def file_bytes(self) -> float:
        """Share of the bytes sent that are files, 0 to 1."""
        return file_bytes(self.workload)


def file_requests(workload: Workload) -> float:
    """Share of the requests that a file server answers, 0 to 1."""
    return float(sum(item.share for name, item in workload.mix().items() if kind_of(name, item) in FILES))


def file_bytes(workload: Workload) -> float:
    """Share of the bytes sent that are files, 0 to 1, by the mean size of each class."""
    sizes = [
        (kind_of(name, item) in FILES, item.share * bytes_of(item, kind_of(name, item)).mid)
        for name, item in workload.mix().items()
    ]
    total = sum(size for _, size in sizes)
    return sum(size for is_file, size in sizes if is_file) / total if total else 0.0


class Stage(ABC, Generic[Chosen]):
    """One of the stages. Its module's docstring is the text for users."""

    name: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int]
    """Place in the suggested order; the order is advice, not a rule."""
    choices: type[Chosen]

    @abstractmethod
    def reached(self, design: Design) -> bool:
        """Whether the design has this stage's shape already, by its structure."""

    def why_not_yet(self, design: Design) -> str | None:
        """Why this stage cannot be built on this design, as a sentence; None where it can."""
        return None

    def advance(self, design: Design, *, choices: Chosen | None = None, at_hand: AtHand = NOTHING) -> Design:
        """The design of this stage, built on another; raises TierwrightError with `why_not_yet`.

        Names and addresses of the servers that stay do not change. New servers take the names of those at hand,
        then new ones, and the next free addresses. A type that is not chosen is the smallest on which the new
        servers' memory fits and the workload's peak leaves the promised headroom; where none does, the largest.
        """
        refusal = self.why_not_yet(design)
        if refusal:
            raise TierwrightError(refusal)
        return self.build(design, choices or self.choices(), at_hand)

    @abstractmethod
    def build(self, design: Design, choices: Chosen, at_hand: AtHand) -> Design:
        """The design of this stage; `advance` has asked `why_not_yet`."""

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """What this stage knows about a change beyond the files of its hosts: moving data, switching traffic."""
        return ()

    def speaks_for(self, comparison: Comparison) -> tuple[str, ...]:
        """Reasons for the stage beyond its capacity, as sentences with numbers."""
        return ()

    def speaks_against(self, comparison: Comparison) -> tuple[str, ...]:
        """Reasons against the stage beyond its cost, as sentences with numbers."""
        return ()
