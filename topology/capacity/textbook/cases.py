"""The written form of each textbook model: keys, types and what may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from topology.capacity.networks import Discipline, Method
from topology.fields import Text
from topology.value import Value

MOST = 1e12
"""No rate, time or count of visits is above this; nothing in the field is, and products stay finite."""

Name = Annotated[Text, StringConstraints(min_length=1, max_length=100)]
Positive = Annotated[float, Field(gt=0, le=MOST)]
AtLeastZero = Annotated[float, Field(ge=0, le=MOST)]
Servers = Annotated[int, Field(ge=1, le=1_000_000)]
Percentile = Annotated[float, Field(ge=0, lt=1)]


class Case(Value):
    """What every case may say about itself; nothing is worked out from it."""

    name: Text = ""
    title: Text = ""
    source: Text = ""
    note: Text = ""
    time_unit: Text = ""


class MmcCase(Case):
    """M/M/c, or M/M/c/K where a capacity is given."""

    model: Literal["mmc"]
    arrival_rate: AtLeastZero
    service_rate: Positive
    servers: Servers = 1
    capacity: Annotated[int, Field(ge=1, le=100_000)] | None = None
    percentiles: Annotated[tuple[Percentile, ...], Field(max_length=100)] = (0.5, 0.95, 0.99)


class Mg1Case(Case):
    """M/G/1 by the mean and the squared coefficient of variation of its service time."""

    model: Literal["mg1"]
    arrival_rate: AtLeastZero
    mean_service: Positive
    scv: AtLeastZero
    discipline: Literal["fcfs", "ps"] = "fcfs"


class StationCase(Value):
    """A station of a network; servers null: a delay."""

    name: Name
    servers: Servers | None = 1
    discipline: Discipline = "ps"

    @model_validator(mode="after")
    def _has_a_product_form(self) -> Self:
        if self.discipline == "lcfs" and self.servers not in (1, None):
            raise ValueError("last come, first served has a product form with one server only")
        return self


class ClassCase(Value):
    """What a class of requests asks of the stations; without visits, one visit to each with a service time."""

    name: Name
    visits: Mapping[Name, AtLeastZero] | None = None
    service_time: Mapping[Name, AtLeastZero]


class OpenClassCase(ClassCase):
    """A class that comes from outside."""

    arrival_rate: AtLeastZero


class ClosedClassCase(ClassCase):
    """A class of a fixed number of customers."""

    population: Annotated[int, Field(ge=0, le=10_000_000)]
    think_time: AtLeastZero = 0.0


Stations = Annotated[tuple[StationCase, ...], Field(min_length=1, max_length=1000)]


class OpenNetworkCase(Case):
    """An open network."""

    model: Literal["open_network"]
    stations: Stations
    classes: Annotated[tuple[OpenClassCase, ...], Field(min_length=1, max_length=1000)]


class ClosedNetworkCase(Case):
    """A closed network."""

    model: Literal["closed_network"]
    stations: Stations
    classes: Annotated[tuple[ClosedClassCase, ...], Field(min_length=1, max_length=30)]
    method: Method = "exact"


class UnitCase(Value):
    """`count` equal servers of which `needed` must be up; crews null: a repairer for each."""

    name: Name
    mtbf: Positive
    mttr: AtLeastZero
    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    needed: Annotated[int, Field(ge=1, le=10_000)] = 1
    crews: Annotated[int, Field(ge=1)] | None = None


class AvailabilityCase(Case):
    """Units in series: each is needed."""

    model: Literal["availability"]
    units: Annotated[tuple[UnitCase, ...], Field(min_length=1, max_length=1000)]


class UslCase(Case):
    """Measured loads and throughputs."""

    model: Literal["usl"]
    loads: Annotated[tuple[Positive, ...], Field(min_length=3, max_length=100_000)]
    throughputs: Annotated[tuple[AtLeastZero, ...], Field(min_length=3, max_length=100_000)]
