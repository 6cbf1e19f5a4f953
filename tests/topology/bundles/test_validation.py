"""What the report says of files that were accepted, refused, or looked at by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.bundles.cast import PLAN, Greeter, Shelf, cluster_with, greeting, small_bundle
from topology.bundles import bundle_of, members, validate, validation
from topology.bundles.sandbox import SandboxRefused
from topology.components import Stage, Validator, Verdict

pytestmark = pytest.mark.usefixtures("shared")


def _accept(stage: Stage) -> Verdict:
    return Verdict(accepted=True, says=stage.run(["echo", "well"]).output)


def test_an_accepted_file_names_the_program_its_version_and_its_words() -> None:
    answer = validate(small_bundle()).answer("front1", "/etc/greeter.conf")

    assert (answer.result, answer.program, answer.says) == ("accepted", "sh", "sh -n FILE")
    assert (answer.component, answer.output, answer.checked_on) == ("greeter", "the shell reads it", "front1")
    assert answer.version


def test_a_refused_file_carries_the_words_of_the_program() -> None:
    report = validate(small_bundle(Greeter(greeting(text="if then\n")), Shelf()))

    assert report.counts == {"accepted": 0, "refused": 2, "unvalidated": 1}
    assert [answer.host for answer in report.refused] == ["front1", "front2"]
    assert "/etc/greeter.conf: 1: Syntax error" in report.refused[0].output


def test_a_file_that_no_program_reads_says_so() -> None:
    answer = validate(small_bundle()).answer("back1", "etc/shelf.conf")

    assert (answer.result, answer.program, answer.output) == ("unvalidated", None, "no program reads this file")


def test_a_program_that_is_not_installed_leaves_its_files_unvalidated() -> None:
    greeter = Greeter()
    greeter.validator = Validator(program="no-such", package="such", says="no-such -t", check=_accept)  # type: ignore[misc]

    answer = validate(small_bundle(greeter, Shelf())).answer("front1", "etc/greeter.conf")

    assert (answer.result, answer.version) == ("unvalidated", None)
    assert answer.output == "no-such is not installed here (package such)"


def test_a_machine_without_sandboxes_leaves_every_file_unvalidated(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise SandboxRefused("not here")

    monkeypatch.setattr(validation, "ground", refuse)

    report = validate(small_bundle())

    assert report.counts == {"accepted": 0, "refused": 0, "unvalidated": 3}
    assert report.answer("front1", "etc/greeter.conf").output == "not here"


def test_equal_files_beside_equal_roles_are_checked_once() -> None:
    asked = []

    def check(stage: Stage) -> Verdict:
        asked.append(stage.placed.host.name)
        return _accept(stage)

    report = validate(small_bundle(Greeter(greeting(), check=check), Shelf()))

    assert asked == ["front1"]
    assert {answer.checked_on for answer in report.answers if answer.component == "greeter"} == {"front1"}


@pytest.mark.parametrize(
    "second", [{"type": "medium"}, {"type": "small", "roles": ["greeter", "shelf"]}], ids=["type", "neighbours"]
)
def test_equal_files_on_unequal_servers_are_each_checked(second: dict[str, Any]) -> None:
    asked = []

    def check(stage: Stage) -> Verdict:
        asked.append(stage.placed.host.name)
        return _accept(stage)

    servers = [{"name": "one", "type": "small"}, {"name": "two", **second}]
    plan = {**PLAN, "tiers": [{"name": "all", "servers": servers, "roles": ["greeter"]}, PLAN["tiers"][1]]}
    validate(bundle_of(cluster_with(Greeter(greeting(), check=check), Shelf(), plan=plan)))

    assert sorted(asked) == ["one", "two"]


def test_unequal_files_are_each_checked_and_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []

    report = validate(small_bundle(), progress=lambda *step: told.append(step))

    assert [step[:2] for step in told] == [(1, 2), (2, 2)]
    assert {step[2] for step in told} == {"front1: sh -n FILE", "front2: sh -n FILE"}
    assert {answer.checked_on for answer in report.answers} == {"front1", "front2", None}


def test_a_fault_in_a_check_is_not_hidden() -> None:
    def check(stage: Stage) -> Verdict:
        raise ZeroDivisionError("a fault of ours")

    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        validate(small_bundle(Greeter(check=check), Shelf()))


def test_two_validated_bundles_are_the_same_bytes() -> None:
    first, second = (small_bundle() for _ in range(2))

    assert members(first.with_report(validate(first))) == members(second.with_report(validate(second)))
