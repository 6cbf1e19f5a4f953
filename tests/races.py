"""People at once on one proposal, and somebody who has the database in hand: what then holds, as counts.

`python -m tests.races EDITS RACES FLIPS` runs all of it on the database of the settings and writes the counts as JSON.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier
from typing import Any
from unittest import mock

import django
from django.conf import settings
from django.db import DatabaseError, Error, connection, connections, transaction

from tests.conftest import ROOT
from tests.database import database_url
from tests.lifting import lifted

PROCESSES, EDITS, RACES, FLIPS = 16, 60, 1000, 1000
JITTER_SECONDS = 0.03


def edit_at_once(processes: int, edits: int) -> dict[str, int]:
    """So many processes, each trying so many edits of one draft, each on what it saw last."""
    from planner.models import Event
    from planner.verifying import verify
    from tests.cast import cast, head_of, proposed
    from topology.models import Revision

    people = cast()
    proposal = proposed(people)
    before = head_of(proposal).number
    counts = Counter[str]()
    with _writers(processes, edits, proposal.draft.slug) as writers:
        for writer in writers:
            said, _ = writer.communicate()
            counts.update(json.loads(said))
    kept = list(Revision.objects.filter(plan=proposal.draft, number__gt=before).order_by("number"))
    numbers = [revision.number for revision in kept]
    return {
        "attempts": processes * edits,
        "saved": counts["saved"],
        "conflicts": counts["conflict"],
        "errors": counts["error"],
        "lost": counts["saved"] - len({revision.message for revision in kept}),
        "gaps": int(numbers != list(range(before + 1, before + 1 + len(numbers)))),
        "untold": len(kept) - Event.objects.filter(proposal=proposal.pk, verb="edit").count(),
        "breaks": sum(len(history.breaks) for history in verify()),
    }


@contextmanager
def _writers(processes: int, edits: int, slug: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that have begun and wait for one another."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "TIERWRIGHT_TEST_VAR": str(settings.VAR_DIR),
    }
    with ExitStack() as stack:
        found = []
        for number in range(processes):
            writer = subprocess.Popen(
                [sys.executable, "-m", "tests.races", "edit", slug, str(number), str(edits)],
                cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.callback(writer.wait)
            stack.callback(writer.kill)
            found.append(writer)
        for writer in found:
            assert writer.stdout is not None
            writer.stdout.readline()
        for writer in found:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        yield found


def edit(slug: str, number: int, edits: int) -> dict[str, int]:
    """What one process does: each edit on the newest revision that it saw; a conflict is counted and left."""
    from django.contrib.auth.models import User

    from planner.models import Proposal
    from planner.review import recording
    from planner.review.moving import warm
    from topology import revisions
    from topology.models import Plan

    alice, plan = User.objects.get(username="alice"), Plan.objects.get(slug=slug)
    warm(Proposal.objects.get(draft=plan))  # as in a process of the site that has answered before
    print("ready", flush=True)
    sys.stdin.readline()
    counts = Counter[str]()
    for turn in range(edits):
        head = revisions.get(plan)
        said = f"process {number}, edit {turn}"
        design = revisions.design_of(head).model_copy(update={"notes": said})
        try:
            recording.save(alice, plan, design, parent_digest=head.digest, message=said)
            counts["saved"] += 1
        except revisions.Conflict:
            counts["conflict"] += 1
        except Error as error:
            print(f"{said}: {error}", file=sys.stderr)
            counts["error"] += 1
    return counts


def edit_against_approve(races: int, *, seed: int) -> dict[str, int]:
    """Somebody edits while another approves and a third accepts; what is accepted must be what was approved."""
    from tests.cast import cast

    people, dice = cast(), random.Random(seed)
    counts = Counter[str]()
    with no_programs(), ThreadPoolExecutor(2) as pool:
        for number in range(races):
            counts.update(
                _race(people, number, (dice.uniform(0, JITTER_SECONDS), dice.uniform(0, JITTER_SECONDS)), pool)
            )
    return {
        "races": races,
        "accepted": counts["accepted"],
        "edit_first": counts["stale"] + counts["refused"],
        "wrong": counts["wrong"],
        "errors": counts["error"],
    }


def _race(people: Any, number: int, waits: tuple[float, float], pool: ThreadPoolExecutor) -> list[str]:
    from planner import plans
    from planner.models import Approval
    from planner.review import actions, recording
    from planner.review.standing import standing
    from tests.builders import newspaper
    from tests.cast import TODAY, Cast, head_of, proposed
    from topology import revisions

    started = plans.start(people.alice, newspaper(), name=f"Race {number}", message="First", team=people.team)
    proposal = proposed(Cast(**{**vars(people), "plan": started.plan, "revision": started}))
    actions.open_review(people.alice, proposal)
    seen = standing(proposal, today=TODAY)
    changed = revisions.design_of(seen.head).model_copy(update={"system": "ubuntu2404"})
    barrier = Barrier(2)

    def edit_it() -> None:
        recording.save(people.dave, proposal.draft, changed, parent_digest=seen.head.digest, message="Meanwhile")

    def approve_and_accept() -> None:
        areas = [area.name for area in seen.areas]
        mine = type(proposal).objects.get(pk=proposal.pk)
        actions.approve(people.carol, mine, areas=areas, digest=seen.head.digest)
        actions.accept(people.olive, mine, digest=head_of(mine).digest)

    works = (edit_it, approve_and_accept)
    outcomes = list(pool.map(lambda at: _tried(works[at], waits[at], barrier), range(2)))
    proposal.refresh_from_db()
    said = [outcome for outcome in outcomes[1:] if outcome != "done"] + [o for o in outcomes if o == "error"]
    if proposal.accepted is not None:
        approved = set(Approval.objects.filter(proposal=proposal).values_list("revision__digest", flat=True))
        said.append("accepted" if {proposal.accepted.digest} <= approved else "wrong")
    return said


def _tried(work: Callable[[], None], wait: float, barrier: Barrier) -> str:
    from planner.review import Refused, Stale
    from topology.revisions import Conflict

    barrier.wait(timeout=60)
    time.sleep(wait)
    try:
        work()
    except Stale:
        return "stale"
    except (Refused, Conflict):
        return "refused"
    except Error as error:
        print(error, file=sys.stderr)
        return "error"
    finally:
        connections.close_all()
    return "done"


def flip_bytes(flips: int, *, seed: int) -> dict[str, int]:
    """One bit of one byte of one value of one row changed by hand, again and again; each must be found."""
    from planner.models import Approval, Comment, Event
    from planner.verifying import verify
    from topology.models import Revision

    with no_programs():
        make_history()
    dice, counts = random.Random(seed), Counter[str]()
    with lifted():
        assert not any(history.breaks for history in verify())
        while counts["found"] + counts["missed"] < flips:
            model = dice.choice((Revision, Event, Approval, Comment))
            counts[_flip(model, dice)] += 1
    return {
        "flips": flips,
        "found": counts["found"],
        "missed": counts["missed"],
        "refused_by_the_database": counts["refused"],
    }


def make_history() -> None:
    """A team with proposals in every state, approvals and a talk about them."""
    from planner.models import State
    from planner.review import discussion
    from tests.cast import cast, proposal_at

    people = cast()
    for state in (State.DRAFT, State.CHANGES_REQUESTED, State.APPROVED, State.ACCEPTED):
        proposal = proposal_at(state, people)
        thread = discussion.start_thread(people.bob, proposal, anchor="tier:web", text=f"Why three, {state.label}?")
        discussion.reply(people.carol, thread, text="Für den Fall der Fälle: “N+1”.")


@contextmanager
def no_programs() -> Iterator[None]:
    """Nobody asks the real programs, whose answer each acceptance would wait for."""
    from planner.review import settling

    with mock.patch.object(settling, "_ask_programs"):
        yield


def _flip(model: Any, dice: random.Random) -> str:
    """Flip, verify, and put it back: `found`, `missed`, `refused` by the database, or `same` where nothing changed."""
    from planner.verifying import verify

    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    field = dice.choice(fields)
    pk = dice.choice(list(model.objects.order_by("pk").values_list("pk", flat=True)))
    try:
        with transaction.atomic():
            changed = _write_flipped(model._meta.db_table, field, pk, dice)
            outcome = "same" if not changed else "found" if any(h.breaks for h in verify()) else "missed"
            if outcome == "missed":
                print(f"missed: {model.__name__} {pk} {field.column}", file=sys.stderr)
            transaction.set_rollback(True)
    except DatabaseError:
        return "refused"
    return outcome


def _write_flipped(table: str, field: Any, pk: int, dice: random.Random) -> bool:
    text = f'SELECT CAST("{field.column}" AS text) FROM {table} WHERE id = %s'
    with connection.cursor() as cursor:
        before = cursor.execute(text, [pk]).fetchone()[0] if connection.vendor == "sqlite" else _asked(cursor, text, pk)
        if not before:
            return False
        data = bytearray(str(before).encode())
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        if connection.vendor == "sqlite":
            cursor.execute(f'UPDATE {table} SET "{field.column}" = CAST(%s AS TEXT) WHERE id = %s', [bytes(data), pk])
            after = cursor.execute(
                f'SELECT CAST("{field.column}" AS blob) FROM {table} WHERE id = %s', [pk]
            ).fetchone()[0]
            return bytes(after or b"") != str(before).encode()
        kind = field.db_type(connection)
        value = data.decode(errors="replace").replace("\0", "\ufffd")  # PostgreSQL takes text alone
        cursor.execute(f'UPDATE {table} SET "{field.column}" = CAST(%s AS {kind}) WHERE id = %s', [value, pk])
        return bool(_asked(cursor, text, pk) != before)


def _asked(cursor: Any, statement: str, pk: int) -> Any:
    cursor.execute(statement, [pk])
    return cursor.fetchone()[0]


def measure(edits: int, races: int, flips: int) -> dict[str, Any]:
    """All of it, each on an emptied database."""
    from django.core.management import call_command

    found: dict[str, Any] = {"database": connection.vendor}
    works: Mapping[str, Callable[[], dict[str, int]]] = {
        "edits": lambda: edit_at_once(PROCESSES, edits),
        "races": lambda: edit_against_approve(races, seed=4),
        "flips": lambda: flip_bytes(flips, seed=4),
    }
    for name, work in works.items():
        call_command("flush", interactive=False, verbosity=0)
        found[name] = work()
    return found


def main(arguments: list[str]) -> None:
    """Run what was asked for, and write it as JSON."""
    if arguments[0] == "edit":
        print(json.dumps(edit(arguments[1], int(arguments[2]), int(arguments[3]))))
        return
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        print(json.dumps(measure(*map(int, arguments))))
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main(sys.argv[1:])
