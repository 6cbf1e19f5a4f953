"""What commands are given: plan files and workloads, read with the place of whatever is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from topology import document
from topology.components import catalogue
from topology.design import Design, Place, TierwrightError, WorkloadFile
from topology.intake import read_logs, workload_of
from topology.workload import Workload


def add_plan(parser: CommandParser) -> None:
    """The arguments of a command about a plan under a workload."""
    parser.add_argument("plan", metavar="PLAN", help="a plan file")
    parser.add_argument(
        "--workload",
        metavar="FILE",
        help="a log, a saved workload or the JSON of intake, in place of the plan's own workload",
    )


def plan_of(options: Mapping[str, Any]) -> tuple[Design, Workload | None]:
    """The plan of these arguments, and the workload where it is not the plan's own."""
    design, written = read_design(options["plan"]), options["workload"]
    return design, read_workload(written) if written else workload_beside(design, options["plan"])


def read_design(path: str | Path) -> Design:
    """The design of a plan file as it is written, a workload in another file unread; its digest is the plan's."""
    return document.load(read_bytes(Path(path)), catalogue=catalogue(), file=str(path))


def read_plan(path: str | Path) -> Design:
    """The design of a plan file, with the workload of its `workload: {file: ...}` read in."""
    design = read_design(path)
    workload = workload_beside(design, path)
    return design if workload is None else design.model_copy(update={"workload": workload})


def workload_beside(design: Design, path: str | Path) -> Workload | None:
    """The workload that a plan keeps in another file, relative to the plan's own; None where it keeps none there."""
    if not isinstance(design.workload, WorkloadFile):
        return None
    return read_workload(Path(path).parent / design.workload.file)


def read_workload(path: str | Path) -> Workload:
    """A workload from a saved one, from the JSON of `intake`, or from an access log itself."""
    path = Path(path)
    if _is_document(path):
        return document.load_workload(read_bytes(path), file=str(path))
    return workload_of(read_logs([path]))


def _is_document(path: Path) -> bool:
    """By its ending; a .json file of several objects, a line each, is a log."""
    ending = path.suffix.lower()
    if ending != ".json":
        return ending in (".yaml", ".yml")
    first, _, rest = read_bytes(path).lstrip().partition(b"\n")
    return not (first.rstrip().endswith(b"}") and rest.strip())


def read_bytes(path: Path) -> bytes:
    """The content of a small file; raises TierwrightError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(6_000_000)
    except OSError as error:
        raise TierwrightError(f"this file cannot be read: {error.strerror}", place=Place(file=str(path))) from None
