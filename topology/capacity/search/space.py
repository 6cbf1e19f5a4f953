"""The space of a search as one value that can be written to JSON: skeletons, lifted tiers, options and inputs."""

from __future__ import annotations

import math

from topology.capacity.search.inputs import Input
from topology.capacity.search.objective import Objective
from topology.value import Value

Coefficient = tuple[int, int, float]
"""Class, input, and how much of the input's unit one request of the class takes."""


class Load(Value):
    """What one role of a tier takes for a request, all servers of the tier together."""

    role: str
    cpu: tuple[Coefficient, ...]
    """CPU seconds on this server type, by class and input."""
    disk: tuple[Coefficient, ...]
    """Seconds of the disk, by class and input."""
    sent: tuple[Coefficient, ...]
    """Bytes over the network card, by class and input."""
    fixed: int
    """Servers of the tier that have the role whatever its count."""
    grows: bool
    """Every server that is added has it."""
    standby: bool = False
    """One server has all of it, the others wait for its death."""
    scv: tuple[float, ...] = ()
    """Squared coefficient of variation of a request's own work, by class; 1 where there is none."""


class Form(Value):
    """Servers of a tier with the same roles."""

    grows: bool
    members: int
    """How many, where the number does not grow."""
    loads: tuple[Load, ...]
    slots: int | None
    """Requests that one of them can work on at once; None where nothing limits them."""
    processes: int | None
    """Requests that those slots can compute at once; None for as many as there are cores."""
    memory_mib: float
    """What its roles take, with few clients."""
    lone: bool
    """While there is one of them, its loss stops something."""
    asked: bool
    """Requests need one of them."""
    promoted: bool
    """A replica takes its place when it is lost."""
    in_turn: bool = False
    """Its requests are dealt out in turn, not by chance."""


class Lift(Value):
    """A tier on one server type with one choice of settings, resolved once; counts only divide what it takes."""

    type_name: str
    cores: int
    ram_mib: int
    network_mbit: float | None
    price: float
    speed: float
    settings: tuple[tuple[str, str, int], ...]
    """Role, setting and value, of what is written beyond the skeleton."""
    forms: tuple[Form, ...]
    least: int
    """The fewest servers of the form that grows; 0 where none does."""

    @property
    def fixed(self) -> int:
        """Servers that are there whatever the count."""
        return sum(form.members for form in self.forms if not form.grows)

    @property
    def grows(self) -> bool:
        """Servers can be added."""
        return any(form.grows for form in self.forms)


class Option(Value):
    """One choice for one tier."""

    lift: int
    """Place of its lift in the tier."""
    count: int
    """Servers of the form that grows; 0 where none does."""


class TierSpace(Value):
    """A tier of a skeleton with its choices."""

    name: str
    lifts: tuple[Lift, ...]
    options: tuple[Option, ...]

    def servers(self, option: Option) -> int:
        """Servers of the whole tier."""
        return self.lifts[option.lift].fixed + option.count

    def cost(self, option: Option) -> float:
        """What they cost a month."""
        return self.lifts[option.lift].price * self.servers(option)


class Skeleton(Value):
    """One layout: tiers and roles stand, the rest is chosen."""

    name: str
    tiers: tuple[TierSpace, ...]

    @property
    def size(self) -> int:
        """Candidates: every option of every tier with every other."""
        return math.prod(len(tier.options) for tier in self.tiers)


class Class(Value):
    """A class of requests."""

    name: str
    share: float
    counts: bool
    """Its response time is what is promised."""
    holds: bool
    """The application answers it, so that it holds a worker."""


class Seen(Value):
    """What an observation says of the inputs: of the dear ones, all that the others leave of what was seen."""

    rate: float
    cores: int
    share: float
    error: int
    """The input that is the observation's own error, as a share of it."""
    fixed: tuple[tuple[int, float], ...]
    """Input and CPU seconds a mean request, of what is known from elsewhere."""
    fitted: tuple[tuple[int, float], ...]
    """The same of what the observation settles."""


class Space(Value):
    """Everything that an evaluation needs, and nothing else: no design, no component, no database."""

    objective: Objective
    classes: tuple[Class, ...]
    inputs: tuple[Input, ...]
    """The first ones are the peak, time between stops, repair and promotion, in this order."""
    skeletons: tuple[Skeleton, ...]
    seen: Seen | None
    strata: int
    """Worlds of one Latin hypercube."""
    cap_ms: float
    """Time at which a request is cut off."""

    @property
    def size(self) -> int:
        """Number of candidates."""
        return sum(skeleton.size for skeleton in self.skeletons)

    def locate(self, candidate: int) -> tuple[int, tuple[int, ...]]:
        """The skeleton of a candidate, and the place of its option in each tier; IndexError beyond the last."""
        left = candidate
        for number, skeleton in enumerate(self.skeletons):
            if 0 <= left < skeleton.size:
                return number, _digits(left, skeleton)
            left -= skeleton.size
        raise IndexError(candidate)

    def index(self, skeleton: int, places: tuple[int, ...]) -> int:
        """The number of a candidate."""
        found = 0
        for tier, place in zip(self.skeletons[skeleton].tiers, places, strict=True):
            found = found * len(tier.options) + place
        return sum(item.size for item in self.skeletons[:skeleton]) + found


def with_option(space: Space, skeleton: int, tier: int, option: Option) -> Space:
    """The space with one more option of a tier."""
    skeletons = list(space.skeletons)
    tiers = list(skeletons[skeleton].tiers)
    if option not in tiers[tier].options:
        tiers[tier] = tiers[tier].model_copy(update={"options": (*tiers[tier].options, option)})
    skeletons[skeleton] = skeletons[skeleton].model_copy(update={"tiers": tuple(tiers)})
    return space.model_copy(update={"skeletons": tuple(skeletons)})


PEAK, BETWEEN_STOPS, REPAIR, PROMOTION = range(4)
"""Places of the inputs that every space has."""


def _digits(number: int, skeleton: Skeleton) -> tuple[int, ...]:
    places = []
    for tier in reversed(skeleton.tiers):
        number, place = divmod(number, len(tier.options))
        places.append(place)
    return tuple(reversed(places))
