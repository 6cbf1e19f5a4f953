"""Random open networks, each as a candidate of the screen and as a model of the event simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topology.capacity.screen import OpenScreen, open_tiers
from topology.capacity.simulation import Group, Leave, Model, Pick, Serve, Station, Stream


@dataclass(frozen=True, kw_only=True)
class Tandem:
    """Tiers of equal hosts that a request passes one after the other, each once."""

    hosts: tuple[int, ...]
    cores: tuple[int, ...]
    seconds: tuple[float, ...]
    load: float
    """Busy share of the fullest tier."""

    @property
    def rate(self) -> float:
        """Requests a second that arrive."""
        tiers = zip(self.hosts, self.cores, self.seconds, strict=True)
        return self.load * min(hosts * cores / seconds for hosts, cores, seconds in tiers)

    def screened(self) -> OpenScreen:
        """The one row of the screen."""
        return open_tiers(self.rate, hosts=self.hosts, cores=self.cores, seconds=self.seconds)

    def model(self) -> Model:
        """The same system for the event loop."""
        names = [f"tier{number}" for number in range(len(self.hosts))]
        steps = [
            (Pick(group=name), Serve(station=f"cpu-{name}", mean=seconds), Leave(group=name))
            for name, seconds in zip(names, self.seconds, strict=True)
        ]
        return Model(
            streams=(Stream(name="page", rate=self.rate, steps=tuple(step for three in steps for step in three)),),
            stations=tuple(
                Station(name=f"cpu-{name}", servers=cores, group=name)
                for name, cores in zip(names, self.cores, strict=True)
            ),
            groups=tuple(Group(name=name, members=members) for name, members in zip(names, self.hosts, strict=True)),
        )


def tandems(count: int, *, seed: int, low: float = 0.1, high: float = 0.97) -> list[Tandem]:
    """`count` random networks of one to four tiers with loads spread evenly from `low` to `high`."""
    random = np.random.default_rng(seed)
    return [_tandem(random, low + (high - low) * (index + 0.5) / count) for index in range(count)]


def _tandem(random: np.random.Generator, load: float) -> Tandem:
    tiers = int(random.integers(1, 5))
    return Tandem(
        hosts=tuple(int(count) for count in random.integers(1, 9, tiers)),
        cores=tuple(int(count) for count in random.integers(1, 9, tiers)),
        seconds=tuple(float(time) for time in random.uniform(0.01, 0.2, tiers)),
        load=load,
    )
