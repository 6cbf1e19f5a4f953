"""The workload: what is asked of a site, with units, ranges and where each figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from topology.fields import Number, Text, Word
from topology.value import Amount, Estimate, Value, estimate

Kind = Literal["page", "api", "static", "media"]
"""What answers a request: Django for `page` and `api`, a file server for `static` and `media`."""

KINDS: tuple[Kind, ...] = ("page", "api", "static", "media")
Share = Annotated[Number, Field(ge=0, le=1)]


def _at_least_zero(amount: Amount) -> Amount:
    if estimate(amount).low < 0:
        raise ValueError("this should be 0 or more")
    return amount


def _above_zero(amount: Amount) -> Amount:
    if estimate(amount).low <= 0:
        raise ValueError("this should be above 0")
    return amount


def _yearly(amount: Amount) -> Amount:
    doubt = estimate(amount)
    if doubt.low < -0.9 or doubt.high > 100:
        raise ValueError("growth in a year is from -0.9 (nine tenths gone) to 100; 0.5 is half as much again")
    return amount


def _part_of_one(amount: Amount) -> Amount:
    if estimate(amount).high > 1:
        raise ValueError("this is a share: it should be from 0 to 1")
    return _at_least_zero(amount)


Quantity = Annotated[Amount, AfterValidator(_at_least_zero)]
"""A figure, alone or with its range, that cannot be below 0."""
Size = Annotated[Amount, AfterValidator(_above_zero)]
"""A figure, alone or with its range, that cannot be 0."""
Part = Annotated[Amount, AfterValidator(_part_of_one)]
"""A share, alone or with its range."""
Yearly = Annotated[Amount, AfterValidator(_yearly)]
"""Growth in a year, alone or with its range."""
Confidence = Literal["good", "fair", "thin"]


class Sizes(Value):
    """The distribution of answer sizes, in bytes."""

    mean: Annotated[Number, Field(ge=0)]
    p50: Annotated[Number, Field(ge=0)] | None = None
    p95: Annotated[Number, Field(ge=0)] | None = None
    p99: Annotated[Number, Field(ge=0)] | None = None


class Times(Value):
    """The distribution of measured response times, in milliseconds, protocol switches left out."""

    mean: Annotated[Number, Field(ge=0)]
    p50: Annotated[Number, Field(ge=0)] | None = None
    p95: Annotated[Number, Field(ge=0)] | None = None
    p99: Annotated[Number, Field(ge=0)] | None = None
    count: Annotated[int, Field(ge=0)] | None = None
    """How many requests these figures rest on."""


class RequestClass(Value):
    """One class of requests. What is left out is taken from the table of measured demands."""

    share: Share
    """Share of all requests at the peak."""
    kind: Kind | None = None
    """page, api, static or media; by default the class's own name, else page."""
    bytes: Sizes | None = None
    """Size of the answers."""
    response_ms: Times | None = None
    """Response times as the log has them; never taken for service time."""
    app_cpu_ms: Quantity | None = None
    """CPU milliseconds of Python for one request, on the reference core."""
    database_cpu_ms: Quantity | None = None
    """CPU milliseconds of the database for one request, on the reference core."""
    database_calls: Quantity | None = None
    """Database queries in one request."""
    cache_lookups: Quantity | None = None
    """Cache look-ups in one request."""
    cached_share: Part | None = None
    """Share of requests answered from the cache without the view's work."""
    disk_ms: Quantity | None = None
    """Milliseconds for which one request keeps the database's disk busy, on a solid-state disk."""
    cpu_scv: Quantity | None = None
    """Squared coefficient of variation of a request's own CPU: 0 where all cost the same, 1 as if exponential."""


class Robots(Value):
    """Requests of clients that call themselves robots; those that hide it count as people."""

    share: Part
    """Share of the requests at the peak that such robots ask."""
    classes: Mapping[Word, Part] = Field(default_factory=dict)
    """Share of each class's requests at the peak that they ask."""
    left_out: bool = False
    """true where the rates, hours and classes of this workload are those of people alone."""


class Observation(Value):
    """What the running server showed at the hour of the log's peak: the one question that intake asks."""

    cpu_share: Annotated[Number, Field(gt=0, le=1)]
    """Busy share of all cores in that hour, 0 to 1."""
    requests_per_second: Annotated[Number, Field(gt=0)]
    """The rate of requests in that hour."""
    server_type: Annotated[str, Field(max_length=40)] | None = None
    """The server type it was seen on; by default the type of the plan's first server."""
    cores: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Cores of that server, where no server type is named."""
    ram_used_mib: Annotated[int, Field(ge=1)] | None = None
    """Memory in use in that hour, in MiB, without the page cache."""


class Source(Value):
    """The log that a workload was read from. It holds no address, path or query of anybody."""

    lines: Annotated[int, Field(ge=0)]
    parsed: Annotated[int, Field(ge=0)]
    formats: tuple[Annotated[str, Field(max_length=40)], ...] = ()
    first: Annotated[str, Field(max_length=25)] | None = None
    """First request, local wall-clock time as logged."""
    last: Annotated[str, Field(max_length=25)] | None = None
    confidence: Confidence
    """good, fair or thin: how far the peak may be trusted."""
    why: Text = ""
    """What the confidence word rests on."""
    bot_share: Share | None = None
    """Share of all requests of the log whose client says that it is a robot."""


class Workload(Value):
    """What is asked of the site at its peak, and how that is known."""

    peak_requests_per_second: Quantity
    """Rate of requests in the busiest hour, all classes together."""
    mean_requests_per_second: Quantity | None = None
    """Rate of requests over the whole time seen."""
    burst_requests_per_second: Quantity | None = None
    """Rate in the busiest minute of that hour."""
    burstiness: Quantity | None = None
    """Variance of the counts of single seconds within a minute, over their mean, in the busiest hour; 1 is Poisson."""
    users: Size | None = None
    """People at the peak who each wait for an answer before they ask again: a closed load instead of an open one."""
    think_seconds: Quantity | None = None
    """Seconds that such a person takes between an answer and the next request."""
    client_mbit: Size | None = None
    """Rate of a client's line, in Mbit/s; what one connection gets of it."""
    client_rtt_ms: Quantity | None = None
    """Round-trip time between a client and the site, in milliseconds."""
    hours: tuple[Annotated[Number, Field(ge=0)], ...] | None = None
    """Mean requests in each hour of the day (24 numbers) or of the week from Monday (168)."""
    classes: Mapping[Word, RequestClass] = Field(default_factory=dict)
    """Classes of requests by name; shares add up to 1. Left out: every request is a page, as a guess."""
    status: Mapping[Annotated[str, Field(pattern=r"^[1-5]xx$")], Share] | None = None
    """Share of answers by class of status."""
    robots: Robots | None = None
    """Robots among the clients."""
    popularity: Quantity | None = None
    """Exponent s of Zipf's law over pages: the n-th most wanted page is asked for in proportion to 1 / n^s."""
    distinct_pages: Quantity | None = None
    """How many different pages and calls of the API are asked for, queries not told apart."""
    database_gib: Quantity | None = None
    """Size of the database in GiB."""
    working_set_gib: Quantity | None = None
    """The part of the database that is read all the time, in GiB."""
    media_gib: Quantity | None = None
    """Size of the uploaded media in GiB."""
    write_share: Part | None = None
    """Share of dynamic requests that write to the database."""
    growth_per_year: Yearly | None = None
    """Growth of the peak in a year: 0.5 is half as much again."""
    observed: Observation | None = None
    """How busy the running server was; without it every forecast rests on the table of demands."""
    source: Source | None = None
    """The log it was read from."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        total = sum(item.share for item in self.classes.values())
        if self.classes and abs(total - 1) > 0.011:
            raise ValueError(f"the shares of the classes add up to {total:.3f}; they must add up to 1")
        if self.hours is not None and len(self.hours) not in (24, 168):
            raise ValueError("hours takes 24 numbers (a day) or 168 (a week from Monday)")
        if estimate(self.peak_requests_per_second).mid <= 0:
            raise ValueError("peak_requests_per_second must be above 0")
        _refuse_more_than_users_ask(self)
        return self

    @property
    def peak(self) -> Estimate:
        """The peak rate, requests per second."""
        return estimate(self.peak_requests_per_second)

    @property
    def growth(self) -> Estimate | None:
        """Growth of the peak in a year with its range, where anybody says."""
        return None if self.growth_per_year is None else estimate(self.growth_per_year)

    @property
    def yearly_growth(self) -> float | None:
        """The figure used where one is needed for the growth in a year."""
        return None if self.growth is None else self.growth.mid

    def mix(self) -> Mapping[str, RequestClass]:
        """The classes; where none are given, one class of pages."""
        return self.classes or {"page": RequestClass(share=1)}

    def at(self, factor: float) -> Workload:
        """The same workload at `factor` times its rate; what was observed stays as observed."""
        rates = ("peak_requests_per_second", "mean_requests_per_second", "burst_requests_per_second", "users")
        changed = {name: _times(getattr(self, name), factor) for name in rates if getattr(self, name) is not None}
        return self.model_copy(update=changed)


def _refuse_more_than_users_ask(workload: Workload) -> None:
    """Users who think for Z seconds ask at most users / Z a second, however fast the site (Denning and Buzen 1978)."""
    if workload.think_seconds is None or workload.users is None:
        if workload.think_seconds is not None:
            raise ValueError("think_seconds belongs to users: say how many there are, or leave it out")
        return
    users, think = estimate(workload.users), estimate(workload.think_seconds)
    if think.low > 0 and workload.peak.low > 1.0001 * users.high / think.low:
        raise ValueError(
            f"{users.high:g} users who think for {think.low:g} s ask at most {users.high / think.low:.4g} requests a"
            f" second; peak_requests_per_second says {workload.peak.low:g}"
        )


def kind_of(name: str, item: RequestClass) -> Kind:
    """The kind of a class: as written, else its own name, else a page."""
    if item.kind is not None:
        return item.kind
    return next((kind for kind in KINDS if kind == name), "page")


def _times(amount: Amount, factor: float) -> Amount:
    return amount.scaled(factor) if isinstance(amount, Estimate) else amount * factor
