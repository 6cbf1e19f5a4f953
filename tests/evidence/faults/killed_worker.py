"""The web worker is killed while it saves: each save is there whole or not at all, and the form is not lost."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.people import VirtualPerson
from tests.load.scene import Prepared, Scene, is_whole, scene
from tests.load.site import until_it_answers

ROUNDS = 200
SITES = 4
NEWEST = """
SELECT p.slug, r.document, r.digest FROM topology_plan p
JOIN topology_revision r ON r.plan_id = p.id AND r.number = p.head
"""
HEADLESS = """
SELECT count(*) FROM topology_plan p
WHERE head != (SELECT max(number) FROM topology_revision WHERE plan_id = p.id)
"""
SAVED = "SELECT count(*) FROM topology_revision WHERE message LIKE 'Mark %'"
TOLD = "SELECT count(*) FROM planner_event WHERE verb = 'edit' AND data LIKE '%\"message\": \"Mark %'"


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of one site."""

    broken: int
    acknowledged: int
    lost: int
    revisions: int
    events: int
    headless: int
    history: str

    @property
    def fine(self) -> bool:
        """Nothing lost, nothing by half."""
        by_half = self.revisions != self.events or self.headless
        return not self.lost and not by_half and is_whole(self.history)


def drill(data: Prepared, folder: Path, *, rounds: int = ROUNDS, sites: int = SITES, seed: int = 4) -> Outcome:
    """Save again and again, and kill the worker at a moment of chance."""
    with ThreadPoolExecutor(sites) as pool:
        places = [folder.with_name(f"{folder.name}-{number}") for number in range(sites)]
        jobs = [
            pool.submit(_on_one, data, place, rounds // sites, seed + number) for number, place in enumerate(places)
        ]
        return _judge([job.result() for job in jobs], rounds)


def _on_one(data: Prepared, folder: Path, rounds: int, seed: int) -> Came:
    dice = random.Random(seed)
    with scene(data, folder, workers=1, preload=True) as found:
        person = found.person(f"killed{seed}", seed)
        usual = _usual(person)
        for _ in range(rounds):
            _round(found, person, dice.uniform(0, 1.5 * usual))
        until_it_answers(found.site)
        return _came_of(found, person)


def _usual(person: VirtualPerson) -> float:
    """Seconds that a save may take here."""
    for _ in range(3):
        person.save()
    return sorted(click.seconds for click in person.record.clicks if click.what == "save")[-1]


def _round(found: Scene, person: VirtualPerson, delay: float) -> None:
    until_it_answers(found.site)
    # What the editor would carry if it were opened now.
    person.forms = {slug: (text, digest) for slug, text, digest in found.said(NEWEST)}
    # The first page of a new worker is slow; the moment of chance is to be one of the save.
    person.look("queue")
    thread = threading.Thread(target=person.save)
    thread.start()
    time.sleep(delay)
    for worker in found.site.workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    thread.join(timeout=120)


def _came_of(found: Scene, person: VirtualPerson) -> Came:
    [(revisions,)], [(events,)], [(headless,)] = found.said(SAVED), found.said(TOLD), found.said(HEADLESS)
    return Came(
        broken=sum(click.status == 0 for click in person.record.clicks),
        acknowledged=len(person.record.marks),
        lost=len(found.missing(person.record.marks)),
        revisions=revisions,
        events=events,
        headless=headless,
        history=found.history(),
    )


def _judge(sites: Sequence[Came], rounds: int) -> Outcome:
    acknowledged, lost = sum(one.acknowledged for one in sites), sum(one.lost for one in sites)
    revisions, headless = sum(one.revisions for one in sites), sum(one.headless for one in sites)
    whole = all(is_whole(one.history) for one in sites)
    return Outcome(
        fault="web worker killed while it saves",
        did=f"{rounds} times SIGKILL at a moment of chance in a save, on {len(sites)} sites at once",
        found=(
            f"{sum(one.broken for one in sites)} answers broke off; {acknowledged} saves were acknowledged, {lost} of"
            f" them lost; {revisions} revisions stand ({revisions - acknowledged + lost} of them saved before their"
            f" answer broke off), {sum(one.events for one in sites)} events tell of them,"
            f" {headless} heads without their revision; the history is {'whole' if whole else 'NOT whole'}; a form"
            " carries its whole design, so what was typed is sent again as it was"
        ),
        passed=all(one.fine for one in sites),
    )
