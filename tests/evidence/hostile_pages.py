"""Hostile strings as names on pages, in the editor's form and in drawings change no structure."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.test import Client
from django.test.utils import setup_databases, setup_test_environment, teardown_databases, teardown_test_environment

from tests import builders
from tests.evidence import Evidence
from tests.planner import hostile
from topology import revisions

ISSUE = 1
PAGES, FORMS, DRAWINGS = 4_500, 500, 15_000
BATCH = 250


def measure() -> Evidence:
    """20,000 strings: on the start page, typed into the editor, and as every word of a box of a drawing."""
    logging.disable(logging.WARNING)  # each refusal would be a line
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        changed = _pages()
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
    rows = (("a plan's name, start page", PAGES, changed[0]), ("a tier's name, editor", FORMS, changed[1]), _drawings())
    return Evidence(
        title="Hostile words change no page and no drawing",
        command="bin/evidence 1 --only hostile_pages",
        passed=all(row[2] == 0 for row in rows),
        columns=("where", "strings", "structures changed"),
        rows=rows,
        text=(
            "A page's structure is its tags and the names of their attributes, in order, by Python's own parser; the"
            " page of a harmless name is the measure. Names are put into the database past the form's own refusals."
            " A drawing's structure is what Graphviz reads in the DOT: one box for each text."
        ),
    )


def _pages() -> tuple[int, int]:
    client = Client()
    plan = revisions.start(builders.newspaper(), name="The newspaper", message="first").plan
    draft = hostile.draft()
    return (
        _changed(lambda text: hostile.start_page(client, plan, text), hostile.HARMLESS, PAGES, seed=1),
        _changed(lambda text: hostile.editor_page(client, plan, draft, f"-{text}"), "refused", FORMS, seed=2),
    )


def _changed(page: Callable[[str], str], harmless: str, count: int, *, seed: int) -> int:
    plain = hostile.structure(page(harmless))
    return sum(hostile.structure(page(text)) != plain for text in hostile.strings(count, seed=seed))


def _drawings() -> tuple[str, int, int]:
    texts = [text.replace("\x00", "") or "x" for text in hostile.strings(DRAWINGS, seed=3)]
    batches = [texts[at : at + BATCH] for at in range(0, DRAWINGS, BATCH)]
    return ("every word of a box, drawing", DRAWINGS, sum(map(hostile.broken_drawings, batches)))
