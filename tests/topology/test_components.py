"""Every component of the catalogue, walked: texts, settings, endpoints, files, neighbours and a start for real.

Adding a folder to topology/components is enough to have it tested here. Its validator is run over its cases, good
and bad, by tests/topology/bundles/test_validators.py.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import hostile_texts
from tests.topology.components.staging import cluster_of, good_cases, is_root, placed_in, stage_of, tried_in
from topology.bundles.assembly import why_not_path
from topology.bundles.sandbox import find_program
from topology.components import Cluster, Component, catalogue, describe, settings_of, text_of
from topology.components.base import Verdict

COMPONENTS = catalogue().components
PACKAGE = Path(inspect.getfile(Component)).parent
FRONT = frozenset(module.stem for module in PACKAGE.glob("*.py")) - {"__init__", "reference", "soundness"}
"""Modules of the package that a component may use: what stands beside the folders."""


def walked(*, only: Callable[[Component], bool] = lambda component: True) -> pytest.MarkDecorator:
    chosen = [pytest.param(component, id=component.name) for component in COMPONENTS if only(component)]
    return pytest.mark.parametrize("component", chosen)


def cases() -> pytest.MarkDecorator:
    """Every good case of every component, as its cluster."""
    pairs = [(component, plan) for component in COMPONENTS for plan in good_cases(component)]
    named = [pytest.param(component, plan, id=f"{component.name}-{plan.stem}") for component, plan in pairs]
    return pytest.mark.parametrize(("component", "plan"), named)


@walked()
def test_it_says_what_it_is_and_when_to_use_it(component: Component) -> None:
    assert len(text_of(component)) > 80
    assert component.title
    assert all(component.roles.values())


@walked()
def test_every_setting_is_optional_typed_and_explained(component: Component) -> None:
    assert component.settings() is not None
    for setting in settings_of(component):
        assert len(setting.says) > 15, f"{setting.name} has no text"
        assert setting.takes not in ("", "value"), f"{setting.name} has no type"


@walked()
def test_its_entry_has_every_key_that_others_build_on(component: Component) -> None:
    entry = describe(component)

    assert set(entry) >= {"name", "title", "roles", "era", "packages", "validator", "evidence", "answer"}
    assert entry["evidence"] in ("booted", "stand_in", "translated", "none")


@walked(only=lambda component: bool(component.roles))
def test_it_has_a_validator_and_cases_of_both_kinds(component: Component) -> None:
    assert component.validator is not None
    assert good_cases(component), "no good case"
    assert list((component.folder / "cases" / "bad").glob("*.yaml")), "no file broken on purpose"


@walked()
def test_it_imports_no_other_component(component: Component) -> None:
    own = component.folder.relative_to(PACKAGE).parts[0]

    for module in sorted(component.folder.glob("*.py")):
        for name in _imports(module):
            if name.startswith("topology.components."):
                assert name.split(".")[2] in {own, *FRONT}, f"{module.name} imports {name}"


def _imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@cases()
def test_what_it_offers_is_what_it_said_it_may(component: Component, plan: Path) -> None:
    for placed in placed_in(cluster_of(plan), component):
        offered = {endpoint.service for endpoint in component.endpoints(placed)}
        assert offered <= set(component.offers.get(placed.role.name, ()))


@cases()
def test_its_files_are_the_same_bytes_each_time(component: Component, plan: Path) -> None:
    first, second = _files(cluster_of(plan)), _files(cluster_of(plan))

    assert first
    assert first == second


def _files(cluster: Cluster) -> list[tuple[str, str, str, int]]:
    return [
        (placed.host.name, file.path, file.text, file.mode)
        for placed in cluster.placed
        for file in placed.component.files(placed)
    ]


@cases()
def test_its_files_are_whole_and_their_numbers_have_reasons(component: Component, plan: Path) -> None:
    for placed in placed_in(cluster_of(plan), component):
        for file in component.files(placed):
            assert why_not_path(file.path) is None
            assert file.text.endswith("\n")
            assert file.action == "none" or file.unit, f"{file.path} is to {file.action} nothing"
            assert all(len(reason.formula) > 5 for reason in file.reasons)


@cases()
def test_it_knows_what_it_takes(component: Component, plan: Path) -> None:
    for placed in placed_in(cluster_of(plan), component):
        memory = component.memory(placed)
        assert 0 <= memory.low <= memory.mid <= memory.high


def text_settings() -> pytest.MarkDecorator:
    """Every setting of every component that takes words."""
    found = [
        pytest.param(component, setting.name, id=f"{component.name}-{setting.name}")
        for component in COMPONENTS
        for setting in settings_of(component)
        if "text" in setting.takes
    ]
    return pytest.mark.parametrize(("component", "setting"), found)


@text_settings()
@given(text=hostile_texts, as_list=st.booleans())
def test_words_that_mean_something_elsewhere_are_refused(
    component: Component, setting: str, text: str, as_list: bool
) -> None:
    try:
        written = component.settings.model_validate({setting: (text,) if as_list else text})
    except ValueError:
        return
    assert not set(str(getattr(written, setting))) - {"(", ")", ",", "'", " "} & set('\n\r"`;{}[]<>|&#$%\\!?^')


BOOTED = {component.name: component for component in COMPONENTS if component.evidence in ("booted", "stand_in")}


@walked()
def test_who_says_that_it_was_started_has_a_start_and_an_answer(component: Component) -> None:
    starts = component.validator is not None and component.validator.boot is not None

    assert (component.evidence in ("booted", "stand_in")) == starts
    assert bool(component.answer) == starts


@pytest.mark.slow
@walked(only=lambda component: component.name in BOOTED)
@pytest.mark.skipif(not is_root(), reason="starting programs that change their user needs root")
def test_it_starts_and_answers_in_every_good_case(component: Component, tmp_path: Path) -> None:
    assert component.validator is not None
    if find_program(component.validator.program) is None:
        pytest.skip(f"{component.validator.program} is not installed (package {component.validator.package})")

    verdicts = list(_boots(component, tmp_path))

    assert all(verdict.accepted for verdict in verdicts), "\n".join(verdict.says for verdict in verdicts)


def _boots(component: Component, folder: Path) -> Iterator[Verdict]:
    """A boot of every role in every good case, one host of each tier."""
    assert component.validator is not None
    assert component.validator.boot is not None
    for plan in good_cases(component):
        hosts = {(placed.role.name, placed.host.tier): placed for placed in tried_in(cluster_of(plan), component)}
        for (role, tier), placed in hosts.items():
            root = folder / f"{plan.stem}-{tier}-{role}"
            root.mkdir()
            yield component.validator.boot(stage_of(placed, root, real_root=True))


def test_a_docstring_stands_on_every_public_function_of_the_contract() -> None:
    for name, member in inspect.getmembers(Component, inspect.isfunction):
        assert name.startswith("_") or member.__doc__, f"Component.{name} has no docstring"
