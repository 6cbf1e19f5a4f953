"""The five stages of a real log, exported: accepted, the same twice, and changed exactly as their runbooks say."""

from __future__ import annotations

import filecmp
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import DATA_DIR
from tests.evidence import Evidence
from topology.bundles import Bundle, validate, write_directory, write_zip
from topology.design import Design
from topology.intake import read_logs, workload_of
from topology.packing import pack
from topology.stages import evolve

ISSUE = 1
LOG = "elastic_apache_combined.log"
Row = tuple[str, int, int, int, int, bool, int, bool]


def measure() -> Evidence:
    """Export every stage of the elastic log against the stage before it."""
    designs = designs_of(DATA_DIR / "logs" / LOG)
    with tempfile.TemporaryDirectory() as folder:
        rows = tuple(_rows(designs, Path(folder)))
    return Evidence(
        title="Five stages of a real log, exported",
        command="bin/evidence 1 --only stages_exported",
        passed=all(row[3] == row[4] == 0 and row[5] and row[7] for row in rows),
        columns=(
            *("stage", "hosts", "files accepted", "refused", "not validated", "two exports the same bytes"),
            *("paths under hosts/ that differ from the stage before", "exactly those that the runbook lists"),
        ),
        rows=rows,
        text=f"From `{LOG}`. Differences are those of `diff -r` over the two `hosts/` folders.",
    )


def designs_of(log: Path) -> tuple[tuple[str, Design], ...]:
    """Name and design of every stage of a log."""
    return tuple((view.name, view.design) for view in evolve(workload_of(read_logs([log]))).views)


def _rows(designs: tuple[tuple[str, Design], ...], folder: Path) -> Iterator[Row]:
    before: Design | None = None
    for number, (name, design) in enumerate(designs):
        bundle = pack(design, before=before).bundle
        report = validate(bundle)
        same = archive_of(bundle, folder / "a.zip") == archive_of(pack(design, before=before).bundle, folder / "b.zip")
        write_directory(bundle.with_report(report), folder / str(number))
        earlier = folder / str(number - 1) if number else folder / "nothing"
        differing = differences(earlier / "hosts", folder / str(number) / "hosts")
        listed = listed_in((folder / str(number) / "RUNBOOK.md").read_text(encoding="utf-8"))
        counts = report.counts
        hosts = len(design.hosts)
        yield (
            *(name, hosts, counts["accepted"], counts["refused"], counts["unvalidated"]),
            *(same, len(differing), differing == listed),
        )
        before = design


def archive_of(bundle: Bundle, path: Path) -> bytes:
    """The bytes of the bundle as a zip."""
    write_zip(bundle, path)
    return path.read_bytes()


def differences(old: Path, new: Path) -> set[str]:
    """Paths that are on one side only or differ, as `host/path`."""
    names = {_name(file, root) for root in (old, new) for file in root.rglob("*") if file.is_file()}
    return {name for name in names if not _same(old / name, new / name)}


def _name(file: Path, root: Path) -> str:
    return str(file.relative_to(root))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def listed_in(runbook: str) -> set[str]:
    """The files that a runbook lists at its end, as `host/path`."""
    _, _, listing = runbook.partition("\n## Files that change\n")
    found: set[str] = set()
    for host, block in re.findall(r"^### (\S+)\n(.*?)(?=^### |\Z)", listing, re.MULTILINE | re.DOTALL):
        found |= {f"{host}/{path}" for path in re.findall(r"`([^`]+)`", block)}
    return found
