"""Walks a site through its five stages: what each carries and costs, what speaks for it, and which to take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from topology import document
from topology.design import Place, Stack, TierwrightError
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import read_plan, read_workload
from topology.management.stages_report import report
from topology.stages import STACKS, Stages, evolve, to_document


class Command(PlanCommand):
    """`manage.py stages`."""

    help = (
        "Walk a plan, or a workload alone, through the five stages: what each carries and costs, why now and why not,"
        " the steps there, and which one to take, if any. With -o, write the plan of each."
    )
    example = "python manage.py stages plan.yaml -o stages/"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", nargs="?", help="a plan file, at whatever stage it is")
        parser.add_argument(
            "--workload",
            metavar="FILE",
            help="a log, a saved workload or the JSON of intake; with PLAN, in place of its own workload",
        )
        parser.add_argument(
            "--stack",
            choices=list(STACKS),
            help="the programs that the stages add where the plan names none; by default the plan's own",
        )
        parser.add_argument(
            "-o", dest="output", metavar="DIR", help="write the five plans here, 1-single.yaml and so on"
        )
        parser.add_argument("--json", action="store_true", help="everything as JSON, with the steps")

    def run(self, **options: Any) -> int:
        stages = self._stages(options["plan"], options["workload"], options["stack"])
        # Worked out first, so that nothing is written where there is no answer.
        answer = to_document(stages) if options["json"] else report(stages)
        if options["output"]:
            for path in write(stages, Path(options["output"])):
                self.say(str(path))
        if isinstance(answer, str):
            self.answer(answer)
        else:
            self.answer_json(answer)
        return FINE

    def _stages(self, plan: str | None, workload_file: str | None, stack: Stack | None) -> Stages:
        workload = read_workload(workload_file) if workload_file else None
        if plan is not None:
            design = read_plan(plan)
            return evolve(design.model_copy(update={"stack": stack}) if stack else design, workload=workload)
        if workload is None:
            raise TierwrightError("name a plan file, or a workload with --workload FILE")
        return evolve(workload, stack=stack)


def write(stages: Stages, directory: Path) -> list[Path]:
    """The five plans as files, in the suggested order; raises TierwrightError where they cannot be written."""
    paths = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for number, view in enumerate(stages.views, 1):
            path = directory / f"{number}-{view.name}.yaml"
            path.write_text(document.to_yaml(view.design), encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise TierwrightError(
            f"the plans cannot be written here: {error.strerror}", place=Place(file=str(error.filename or directory))
        ) from None
    return paths
