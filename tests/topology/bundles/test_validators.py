"""The validator of every component, over every case of its folder: good files pass, each broken one is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from topology import plain_yaml
from topology.bundles import Bundle, build
from topology.bundles.sandbox import Ground, find_program
from topology.bundles.validation import Check, checks_of, run_check
from topology.components import Component, catalogue
from topology.document import load

pytestmark = pytest.mark.slow
CHECKED = tuple(component for component in catalogue().components if component.validator and component.roles)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A file broken on purpose."""

    plan: str
    host: str
    file: str
    find: str
    put: str
    why: str

    def in_bundle(self, folder: Path) -> Bundle:
        """The bundle of its plan with the one file broken; the pattern has to be in it."""
        bundle = _bundle(folder / "cases/good" / f"{self.plan.removesuffix('.yaml')}.yaml")
        file = bundle.file(self.host, self.file)
        text, count = re.subn(self.find, self.put, file.config.text, flags=re.MULTILINE)
        assert count, f"{self.find!r} is not in {self.file} of {self.host}"
        assert text != file.config.text
        broken = replace(file, config=replace(file.config, text=text))
        return replace(bundle, files=tuple(broken if other is file else other for other in bundle.files))


def _bundle(plan: Path) -> Bundle:
    return build(load(plan.read_bytes(), catalogue=catalogue(), file=plan.name))


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(component, path, id=f"{component.name}-{path.stem}")
        for component in CHECKED
        for path in sorted(component.folder.glob(f"cases/{kind}/*.yaml"))
    ]


@pytest.fixture(autouse=True)
def _program_here(component: Component) -> None:
    validator = component.validator
    if validator and find_program(validator.program) is None:
        pytest.skip(f"{validator.program} is not installed (package {validator.package}); its files go unvalidated")


def _checks(bundle: Bundle, component: Component, host: str | None = None) -> list[Check]:
    """The component's checks, each distinct one once."""
    checks = [check for check in checks_of(bundle) if check.placed.component is component]
    found = {check.likeness: check for check in reversed(checks) if host in (None, check.placed.host.name)}
    assert found, f"the case has no file of {component.name}"
    return list(found.values())


@pytest.mark.parametrize(("component", "case"), _cases("good"))
def test_the_real_program_accepts_what_is_rendered(component: Component, case: Path, shared: Ground) -> None:
    outcomes = [run_check(check, shared) for check in _checks(_bundle(case), component)]

    assert [outcome for outcome in outcomes if outcome.result != "accepted"] == []


@pytest.mark.parametrize(("component", "case"), _cases("bad"))
def test_the_real_program_refuses_a_file_broken_on_purpose(component: Component, case: Path, shared: Ground) -> None:
    broken = Broken(**plain_yaml.read(case.read_bytes(), file=case.name).data)

    outcomes = [
        run_check(check, shared) for check in _checks(broken.in_bundle(component.folder), component, broken.host)
    ]

    assert "refused" in {outcome.result for outcome in outcomes}, broken.why
    assert all(outcome.output for outcome in outcomes)


@pytest.mark.parametrize("component", [pytest.param(component, id=component.name) for component in CHECKED])
def test_every_validator_has_cases_of_both_kinds(component: Component) -> None:
    assert list(component.folder.glob("cases/good/*.yaml")), "no good case"
    assert list(component.folder.glob("cases/bad/*.yaml")), "no file broken on purpose"
