"""Writes the bundle of a plan: the configuration of every host, each file checked by its real program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from topology.bundles import Bundle, Kept, ValidationReport, refuse_target, strangers, unvalidated, validate, write
from topology.checks import Finding
from topology.management.command import FINDINGS, FINE, PlanCommand
from topology.management.findings_report import lines_of
from topology.management.inputs import read_design, read_plan, workload_beside
from topology.packing import pack


class Command(PlanCommand):
    """`manage.py export`."""

    help = (
        "Write the configuration of every host of a plan, with the reason for each number and what the real programs"
        " said about each file. Ends with 1 where a program refused one."
    )
    example = "python manage.py export plan.yaml -o bundle.zip"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="a plan file")
        parser.add_argument(
            "-o",
            dest="output",
            metavar="DIR|FILE.zip|FILE.tar.gz",
            required=True,
            help="where to: its ending says what",
        )
        parser.add_argument(
            "--before",
            metavar="PLAN",
            help="the plan that runs now: the runbook is then that of the change, and names every file that differs",
        )
        parser.add_argument(
            "--no-validate", action="store_true", help="ask no program; every file then says unvalidated"
        )
        parser.add_argument("--json", action="store_true", help="the digest and the refused files as JSON")

    def run(self, **options: Any) -> int:
        output = Path(options["output"])
        refuse_target(output)
        before = read_plan(options["before"]) if options["before"] else None
        design = read_design(options["plan"])
        packed = pack(design, workload_beside(design, options["plan"]), before=before)
        for sentence in packed.missing:
            self.say(sentence)
        if packed.stopping:
            return self._stop(packed.stopping)
        bundle = packed.bundle
        report = self._report(bundle, ask=not options["no_validate"])
        away = None if options["no_validate"] else strangers(design.system)
        if away:
            self.say(away)
        write(bundle.with_report(report), output)
        self._tell(bundle, report)
        self._answer(output, bundle, report, as_json=options["json"])
        return FINDINGS if report.refused else FINE

    def _stop(self, stopping: Sequence[Finding]) -> int:
        """Nothing is written: a bundle that is known to fail is not given out."""
        for finding in stopping:
            self.say("\n".join(lines_of(finding)))
        self.say(
            "nothing was written: there are errors across the files of this plan. Mend them, or take them on in the"
            " plan: waivers: [{check: NAME, where: PLACE, reason: WHY, by: WHO}]"
        )
        return FINDINGS

    def _report(self, bundle: Bundle, *, ask: bool) -> ValidationReport:
        if not ask:
            return unvalidated(bundle, "validation was left out (--no-validate)")
        watched = sys.stderr.isatty()
        report = validate(bundle, progress=_show if watched else None, kept=Kept(settings.VAR_DIR / "answers"))
        if watched:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        return report

    def _tell(self, bundle: Bundle, report: ValidationReport) -> None:
        """Refused files one by one; the others by their number and reason."""
        for answer in report.refused:
            self.say(f"{answer.host} /{answer.path}: refused by {answer.says}\n{_indented(answer.output)}")
        for why in sorted({answer.output for answer in report.unvalidated}):
            count = sum(answer.output == why for answer in report.unvalidated)
            self.say(f"{count} of {len(bundle.files)} files are unvalidated: {why}")

    def _answer(self, output: Path, bundle: Bundle, report: ValidationReport, *, as_json: bool) -> None:
        if not as_json:
            counts = ", ".join(f"{count} {result}" for result, count in report.counts.items())
            self.answer(f"{output}: {len(bundle.files)} files for {len(bundle.by_host)} hosts ({counts})")
            self.answer(f"content digest {bundle.content_digest}")
            return
        refused = [{"host": a.host, "path": a.path, "says": a.says, "output": a.output} for a in report.refused]
        self.answer_json(
            {
                "content_digest": bundle.content_digest,
                "name": bundle.name,
                "hosts": len(bundle.by_host),
                "files": len(bundle.files),
                "validation": dict(report.counts),
                "refused": refused,
            }
        )


def _show(done: int, total: int, what: str) -> None:
    print(f"\r\033[K{done} of {total} checks: {what[:60]}", end="", file=sys.stderr, flush=True)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
