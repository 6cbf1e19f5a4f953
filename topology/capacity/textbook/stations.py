"""One station, units that fail, and scalability: the models that are no network."""

from __future__ import annotations

from typing import Any

from topology.capacity import queues, scalability
from topology.capacity.availability import Unit, k_of_n, series
from topology.capacity.textbook.cases import AvailabilityCase, Mg1Case, MmcCase, UnitCase, UslCase
from topology.errors import Place, TierwrightError


def answer_mmc(case: MmcCase) -> dict[str, Any]:
    """M/M/c or M/M/c/K; percentiles are of the response, first come first served, of those accepted."""
    if case.capacity is None:
        _refuse_saturation(case.arrival_rate, case.service_rate, case.servers)
    elif case.capacity < case.servers:
        raise TierwrightError(
            f"the capacity counts those in service too, so it must be at least the {case.servers} servers",
            place=Place(path="capacity"),
        )
    station = queues.mmc(case.arrival_rate, case.service_rate, case.servers, capacity=case.capacity)
    percentiles = {
        f"{share!r}": queues.mmc_percentile(
            share, case.arrival_rate, case.service_rate, case.servers, capacity=case.capacity
        )
        for share in case.percentiles
    }
    return {
        "class": "exact",
        "utilisation": station.utilisation,
        "wait_probability": station.wait_probability,
        "blocking": station.blocking,
        "empty_probability": station.empty_probability,
        "throughput": case.arrival_rate * (1 - station.blocking),
        "queue_length": station.queue_length,
        "waiting_length": station.waiting_length,
        "response": station.response,
        "wait": station.wait,
        "percentiles": percentiles,
        "notes": [],
    }


def answer_mg1(case: Mg1Case) -> dict[str, Any]:
    """M/G/1 under first come first served or processor sharing."""
    _refuse_saturation(case.arrival_rate, 1 / case.mean_service, 1)
    response = queues.mg1_response(case.arrival_rate, case.mean_service, case.scv, case.discipline)
    variance = queues.mg1_variance(case.arrival_rate, case.mean_service, case.scv, case.discipline)
    notes = []
    if variance is None:
        known = "exponential service (scv 1)" + (" or constant service (scv 0)" if case.discipline == "fcfs" else "")
        notes.append(f"response_variance is null: the mean and the scv tell it only for {known}")
    return {
        "class": "exact",
        "utilisation": case.arrival_rate * case.mean_service,
        "response": response,
        "response_variance": variance,
        "wait": response - case.mean_service,
        "queue_length": case.arrival_rate * response,
        "notes": notes,
    }


def answer_availability(case: AvailabilityCase) -> dict[str, Any]:
    """Units in series, each k of n with repair."""
    units = [_unit(written, number) for number, written in enumerate(case.units)]
    each = {unit.name: k_of_n(unit) for unit in units}
    if len(each) < len(units):
        raise TierwrightError("two units have the same name", place=Place(path="units"))
    return {"class": "exact", "availability": series(units), "units": each, "notes": []}


def answer_usl(case: UslCase) -> dict[str, Any]:
    """The Universal Scalability Law by least squares on throughput, α and β not negative."""
    try:
        law = scalability.fit(case.loads, case.throughputs)
    except ValueError as error:
        raise TierwrightError(str(error), place=Place(path="loads")) from None
    peak = law.peak_load
    notes = []
    if peak is None and law.beta > 0:
        notes.append("there is no peak: contention is so strong that throughput never rises")
    elif peak is None:
        end = "comes near to limit" if law.limit is not None else "grows without end"
        notes.append(f"there is no peak: the closest fit has beta 0, so throughput {end}")
    return {
        "class": "approximate",
        "alpha": law.alpha,
        "beta": law.beta,
        "gamma": law.gamma,
        "peak_load": peak,
        "peak_throughput": None if peak is None else law.throughput(peak),
        "limit": law.limit,
        "fitted": [law.throughput(load) for load in case.loads],
        "notes": notes,
    }


def _refuse_saturation(arrival_rate: float, service_rate: float, servers: int) -> None:
    most = servers * service_rate
    asked = arrival_rate / most
    if asked >= 1:
        raise TierwrightError(
            f"saturated: {arrival_rate:.6g} arrive where {most:.6g} can be served, {asked * 100:.4g} % of what"
            " there is; the queue would grow without end",
            place=Place(path="arrival_rate"),
        )


def _unit(written: UnitCase, number: int) -> Unit:
    if written.needed > written.count:
        raise TierwrightError(
            f"{written.needed} are needed, but there are only {written.count}",
            place=Place(path=f"units[{number}].needed"),
        )
    return Unit(
        name=written.name,
        mtbf=written.mtbf,
        mttr=written.mttr,
        count=written.count,
        needed=written.needed,
        crews=written.crews,
    )
