"""What is simulated, as values: stations, slots, groups of equal hosts, and the steps of each class of requests.

Times are in one unit throughout, seconds unless a model says otherwise; rates are per that unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Discipline = Literal["ps", "fcfs"]
Policy = Literal["random", "round_robin", "least_connections"]
Spread = Literal["exponential", "fixed", "own"]
"""How long a service takes around its mean.

`own`: the mean times one exponential factor that a request draws once and keeps, so that a dear page is dear in
every slice of its time.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Equal hosts among which requests are spread; every station and slots with this group stands on each of them."""

    name: str
    members: int
    policy: Policy = "random"


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """What serves: cores, a disk, a line."""

    name: str
    servers: int | None
    """How many are served at once; None for a delay, where nobody waits."""
    discipline: Discipline = "ps"
    group: str = ""
    """One such station on each host of this group; empty where there is one in all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slots:
    """What is held without serving: workers, threads, connections."""

    name: str
    count: int
    backlog: int | None = None
    """How many may wait for a slot; who comes then is refused. None: as many as come."""
    group: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """The request chooses a host of a group by its policy; steps at that group are on that host until `Leave`."""

    group: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Leave:
    """The host that was picked counts this request no longer."""

    group: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Take a slot, waiting in turn where all are held; refused where the backlog is full."""

    slots: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Free:
    """Give the slot back."""

    slots: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Serve:
    """Be served at a station for this long on average, alone."""

    station: str
    mean: float
    spread: Spread = "exponential"


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """Steps done several times: exactly `times` where the law is fixed, else geometric with that mean, 0 included."""

    times: float
    steps: tuple[Step, ...]
    law: Literal["fixed", "geometric"] = "fixed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choose:
    """One of several ways by chance; what the chances leave to 1 is nothing."""

    ways: tuple[tuple[float, tuple[Step, ...]], ...]
    name: str = ""
    """By which a change in time finds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The client has its answer: response time ends here, though slots may still be held. By default at the end."""


Step = Pick | Leave | Hold | Free | Serve | Repeat | Choose | Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """One class of requests: an open stream of `rate`, or `users` that think and ask in turn."""

    name: str
    steps: tuple[Step, ...]
    rate: float | None = None
    """Arrivals a unit of time, Poisson; None for users."""
    dispersion: float = 1.0
    """Variance of the counts of one-second windows over their mean; above 1 arrivals come in bursts."""
    users: int | None = None
    think: float = 0.0
    """Mean of the exponential time between an answer and the next request of a user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A whole system."""

    streams: tuple[Stream, ...]
    stations: tuple[Station, ...]
    slots: tuple[Slots, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def hosts(self) -> Mapping[str, int]:
        """On how many hosts stands what names a group; on one what names none."""
        return {group.name: group.members for group in self.groups} | {"": 1}
