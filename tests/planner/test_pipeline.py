"""A pipeline with its plan file in git: proposes it once, brings it up to date, waits for it to be accepted."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from planner.models import Proposal
from planner.review import actions
from tests.builders import newspaper
from tests.cast import Cast, cast
from topology import document, revisions

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(settings: Any) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


def call(*words: str) -> tuple[int, str]:
    """Exit status and stdout of a command."""
    out = io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def plan_file(folder: Path, **changes: Any) -> str:
    """A plan file with the newspaper, changed."""
    path = folder / "plan.yaml"
    path.write_text(document.to_yaml(newspaper(**changes)), encoding="utf-8")
    return str(path)


def propose(path: str, *more: str) -> dict[str, Any]:
    """What `propose` answers."""
    status, said = call("propose", path, "--plan", "newspaper", "--by", "alice", "--title", "From git", "--json", *more)
    assert status == 0
    answer: dict[str, Any] = json.loads(said)
    return answer


def test_a_file_is_proposed_once(people: Cast, tmp_path: Path) -> None:
    path = plan_file(tmp_path, notes="more")

    first, second = propose(path), propose(path)

    assert (first["new"], first["state"], second["new"]) == (True, "in_review", False)
    assert first["proposal"] == second["proposal"]
    assert Proposal.objects.count() == 1


def test_a_changed_file_is_a_new_revision_of_it(people: Cast, tmp_path: Path) -> None:
    first = propose(plan_file(tmp_path, notes="more"))

    second = propose(plan_file(tmp_path, notes="still more"))

    assert (second["proposal"], second["new"]) == (first["proposal"], True)
    assert revisions.load(Proposal.objects.get().draft).notes == "still more"


def test_what_the_plan_holds_is_not_proposed(people: Cast, tmp_path: Path) -> None:
    answer = propose(plan_file(tmp_path))

    assert (answer["proposal"], answer["says"]) == (None, "newspaper holds this already")


def test_a_file_is_waited_for_until_it_is_accepted(people: Cast, tmp_path: Path) -> None:
    path = plan_file(tmp_path, notes="more")
    asked = ("status", path, "--plan", "newspaper", "--by", "alice")

    assert call(*asked)[0] == 1
    propose(path)
    status, said = call(*asked)
    assert (status, said.partition(":")[0]) == (1, "in_review")

    proposal = Proposal.objects.get()
    head = revisions.get(proposal.draft)
    actions.break_glass(people.olive, proposal, digest=head.digest, reason="A test")
    assert call(*asked)[0] == 0


def test_the_open_ones_are_listed_with_what_they_lack(people: Cast, tmp_path: Path) -> None:
    propose(plan_file(tmp_path, notes="more"))

    _, said = call("status", "--by", "vera", "--json")

    [row] = json.loads(said)
    assert (row["plan"], row["title"], row["state"]) == ("newspaper", "From git", "in_review")
    assert row["missing"]


@pytest.mark.parametrize("words", [("--plan", "none", "--by", "alice"), ("--plan", "newspaper", "--by", "nobody"),
                                   ("--plan", "newspaper", "--by", "charlie")])  # fmt: skip
def test_who_or_what_is_not_there_is_refused(words: tuple[str, ...], people: Cast, tmp_path: Path) -> None:
    assert call("propose", plan_file(tmp_path, notes="more"), *words)[0] == 2


def test_whoever_may_not_propose_does_not(people: Cast, tmp_path: Path) -> None:
    assert call("propose", plan_file(tmp_path, notes="x"), "--plan", "newspaper", "--by", "vera")[0] == 2
