"""Designs simulated request by request, beside formulas that are exact for them."""

from __future__ import annotations

import pytest

from tests import builders
from tests.topology.capacity.parts import PAGE, TYPES, work
from topology import capacity
from topology.capacity import queues
from topology.capacity.engine import DEFAULT_LIMITS
from topology.capacity.folding import cluster_of
from topology.capacity.limits import in_worlds
from topology.capacity.loads import network_of
from topology.capacity.scenario import PAGES, Scenario
from topology.capacity.simulation import Hold, Model, Pick, Repeat, Serve, Step
from topology.capacity.uncertainty import plain_worlds
from topology.design import Design

WEB, POOLED = ["nginx", "gunicorn"], ["nginx", "gunicorn", "pgbouncer"]


def design(*tiers: tuple[str, list[str], int], **more: object) -> Design:
    """Tiers of so many servers of two cores, a database of four."""
    listed = [
        {"name": name, "servers": {"count": count, "type": "four" if name == "db" else "two"}, "roles": roles}
        for name, roles, count in tiers
    ]
    return builders.newspaper(server_types=TYPES, tiers=listed, **more)


def scenario(found: Design, rate: float) -> Scenario:
    """The scenario of a design under textbook pages."""
    asked = work(rate)
    small = cluster_of(found, asked, limits=DEFAULT_LIMITS)
    network = network_of(small.cluster, asked)
    return Scenario(limits=in_worlds(network, plain_worlds(asked.mix()))[0], rate=rate)


def steps_of(model: Model) -> list[Step]:
    """Every step of the pages, repeated ones once."""
    [stream] = [stream for stream in model.streams if stream.name == PAGES]
    ahead, found = list(stream.steps), []
    while ahead:
        step = ahead.pop(0)
        found.append(step)
        ahead = [*step.steps, *ahead] if isinstance(step, Repeat) else ahead
    return found


def test_two_servers_in_turn_answer_as_shared_cores_do() -> None:
    """One server for Python and one for the database, of two and four cores: M/M/2 and M/M/4 in a row."""
    found = capacity.simulate(design(("web", WEB, 1), ("db", ["postgresql"], 1)), work(20), most_requests=300_000)

    python = 0.04 * queues.ps_stretch(20 * 0.04 / 2, 2)
    database = 0.025 * queues.ps_stretch(20 * 0.025 / 4, 4)
    assert found.latency_ms["mean"].value == pytest.approx(1000 * (python + database), rel=0.03)
    assert found.cpu["db"].value == pytest.approx(20 * 0.025 / 4, rel=0.03)
    assert found.agrees


def test_the_same_seed_gives_the_same_answer() -> None:
    plan = design(("web", WEB, 2), ("db", ["postgresql"], 1))

    one, same, other = (capacity.simulate(plan, work(30), seed=s, most_requests=20_000) for s in (7, 7, 8))

    assert one.document() == same.document()
    assert one.latency_ms["mean"] != other.latency_ms["mean"]


def test_serving_in_turn_is_smoother_than_chance() -> None:
    """HAProxy deals requests out in turn; a resolver's answers are chance. The formulas cover both."""
    balanced = design(("lb", ["haproxy"], 1), ("web", WEB, 3), ("db", ["postgresql"], 1))
    by_chance = design(("web", WEB, 3), ("db", ["postgresql"], 1))

    turn, chance = (capacity.simulate(p, work(110), most_requests=300_000) for p in (balanced, by_chance))

    assert turn.latency_ms["p95"].high < chance.latency_ms["p95"].low
    assert turn.agrees
    assert chance.agrees


def test_overload_is_called_saturated() -> None:
    found = capacity.simulate(design(("web", WEB, 1), ("db", ["postgresql"], 1)), work(70), most_requests=50_000)

    assert found.saturated
    assert not found.latency_ms
    assert found.agrees is None
    assert found.document()["saturated"] == found.says


def test_losing_one_of_two_doubles_what_the_other_does() -> None:
    plan = design(("lb", ["haproxy"], 1), ("web", WEB, 2), ("db", ["postgresql"], 1))

    both, alone = (capacity.simulate(plan, work(30), lost=lost, most_requests=100_000) for lost in ((), ("web2",)))

    assert alone.cpu["web"].value == pytest.approx(2 * both.cpu["web"].value, rel=0.05)
    assert alone.latency_ms["mean"].value > both.latency_ms["mean"].value


def test_equal_servers_are_one_group_that_requests_pick_from() -> None:
    model = scenario(design(("lb", ["haproxy"], 1), ("web", POOLED, 40), ("db", ["postgresql"], 1)), 10).model

    assert [(group.name, group.members, group.policy) for group in model.groups] == [("web1", 40, "round_robin")]
    assert sum(isinstance(step, Pick) for step in steps_of(model)) == 1


def test_a_pool_lends_its_connections_call_by_call() -> None:
    """PgBouncer's few connections to the database are held for one query, a worker for the whole request."""
    steps = steps_of(scenario(design(("web", POOLED, 2), ("db", ["postgresql"], 1)), 10).model)

    held = [step.slots for step in steps if isinstance(step, Hold)]
    assert held[0] == "gunicorn of web1" or held[1] == "gunicorn of web1"
    assert held[-1] == "connections of pgbouncer of web1 to postgresql of db1"


def test_a_standby_takes_no_part() -> None:
    plan = design(("lb", ["haproxy", "keepalived"], 2), ("web", WEB, 1), ("db", ["postgresql"], 1))

    model = scenario(plan, 10).model

    assert "CPU of lb1" in {station.name for station in model.stations}
    assert not any(group.name == "lb1" for group in model.groups)


def test_a_page_keeps_its_cost_wherever_it_is_cut() -> None:
    """Five queries cut Python's 40 ms into six; the sum stays, and so does that of the database's 25 ms."""
    calls = {**PAGE, "database_calls": {"low": 5, "mid": 5, "high": 5, "basis": "given", "source": ""}}
    asked = work(10, classes={"page": calls})
    small = cluster_of(design(("web", WEB, 1), ("db", ["postgresql"], 1)), asked, limits=DEFAULT_LIMITS)
    limits = in_worlds(network_of(small.cluster, asked), plain_worlds(asked.mix()))[0]

    outcome_of = {item.key[1]: item.visits * limits.state.own[item.key, item.name] for item in limits.state.items}
    model = Scenario(limits=limits, rate=10).model

    served: dict[str, float] = {}
    [stream] = model.streams
    ahead = [(1.0, step) for step in stream.steps]
    while ahead:
        times, step = ahead.pop()
        if isinstance(step, Repeat):
            ahead.extend((times * step.times, inner) for inner in step.steps)
        elif isinstance(step, Serve):
            served[step.station] = served.get(step.station, 0.0) + times * step.mean
    assert served["CPU of db1"] == pytest.approx(outcome_of["postgresql"])
    assert served["CPU of web1"] == pytest.approx(outcome_of["gunicorn"] + outcome_of["nginx"])


@pytest.mark.parametrize("rate", [60, 90, 110])
def test_the_formulas_know_what_serving_in_turn_saves(rate: float) -> None:
    """Behind HAProxy the expected 95th percentile is within a sixth of the simulated one, also near the limit."""
    balanced = design(("lb", ["haproxy"], 1), ("web", WEB, 3), ("db", ["postgresql"], 1))

    found = capacity.simulate(balanced, work(rate), most_requests=300_000)

    formulas = found.forecast.latency_ms
    assert formulas["mean"].value == pytest.approx(found.latency_ms["mean"].value, rel=0.08)
    assert formulas["p95"].value == pytest.approx(found.latency_ms["p95"].value, rel=0.17)


def test_users_who_wait_are_a_closed_load() -> None:
    """Twenty people who think for a second and share two cores: the machine repairman, exact under sharing."""
    alone = design(("web", ["nginx", "gunicorn", "postgresql"], 1))
    asked = work(10, users=20, think_seconds=1.0)

    found = capacity.simulate(alone, asked, most_requests=200_000)

    passed = queues.closed_throughput(20, 2, 0.065, 1.0)
    assert found.throughput_rps.value == pytest.approx(passed, rel=0.02)
    assert found.latency_ms["mean"].value == pytest.approx(1000 * (20 / passed - 1.0), rel=0.05)


@pytest.mark.parametrize(("workers", "rate"), [(2, 18.0), (4, 40.0)])
def test_few_workers_before_a_busy_database_hold_through_its_queue(workers: int, rate: float) -> None:
    """The formulas know that a worker waits for the database too, and that no more than the workers wait there."""
    roles: list[object] = ["nginx", {"gunicorn": {"workers": workers, "threads": 1}}]
    tiers = [
        {"name": "web", "servers": {"count": 1, "type": "four"}, "roles": roles},
        {"name": "db", "servers": {"count": 1, "type": "two"}, "roles": ["postgresql"]},
    ]

    found = capacity.simulate(builders.newspaper(server_types=TYPES, tiers=tiers), work(rate), most_requests=300_000)

    assert found.forecast.latency_ms["mean"].value == pytest.approx(found.latency_ms["mean"].value, rel=0.15)
