"""Begins a question too large for one go, cut into shards for workers; follows it, stops it, or goes on with it."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.db import OperationalError, ProgrammingError

from topology import sweeps
from topology.capacity import Objective, Question, many_seeds, many_worlds
from topology.errors import Place, TierwrightError
from topology.management.command import FINDINGS, FINE, OUR_FAULT, PlanCommand
from topology.management.inputs import plan_of, read_workload
from topology.management.sweep_report import report
from topology.models import Sweep
from topology.stages import evolve

_LOOK_SECONDS = 0.5
_PROMISE = ("workload", "p95", "availability", "headroom")


class Command(PlanCommand):
    """`manage.py sweep`."""

    help = (
        "Confirm a search over many worlds: how probable it is that each of thousands of candidates holds the promise,"
        " which is the cheapest that is sure enough, and what being wrong would cost. Or, with --simulate, one plan"
        " with many seeds. The work is cut into shards; TIERWRIGHT_TASKS says who does it. Keeps its state in the"
        " database, so bring that up to date with migrate before."
    )
    example = (
        "python manage.py sweep --workload access.log --p95 2000 --availability 0.99 --headroom 0.3 --worlds 256 --wait"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workload", metavar="FILE", help="a log, a saved workload or the JSON of intake")
        parser.add_argument("--p95", metavar="MS", type=float, help="95th percentile of response times, milliseconds")
        parser.add_argument("--availability", metavar="A", type=float, help="share of the time, such as 0.999")
        parser.add_argument("--headroom", metavar="H", type=float, help="share of capacity kept free at the peak")
        parser.add_argument("--budget", metavar="N", type=float, help="most that the servers may cost a month")
        parser.add_argument("--candidates", metavar="N", type=int, default=10_000, help="at most so many; 10000")
        parser.add_argument("--worlds", metavar="N", type=int, default=256, help="worlds of the uncertain inputs; 256")
        parser.add_argument(
            "--sure", metavar="S", type=float, default=0.95, help="share of them that should hold; 0.95"
        )
        parser.add_argument("--simulate", metavar="PLAN", help="a plan file, to be simulated with many seeds instead")
        parser.add_argument("--seeds", metavar="N", type=int, default=32, help="runs of --simulate; 32")
        parser.add_argument("--seed", metavar="N", type=int, default=1, help="the same gives the same; 1")
        parser.add_argument("--shards", metavar="N", type=int, help="at most so many; by default of a second or so")
        parser.add_argument("--id", metavar="ID", type=UUID, help="a sweep that was begun before")
        done = parser.add_mutually_exclusive_group()
        done.add_argument("--resume", action="store_true", help="go on with --id, which failed or was cancelled")
        done.add_argument("--cancel", action="store_true", help="stop --id")
        parser.add_argument("--wait", action="store_true", help="until there is an answer")
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def run(self, **options: Any) -> int:
        try:
            sweep = self._found(options["id"]) if options["id"] else self._begun(options)
        except (OperationalError, ProgrammingError) as error:
            raise TierwrightError(
                f"the database cannot be used ({error}); python manage.py migrate brings it up to date"
            ) from error
        if options["cancel"]:
            sweeps.cancel(sweep)
        if options["resume"]:
            sweeps.resume(sweep)
        if options["wait"] or sweeps.works_here():
            self._wait(sweep)
        return self._told(sweep, options["json"])

    def _begun(self, options: dict[str, Any]) -> Sweep:
        if options["resume"] or options["cancel"]:
            raise TierwrightError("name the sweep", place=Place(path="--id"))
        return sweeps.begin(_question(options), shards=options["shards"])

    def _found(self, number: UUID) -> Sweep:
        sweep = Sweep.objects.filter(pk=number).first()
        if sweep is None:
            raise TierwrightError("there is no such sweep", place=Place(path="--id"))
        return sweep

    def _wait(self, sweep: Sweep) -> None:
        said = ""
        while not (progress := sweeps.progress(sweep)).ended:
            text = f"{progress.done} of {progress.total} shards done, {progress.share:.0%} of the work"
            if text != said:
                self.say(text)
            said = text
            time.sleep(_LOOK_SECONDS)

    def _told(self, sweep: Sweep, as_json: bool) -> int:
        progress, answer = sweeps.progress(sweep), sweeps.result(sweep)
        if as_json:
            shards = {"total": progress.total, "done": progress.done, "running": progress.running}
            told = {"sweep": str(sweep.pk), "state": progress.state, "why": progress.why, "shards": shards}
            self.answer_json({**told, "answer": answer})
        elif answer is not None:
            self.answer("\n".join(report(answer)))
        else:
            self.answer(f"sweep {sweep.pk}: {progress.state}, {progress.done} of {progress.total} shards done")
        if progress.state == Sweep.State.FAILED:
            self.say(f"{progress.why}; go on with: python manage.py sweep --id {sweep.pk} --resume")
            return OUR_FAULT
        return FINDINGS if answer is not None and answer.get("winner", answer) is None else FINE


def _question(options: dict[str, Any]) -> Question:
    if options["simulate"]:
        return _seeds(options)
    for name in _PROMISE:
        if options[name] is None:
            raise TierwrightError("this is needed", place=Place(path=f"--{name}"))
    workload = read_workload(options["workload"])
    objective = Objective(
        p95_ms=options["p95"],
        availability=options["availability"],
        headroom=options["headroom"],
        budget=options["budget"],
    )
    views = evolve(workload).views
    return many_worlds(
        [view.design for view in views],
        workload,
        objective,
        names=[view.name for view in views],
        seed=options["seed"],
        worlds=options["worlds"],
        most=options["candidates"],
        sure=options["sure"],
    )


def _seeds(options: dict[str, Any]) -> Question:
    design, workload = plan_of({**options, "plan": options["simulate"]})
    return many_seeds(design, workload, seed=options["seed"], seeds=options["seeds"])
