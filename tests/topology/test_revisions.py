"""Revisions never change, nobody's save is lost, and an old one can be brought back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import ProtectedError

from tests.builders import newspaper
from tests.conftest import ROOT
from tests.database import database_url
from topology import document, revisions
from topology.design import Design
from topology.document import PlanRefused
from topology.errors import TierwrightError
from topology.models import Plan, Revision
from topology.revisions import Conflict

pytestmark = pytest.mark.django_db


def noted(text: str) -> Design:
    """The newspaper with a note that tells it from the others."""
    return newspaper(notes=text)


def started() -> tuple[Plan, str]:
    """A plan with one revision, and the digest of that."""
    first = revisions.start(newspaper(), name="The newspaper", message="First")
    return first.plan, first.digest


def test_a_design_comes_back_as_it_was_saved() -> None:
    plan, digest = started()

    assert revisions.load(plan) == newspaper()
    assert digest == document.digest(newspaper())
    assert revisions.get(plan).servers == 3


def test_revisions_are_numbered_and_know_their_parent() -> None:
    plan, digest = started()

    second = revisions.record(plan, noted("two"), parent_digest=digest, message="Add a note")
    third = revisions.record(plan, noted("three"), parent_digest=second.digest, message="Change it")

    assert [(r.number, r.message) for r in revisions.history(plan)] == [
        (3, "Change it"),
        (2, "Add a note"),
        (1, "First"),
    ]
    assert third.parent == second
    assert revisions.load(plan, 2).notes == "two"
    assert revisions.load(plan).notes == "three"


def test_a_save_on_an_older_revision_is_a_conflict_that_carries_both_versions() -> None:
    plan, digest = started()
    theirs = revisions.record(plan, noted("theirs"), parent_digest=digest, message="Theirs")

    with pytest.raises(Conflict) as caught:
        revisions.record(plan, noted("mine"), parent_digest=digest, message="Mine")

    assert caught.value.head == theirs
    assert revisions.design_of(caught.value.head).notes == "theirs"
    assert (caught.value.design.notes, caught.value.message) == ("mine", "Mine")
    assert revisions.load(plan).notes == "theirs"


def test_a_conflict_is_settled_by_saving_on_top_of_the_other() -> None:
    plan, digest = started()
    theirs = revisions.record(plan, noted("theirs"), parent_digest=digest, message="Theirs")

    mine = revisions.record(plan, noted("mine"), parent_digest=theirs.digest, message="Mine")

    assert mine.number == 3
    assert [revisions.load(plan, number).notes for number in (2, 3)] == ["theirs", "mine"]


def test_saving_what_is_there_already_changes_nothing() -> None:
    plan, digest = started()
    second = revisions.record(plan, noted("two"), parent_digest=digest, message="Two")

    again = revisions.record(plan, noted("two"), parent_digest=digest, message="The same form, sent twice")

    assert again == second
    assert Revision.objects.filter(plan=plan).count() == 2


def test_an_old_revision_is_restored_as_a_new_one() -> None:
    plan, digest = started()
    second = revisions.record(plan, noted("two"), parent_digest=digest, message="Two")

    third = revisions.restore(plan, 1, parent_digest=second.digest)

    assert (third.number, third.message, third.digest) == (3, "Restore revision 1", digest)
    assert revisions.load(plan) == newspaper()


def test_a_taken_name_gets_a_number() -> None:
    slugs = [revisions.start(newspaper(), name="The newspaper", message="First").plan.slug for _ in range(3)]

    assert slugs == ["newspaper", "newspaper-2", "newspaper-3"]
    assert revisions.load(Plan.objects.get(slug="newspaper-3")).name == "newspaper-3"


def test_a_numbered_name_still_fits() -> None:
    design = newspaper(name="n" * 40)

    slugs = [revisions.start(design, name="Long", message="First").plan.slug for _ in range(2)]

    assert slugs == ["n" * 40, "n" * 38 + "-2"]


def test_a_removed_plan_is_off_the_lists_until_it_is_brought_back() -> None:
    plan, _ = started()
    other = revisions.start(newspaper(), name="Another", message="First").plan

    revisions.remove(plan)
    without = [head.plan for head in revisions.heads()]
    revisions.bring_back(plan)

    assert without == [other]
    assert {head.plan for head in revisions.heads()} == {plan, other}
    assert revisions.load(plan) == newspaper()


@pytest.mark.parametrize(
    ("name", "message"), [("", "First"), ("x" * 81, "First"), ("a\u202eb", "First"), ("Fine", ""), ("Fine", "m" * 301)]
)
def test_a_name_or_message_that_does_not_fit_is_refused_and_nothing_is_kept(name: str, message: str) -> None:
    with pytest.raises(TierwrightError):
        revisions.start(newspaper(), name=name, message=message)

    assert Plan.objects.count() == 0


def test_a_design_that_does_not_hold_together_is_refused() -> None:
    plan, digest = started()
    design = newspaper()
    twice = design.model_copy(update={"tiers": (*design.tiers, design.tiers[0])})

    with pytest.raises(PlanRefused, match="the tier web stands here twice"):
        revisions.record(plan, twice, parent_digest=digest, message="Web twice")

    assert revisions.get(plan).number == 1


def test_a_missing_revision_is_said_to_be_missing() -> None:
    plan, _ = started()

    with pytest.raises(Revision.DoesNotExist):
        revisions.load(plan, 2)


def change_the_message(revision: Revision) -> None:
    Revision.objects.filter(pk=revision.pk).update(message="Another")


def delete_in_bulk(revision: Revision) -> None:
    Revision.objects.filter(pk=revision.pk)._raw_delete("default")  # past Django's own guards


def change_by_sql(revision: Revision) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE topology_revision SET document = '{}' WHERE id = %s", [revision.pk])


@pytest.mark.parametrize("tamper", [change_the_message, delete_in_bulk, change_by_sql])
def test_the_database_refuses_to_change_a_revision(tamper: Callable[[Revision], None]) -> None:
    plan, _ = started()

    with pytest.raises(DatabaseError, match="a revision is never changed or deleted"), transaction.atomic():
        tamper(revisions.get(plan))

    assert revisions.load(plan) == newspaper()


def test_a_revision_is_neither_saved_again_nor_deleted() -> None:
    revision = revisions.get(started()[0])

    with pytest.raises(TypeError, match="never changed"):
        revision.save()
    with pytest.raises(TypeError, match="never changed"):
        revision.delete()


def test_a_plan_with_revisions_is_not_deleted() -> None:
    plan, _ = started()

    with pytest.raises(ProtectedError):
        plan.delete()


def test_a_document_that_parted_from_its_digest_is_refused() -> None:
    revision = revisions.get(started()[0])
    revision.document = revision.document.replace("medium", "large")

    with pytest.raises(TierwrightError, match="revision 1 is damaged"):
        revisions.design_of(revision)


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_database_and_the_protection_is_back_afterwards() -> None:
    started()

    call_command("flush", interactive=False, verbosity=0)

    assert Plan.objects.count() == 0
    plan, _ = started()
    with pytest.raises(DatabaseError, match="never changed"):
        change_the_message(revisions.get(plan))


# --- At once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_wins_and_the_other_is_a_conflict() -> None:
    plan, digest = started()
    barrier = Barrier(2)

    def save(number: int) -> str:
        barrier.wait(timeout=30)
        return _saved(plan, noted(f"writer {number}"), digest)

    with ThreadPoolExecutor(2) as writers:
        outcomes = list(writers.map(_closing(save), range(2)))

    assert sorted(outcomes) == ["conflict", "saved"]
    winner = outcomes.index("saved")
    assert revisions.load(plan).notes == f"writer {winner}"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_many_write_until_each_got_through() -> None:
    plan, _ = started()

    def write(number: int) -> int:
        return sum(_insist(plan, f"writer {number}, edit {edit}") for edit in range(5))

    with ThreadPoolExecutor(6) as writers:
        list(writers.map(_closing(write), range(6)))

    kept = list(Revision.objects.filter(plan=plan).order_by("number"))
    assert [revision.number for revision in kept] == list(range(1, 32))
    assert [revision.parent_id for revision in kept] == [None, *(revision.pk for revision in kept[:-1])]
    assert len({revision.digest for revision in kept}) == 31


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_saving_on_one_revision_one_is_told() -> None:
    plan, digest = started()

    with _writer(plan, digest, "one") as one, _writer(plan, digest, "two") as two:
        answers = [_release(one), _release(two)]

    assert sorted(answers) == ["conflict", "saved"]
    assert Revision.objects.filter(plan=plan).count() == 2


def _saved(plan: Plan, design: Design, digest: str) -> str:
    try:
        revisions.record(plan, design, parent_digest=digest, message="At once")
    except Conflict:
        return "conflict"
    return "saved"


def _insist(plan: Plan, note: str) -> int:
    for tries in range(1, 1000):
        head = revisions.get(plan)
        if _saved(plan, noted(note), head.digest) == "saved":
            return tries
    raise AssertionError("never got through")


def _closing(work: Callable[[int], Any]) -> Callable[[int], Any]:
    """The work, leaving no connection of its thread behind."""

    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    return run


WRITER = """
import json, sys
import django
django.setup()
from topology import document, revisions
from topology.components import catalogue
from topology.models import Plan
task = json.loads(sys.stdin.readline())
design = document.from_data(task["design"], catalogue=catalogue())
plan = Plan.objects.get(slug=task["plan"])
print("ready", flush=True)
sys.stdin.readline()
try:
    revisions.record(plan, design, parent_digest=task["digest"], message="From a process")
    print("saved")
except revisions.Conflict:
    print("conflict")
"""


class _writer:
    """A process that is ready to save and waits for the word."""

    def __init__(self, plan: Plan, digest: str, note: str) -> None:
        self.task = {"plan": plan.slug, "digest": digest, "design": document.to_data(noted(note))}

    def __enter__(self) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url()},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(self.task), file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "ready\n"
        return self.process

    def __exit__(self, *failure: object) -> None:
        self.process.kill()
        self.process.communicate()


def _release(process: subprocess.Popen[str]) -> str:
    return process.communicate("go\n", timeout=60)[0].strip()
