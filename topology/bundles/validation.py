"""Asks the real program of every component about its files, over the whole tree of each host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property

from topology.bundles.bundle import Bundle, HostFile
from topology.bundles.kept import Kept, KeptAnswer, key_of
from topology.bundles.programs import version_of
from topology.bundles.report import Answer, Result, ValidationReport
from topology.bundles.sandbox import Ground, SandboxRefused, find_program, ground
from topology.bundles.staging import stage
from topology.bundles.words import settled
from topology.components import Placed, Validator

Progress = Callable[[int, int, str], None]
"""Told after each check: how many are done, how many there are, and which this was."""
WORKERS = 2
NO_PROGRAM = "no program reads this file"
Likeness = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One validator over one host, for one role."""

    placed: Placed
    validator: Validator
    files: tuple[HostFile, ...]
    """The role's own files."""
    tree: tuple[HostFile, ...]
    """Every file of the host."""

    @cached_property
    def likeness(self) -> Likeness:
        """What the answer rests on; two checks of one likeness get the same one.

        That is the role's files, its settings, the type of its server, the other files and roles there, and every
        connection of the role and into the server, where its own name counts as any other's.
        """
        own = tuple((file.path, file.sha256, file.config.owner, file.config.mode) for file in self.files)
        beside = tuple((file.path, tuple(placed.role.name for placed in file.roles)) for file in self.tree)
        placed = self.placed
        return (placed.role.name, repr(placed.written), repr(placed.host.type), own, beside, _ties(placed))


def _ties(placed: Placed) -> frozenset[object]:
    """The connections of a role and into its server."""
    cluster, own = placed.cluster, placed.host.name
    edges = (*cluster.edges_from(placed), *cluster.edges_to(own))
    return frozenset(
        (
            e.client != own and e.client,
            e.client_role,
            e.server != own and e.server,
            e.server_role,
            e.endpoint,
            e.connections,
        )
        for e in edges
    )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a check."""

    result: Result
    output: str
    host: str | None = None


def validate(
    bundle: Bundle, *, progress: Progress | None = None, workers: int = WORKERS, kept: Kept | None = None
) -> ValidationReport:
    """Check every file by its program, each distinct one once; a file that nothing can check says why.

    Takes about a tenth of a second a check and worker. Uses Linux namespaces, no root and no network. What `kept` holds
    of an earlier export is not asked again.
    """
    checks = tuple(checks_of(bundle))
    distinct = {check.likeness: check for check in reversed(checks)}
    known = {} if kept is None else dict(_remembered(distinct.values(), kept))
    asked = tuple(check for likeness, check in distinct.items() if likeness not in known)
    fresh = _run_all(asked, progress or _silent, workers)
    if kept is not None:
        _remember(asked, fresh, kept)
    outcomes = {**known, **fresh}
    by_file = {
        (file.host, file.path): (check, outcomes[check.likeness]) for check in reversed(checks) for file in check.files
    }
    return ValidationReport(tuple(_answer(file, by_file.get((file.host, file.path))) for file in bundle.files))


def _remembered(checks: Iterable[Check], kept: Kept) -> Iterator[tuple[Likeness, Outcome]]:
    for check in checks:
        key = _key(check)
        found = None if key is None else kept.find(key)
        if found is not None:
            yield check.likeness, Outcome(result="accepted", output=found.output, host=found.host)


def _remember(checks: Iterable[Check], outcomes: Mapping[Likeness, Outcome], kept: Kept) -> None:
    for check in checks:
        outcome, key = outcomes[check.likeness], _key(check)
        if key is not None and outcome.result == "accepted" and outcome.host is not None:
            kept.put(key, KeptAnswer(output=outcome.output, host=outcome.host))
    kept.tidy()


def _key(check: Check) -> str | None:
    """None where the program's version is not known: nobody could tell when it is another."""
    version = version_of(check.validator)
    return (
        None if version is None else key_of(check.placed.component, version, (check.placed.host.name, check.likeness))
    )


def unvalidated(bundle: Bundle, why: str) -> ValidationReport:
    """The report of a bundle that nobody checked."""
    return ValidationReport(
        tuple(_answer(file, None, Outcome(result="unvalidated", output=why)) for file in bundle.files)
    )


def _silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


def checks_of(bundle: Bundle) -> Iterator[Check]:
    """Every check that the bundle's files ask for: one a host and role that has files and a validator."""
    for host, roles in bundle.cluster.by_host.items():
        tree = bundle.by_host[host]
        for placed in roles:
            files = tuple(file for file in tree if any(role is placed for role in file.roles))
            validator = placed.component.validator
            if files and validator is not None:
                yield Check(placed=placed, validator=validator, files=files, tree=tree)


def _run_all(checks: Sequence[Check], progress: Progress, workers: int) -> Mapping[Likeness, Outcome]:
    absent = {check.likeness: Outcome(result="unvalidated", output=why) for check, why in _not_installed(checks)}
    ready = [check for check in checks if check.likeness not in absent]
    if not ready:
        return absent
    try:
        with ground() as shared:
            return absent | dict(_run_in(shared, ready, progress, workers))
    except SandboxRefused as refusal:
        return absent | {check.likeness: Outcome(result="unvalidated", output=str(refusal)) for check in ready}


def _not_installed(checks: Iterable[Check]) -> Iterator[tuple[Check, str]]:
    for check in checks:
        validator = check.validator
        if find_program(validator.program) is None:
            yield check, f"{validator.program} is not installed here (package {validator.package})"


def _run_in(
    shared: Ground, checks: Sequence[Check], progress: Progress, workers: int
) -> Iterator[tuple[Likeness, Outcome]]:
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="validate") as pool:
        running = {pool.submit(run_check, check, shared): check for check in checks}
        try:
            for done, future in enumerate(as_completed(running), 1):
                check = running[future]
                yield check.likeness, future.result()
                progress(done, len(checks), f"{check.placed.host.name}: {check.validator.says}")
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def run_check(check: Check, shared: Ground) -> Outcome:
    """Run one validator in a sandbox of its own; raises SandboxRefused where there can be none."""
    with stage(check.placed, check.tree, shared) as staged:
        verdict = check.validator.check(staged)
    result: Result = "accepted" if verdict.accepted else "refused"
    return Outcome(result=result, output=settled(verdict.says), host=check.placed.host.name)


def _answer(file: HostFile, found: tuple[Check, Outcome] | None, otherwise: Outcome | None = None) -> Answer:
    validator = file.component.validator
    outcome = found[1] if found else otherwise or Outcome(result="unvalidated", output=NO_PROGRAM)
    return Answer(
        host=file.host,
        path=file.path,
        component=file.component.name,
        program=validator.program if validator else None,
        version=version_of(validator) if validator and outcome.host else None,
        says=validator.says if validator else None,
        result=outcome.result,
        output=outcome.output,
        checked_on=outcome.host,
    )
