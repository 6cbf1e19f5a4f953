"""Simulates a plan at its peak, request by request, and sets the result beside the formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import CommandParser

from topology import capacity
from topology.capacity import EPISODES, Episode, EpisodeName, Figure, Number, Simulated, digits, percent
from topology.design import Design
from topology.errors import TierwrightError
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import add_plan, plan_of
from topology.workload import Workload

_LABELS: Mapping[Figure, str] = {"mean": "mean", "p50": "median", "p95": "95 %", "p99": "99 %"}


class Command(PlanCommand):
    """`manage.py simulate`."""

    help = (
        "Simulate a plan at the peak of its workload: every request with the workers, connections and cores that it"
        " waits for. Says response times with the range of the simulation, and whether the formulas agree."
    )
    example = "python manage.py simulate plan.yaml --seed 7"

    def add_arguments(self, parser: CommandParser) -> None:
        add_plan(parser)
        parser.add_argument("--lose", metavar="SERVER", action="append", default=[], help="a server that is dead")
        parser.add_argument(
            "--episode",
            choices=EPISODES,
            help="replay a deploy, a database that fails over or a cache that lost everything, stretch by stretch",
        )
        parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers; the same gives the same")
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def run(self, **options: Any) -> int:
        design, workload = plan_of(options)
        if options["episode"]:
            return self._replay(design, options["episode"], workload, options)
        found = capacity.simulate(design, workload, seed=options["seed"], lost=options["lose"])
        if options["json"]:
            self.answer_json(found.document())
        else:
            self.answer("\n".join(_report(design.name, found)))
        return FINE

    def _replay(
        self, design: Design, episode: EpisodeName, workload: Workload | None, options: Mapping[str, Any]
    ) -> int:
        if options["lose"]:
            raise TierwrightError("a replay is of the whole plan: leave out --lose, or leave out --episode")
        found = capacity.replay(design, episode, workload, seed=options["seed"])
        if options["json"]:
            self.answer_json(found.document())
        else:
            self.answer("\n".join(_episode(design.name, found)))
        return FINE


def _episode(name: str, episode: Episode) -> Iterator[str]:
    yield f"Replay of {name}"
    yield ""
    yield episode.says
    yield ""
    yield f"{'seconds':>14}{'answers/s':>12}{'refused/s':>12}{'mean ms':>12}{'95 % ms':>12}"
    for window in episode.windows:
        times = f"{digits(window.start - episode.starts)} to {digits(window.end - episode.starts)}"
        figures = (window.answered.value, window.refused.value, _ms(window.mean), _ms(window.p95))
        yield f"{times:>14}" + "".join(f"{'-' if figure is None else digits(figure):>12}" for figure in figures)


def _ms(number: Number | None) -> float | None:
    return None if number is None else number.value * 1000


def _report(name: str, found: Simulated) -> Iterator[str]:
    yield f"Simulation of {name}, at a peak of {digits(found.offered_rps)} requests/s"
    yield ""
    yield found.says
    if found.latency_ms:
        yield ""
        yield f"{'ms':<8}{'simulated':>28}{'over the inputs':>28}{'formulas':>28}"
        for key, label in _LABELS.items():
            columns = (found.latency_ms, found.over_inputs_ms, found.forecast.latency_ms)
            yield f"{label:<8}" + "".join(f"{_ranged(column.get(key)):>28}" for column in columns)
    yield ""
    for tier, busy in found.cpu.items():
        yield f"{tier}: CPU {percent(busy.value)} busy"
    yield f"Refused: {percent(found.refused.value)}. {found.requests:,} requests simulated, seed {found.seed}" + (
        "." if found.precise else "; not as sure as was asked for."
    )


def _ranged(number: Number | None) -> str:
    return "-" if number is None else f"{digits(number.value)} ({digits(number.low)} to {digits(number.high)})"
