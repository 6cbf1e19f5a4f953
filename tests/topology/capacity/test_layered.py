"""Layered models against published simulations of the LQNS project, and cases that cannot be read."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from topology.capacity.layered import model_of, solve_layered
from topology.errors import TierwrightError

WEB_SERVER: dict[str, Any] = {
    "model": "layered",
    "time_unit": "ms",
    "users": {"population": 225, "think_time": 3000, "calls": {"protocol": 1}},
    "processors": {
        "web_cpu": "processor sharing, 1 core", "web_disk": "fcfs", "db_cpu": "fcfs", "db_disk": "fcfs",
    },
    "tasks": [
        {
            "name": "protocol", "threads": 1, "runs_on": "web_cpu", "demand": 6.2,
            "then": "forwards every request to web_server (its thread is free again)",
        },
        {
            "name": "web_server", "threads": 10, "runs_on": "web_cpu", "demand": 9.821,
            "calls_holding_the_thread": {"web_disk": 1.51, "cgi_update": 0.04, "cgi_read": 0.06},
        },
        {
            "name": "cgi", "threads": 3, "runs_on": "web_cpu",
            "entries": {
                "cgi_update": {"demand": 15, "calls": {"db_update": 1.6}},
                "cgi_read": {"demand": 5, "calls": {"db_read": 4.3}},
            },
        },
        {
            "name": "db", "threads": 1, "runs_on": "db_cpu",
            "entries": {
                "db_read": {"demand": 20.4, "calls": {"db_disk": 4}},
                "db_update": {"demand": 30.6, "calls": {"db_disk": 6}},
            },
        },
        {"name": "web_disk", "runs_on": "web_disk", "demand": 5},
        {"name": "db_disk", "threads": 1, "runs_on": "db_disk", "demand": 5},
    ],
}  # fmt: skip
"""Regression model 94-5101-a2-q2b1."""

PUBLISHED: list[tuple[dict[str, Any], float, float, dict[str, float]]] = [
    (  # 12-interlock: two users share a lower server with the one that they call
        {
            "users": {"population": 2, "demand": 1, "runs_on": "p0", "calls": {"e2": 1, "e1": 1}},
            "processors": {"p0": "delay", "p1": "fcfs", "p2": "fcfs"},
            "tasks": [
                {"name": "t1", "runs_on": "p1", "entries": {"e1": {"demand": 1, "calls": {"e2": 1}}}},
                {"name": "t2", "runs_on": "p2", "entries": {"e2": {"demand": 1}}},
            ],
        },
        0.346318, 5.7751, {"p1": 0.345043, "p2": 0.690927},
    ),
    (  # 18-interlock: a request is forwarded, on one shared processor
        {
            "users": {"population": 1, "demand": 1, "runs_on": "c0", "calls": {"e0": 1, "e1": 1}},
            "processors": {"c0": "infinite", "p0": "processor sharing"},
            "tasks": [
                {"name": "t0", "runs_on": "p0", "entries": {"e0": {"demand": 1, "forwards": {"e1": 1}}}},
                {"name": "t1", "runs_on": "p0", "entries": {"e1": {"demand": 1}}},
            ],
        },
        0.250396, 3.99368, {"p0": 0.749309},
    ),
    (  # 20-multiserver: two threads on processors without end
        {
            "users": {"population": 4, "demand": 1, "runs_on": "client", "calls": {"server": 1}},
            "processors": {"client": "infinite", "server": "infinite"},
            "tasks": [{"name": "server", "threads": 2, "runs_on": "server", "demand": 1}],
        },
        1.699, 2.35433, {},
    ),
    (  # 22-multiserver: a processor of two cores
        {
            "users": {"population": 4, "think_time": 1, "demand": 1, "runs_on": "p0"},
            "processors": {"p0": "fcfs, 2 cores"},
            "tasks": [{"name": "idle", "runs_on": "p0"}],
        },
        1.70109, 1.35159, {"p0": 1.69985 / 2},
    ),
]  # fmt: skip
"""Cases with the throughput, response and utilisations that lqsim found for them."""


def test_the_web_server_responds_as_its_published_simulation() -> None:
    answer: Any = solve_layered(WEB_SERVER, seed=3, most_requests=2_500_000)

    assert answer["model"] == "layered"
    assert answer["response"]["value"] == pytest.approx(944.6, rel=0.02)
    assert answer["response"]["unit"] == "ms"
    assert answer["throughput"]["value"] == pytest.approx(0.05703, rel=0.005)
    assert answer["utilisation"]["web_cpu"]["value"] == pytest.approx(0.9649, abs=0.005)


@pytest.mark.parametrize(("case", "throughput", "response", "utilisation"), PUBLISHED)
def test_published_simulations_are_met(
    case: dict[str, Any], throughput: float, response: float, utilisation: dict[str, float]
) -> None:
    answer: Any = solve_layered(case, most_requests=400_000)

    assert answer["throughput"]["value"] == pytest.approx(throughput, rel=0.01)
    assert answer["response"]["value"] == pytest.approx(response, rel=0.01)
    assert answer["response"]["low"] <= answer["response"]["value"] <= answer["response"]["high"]
    assert {name: answer["utilisation"][name]["value"] for name in utilisation} == pytest.approx(utilisation, rel=0.01)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["users"], {}, "users.population: The population must be a whole number."),
        (["users"], None, "users: This must be a list that is not empty."),
        (["users", "calls"], {"nobody": 1}, "users: There is no task or entry nobody to call."),
        (["users", "calls"], {"protocol": -1}, "users.calls.protocol: This must be a number from 0 on, not -1."),
        (["users", "calls"], {}, "users.calls: The users call nothing."),
        (["time_unit"], 7, "time_unit: The unit of time must be a word such as s or ms."),
        (
            ["processors", "web_cpu"], "magic",
            "processors.web_cpu: A processor is such as: processor sharing, 4 cores; fcfs; delay.",
        ),
        (["tasks", 0, "runs_on"], "elsewhere", "tasks.0.runs_on: There is no processor elsewhere."),
        (["tasks", 0, "threads"], 0, "tasks.0.threads: Threads are a whole number from 1 on, or infinite."),
        (["tasks", 0, "demand"], float("nan"), "tasks.0.demand: This must be a number from 0 on, not nan."),
        (
            ["tasks", 0, "then"], "gives up",
            "tasks.0.then: What follows is such as: forwards every request to NAME.",
        ),
        (
            ["users", "thinktime"], 3,
            "users: The key thinktime is not known here; known are calls, demand, name, population, runs_on,"
            " think_time.",
        ),
        (
            ["tasks", 2, "demand"], 3,
            "tasks.2: The key demand is not known here; known are entries, name, runs_on, threads.",
        ),
        (
            ["tasks", 2, "entries", "cgi_read", "visits"], 3,
            "tasks.2.entries.cgi_read: The key visits is not known here; known are calls, calls_holding_the_thread,"
            " demand, forwards, then.",
        ),
        (["tasks", 5, "name"], "db_read", "tasks.5: The name db_read is given twice."),
        (
            ["tasks", 5, "calls"], {"protocol": 1},
            "tasks.5: protocol calls web_server calls cgi_update calls db_update calls db_disk calls protocol:"
            " this has no end.",
        ),
    ],
)  # fmt: skip
def test_cases_that_cannot_be_read_are_refused(path: list[Any], value: object, sentence: str) -> None:
    case = copy.deepcopy(WEB_SERVER)
    part: Any = case
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value

    with pytest.raises(TierwrightError) as refusal:
        solve_layered(case)

    assert str(refusal.value) == sentence


def test_calls_named_both_ways_add_up() -> None:
    def calling(**task: object) -> Any:
        return model_of(
            {
                "users": {"population": 1, "calls": {"front": 1}},
                "processors": {"cpu": "ps"},
                "tasks": [
                    {"name": "front", "runs_on": "cpu", "demand": 1, **task},
                    {"name": "back", "runs_on": "cpu", "demand": 1},
                ],
            }
        )

    assert calling(calls={"back": 1}, calls_holding_the_thread={"back": 2}) == calling(calls={"back": 3})
