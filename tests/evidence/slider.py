"""From moving a slider to repainted numbers in Chromium, against a bare view of the same site in the same run."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.test.utils import setup_databases, setup_test_environment, teardown_databases, teardown_test_environment
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.benchmarks.slider import Reaction, reaction_of
from tests.evidence import Cell, Evidence
from tests.journeys.conftest import FLAGS

ISSUE = 2
SIZES = (5, 50, 1000)
ROUNDS = 25
PAUSE_MS = 40
"""The form's own pause after an event, which gathers the events of one movement."""
FLAT = 1.5
"""The ratio at 1,000 servers, over that at 5, at most."""


def measure() -> Evidence:
    """Each size with the form's own pause and without it."""
    with _site() as page:
        reactions = [(n, _reaction(page, n, PAUSE_MS), _reaction(page, n, 0)) for n in SIZES]
    least, most = reactions[0], reactions[-1]
    growth = most[2].times / least[2].times
    return Evidence(
        title="A slider's answer against a bare view",
        command="bin/evidence 2 --only slider",
        passed=growth <= FLAT,
        columns=(
            "servers", "answer ms", "bare view ms", "times", "answer ms, no pause", "bare view ms, no pause",
            "times, no pause",
        ),
        rows=tuple(_row(*item) for item in reactions),
        text=(
            "From the slider's `input` event to the frame after htmx has put the answer into the page: a forecast, the"
            " response curve with its ranges, every figure beside that of the plan, and the table of"
            " servers. The bare view is `/healthz`, asked through htmx on the same page, in turn with"
            f" the answer. Both wait {PAUSE_MS} ms after an event, as the form does, in the first columns, and not at"
            f" all in the last ones. Medians of {ROUNDS} rounds; no answer is asked twice, so none is kept;"
            " the curve is, since traffic does not bend it. Without"
            f" the pause the ratio at {SIZES[-1]:,} servers is {growth:.2f} times that at {SIZES[0]} (at most {FLAT})."
        ),
    )  # fmt: skip


def _row(servers: int, paused: Reaction, bare: Reaction) -> tuple[Cell, ...]:
    return (
        servers, round(paused.answer_ms, 1), round(paused.bare_ms, 1), round(paused.times, 2),
        round(bare.answer_ms, 1), round(bare.bare_ms, 1), round(bare.times, 2),
    )  # fmt: skip


def _reaction(page: Page, servers: int, pause_ms: int) -> Reaction:
    return reaction_of(page, servers, rounds=ROUNDS, pause_ms=pause_ms)


@contextmanager
def _site() -> Iterator[Page]:
    """A page of a browser on a site of its own with an empty database."""
    program = os.environ.get("TIERWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("bin/evidence: no Chromium; install it, or say where it is with TIERWRIGHT_CHROMIUM")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's loop runs in this thread
    logging.disable(logging.WARNING)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    server = LiveServer("localhost")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
            context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900})
            yield context.new_page()
            browser.close()
    finally:
        server.stop()
        connections.close_all()
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
