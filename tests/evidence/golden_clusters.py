"""Ten clusters, the five stages in two stacks: validated, started from their files alone, asked, a server replaced."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.conftest import DATA_DIR
from tests.evidence import Cell, Evidence
from topology.bundles import ValidationReport, build, validate
from topology.design import Design, Stack
from topology.errors import TierwrightError
from topology.intake import read_logs, workload_of
from topology.rehearsal import Report, drill_sentence, rehearse
from topology.stages import STACKS, evolve

ISSUE = 3
LOG = "elastic_apache_combined.log"
COLUMNS = (
    *("stack", "stage", "hosts", "files accepted", "refused", "not validated"),
    *("units started", "seconds to start", "questions answered well", "of", "requests of the drill", "failed"),
)


@dataclass(frozen=True, kw_only=True)
class Golden:
    """One cluster, and what became of it."""

    stack: Stack
    stage: str
    hosts: int
    validation: ValidationReport
    report: Report | None
    why: str = ""
    """Why it did not start."""

    @property
    def passed(self) -> bool:
        """Every file accepted, everything started, answered and kept."""
        counts = self.validation.counts
        return self.report is not None and self.report.passed and counts["accepted"] == sum(counts.values())

    @property
    def row(self) -> tuple[Cell, ...]:
        """Its row of the table."""
        counts, report = self.validation.counts, self.report
        checked = (counts["accepted"], counts["refused"], counts["unvalidated"])
        return (self.stack, self.stage, self.hosts, *checked, *(_figures(report) if report else (0, None, 0, 0, 0, 0)))


def measure() -> Evidence:
    """Rehearse every stage of every stack, one after the other."""
    found = [_golden(stack, stage, design) for stack, stage, design in designs()]
    return Evidence(
        title="Ten golden clusters",
        command="bin/evidence 3 --only golden_clusters",
        passed=len(found) == 10 and all(each.passed for each in found),
        columns=COLUMNS,
        rows=tuple(each.row for each in found),
        text="\n\n".join([_HEAD, *(_told(each) for each in found)]),
    )


def designs() -> Iterator[tuple[Stack, str, Design]]:
    """Stack, stage and design of all ten."""
    asked = workload_of(read_logs([DATA_DIR / "logs" / LOG]))
    for stack in STACKS:
        for view in evolve(asked, stack=stack).views:
            yield stack, view.name, view.design


def _golden(stack: Stack, stage: str, design: Design) -> Golden:
    bundle = build(design)
    validation, hosts = validate(bundle), len(design.hosts)
    began = time.monotonic()
    try:
        report = rehearse(bundle)
    except TierwrightError as error:
        print(f"{stack} {stage}: {error}")
        return Golden(stack=stack, stage=stage, hosts=hosts, validation=validation, report=None, why=str(error))
    print(f"{stack} {stage}: {'as promised' if report.passed else 'NOT'}, {time.monotonic() - began:.0f} s", flush=True)
    return Golden(stack=stack, stage=stage, hosts=hosts, validation=validation, report=report)


def _figures(report: Report) -> tuple[Cell, ...]:
    good = sum(answer.passed for answer in report.answers)
    units = sum(map(len, report.started.units.values()))
    drill = (report.drill.requests, report.drill.failed) if report.drill else (None, None)
    return (units, round(report.started.seconds, 1), good, len(report.answers), *drill)


def _told(golden: Golden) -> str:
    lines = [f"## {golden.stage}, {STACKS[golden.stack].title}", ""]
    if golden.report is None:
        return "\n".join([*lines, f"Not started: {golden.why}"])
    for answer in golden.report.answers:
        lines.append(f"- {'' if answer.passed else '**no** '}{answer.question}: {answer.says}")
    lines.append(f"- {drill_sentence(golden.report.drill)}")
    lines += [f"- stand-in: {text}" for text in golden.report.started.stand_ins]
    lines += [f"- refused: {each.host} /{each.path}: {each.output}" for each in golden.validation.refused]
    return "\n".join(lines)


_HEAD = f"""From `{LOG}`. Each host is a network namespace with a root directory of its own; its units are those of the
bundle and of Debian's packages. The public stands outside of the private network, before the firewall of the bundle.
In the drill 20 requests a second come at random moments, a quarter of them half a second long, while the last web
server is taken out of the balancer's files, cut from power and network, started again and put back."""
