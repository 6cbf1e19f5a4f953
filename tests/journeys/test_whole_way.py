"""The main job, by mouse: from a real access log to a bundle whose every file the real programs accepted."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Look
from tests.journeys.test_intake import log
from tests.planner.conftest import Wait, readers
from topology import revisions
from topology.models import Plan

__all__ = ["log", "readers"]

FIRST_NUMBER, BUNDLE = 3, 15
"""Clicks within which the first useful number, and the bundle, must be there."""


class Mouse:
    """A person's mouse, which counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def choose_file(self, what: Locator, file: Path) -> None:
        """Click on the field, and choose in the dialog that opens."""
        with self.page.expect_file_chooser() as opened:
            self.click(what)
        opened.value.set_files(file)


@pytest.mark.slow
def test_from_an_access_log_to_the_configuration_of_every_host(
    page: Page, log: Path, readers: Wait, look: Look, accessible: Callable[[], None], tmp_path: Path
) -> None:
    mouse = Mouse(page)
    page.goto("/")

    mouse.click(page.get_by_role("link", name="Read a log"))
    mouse.choose_file(page.get_by_label("Log files"), log)
    mouse.click(page.get_by_role("button", name="Read the log"))
    expect(page.get_by_text("of the CPU of one")).to_be_visible(timeout=60_000)
    assert mouse.clicks <= FIRST_NUMBER

    page.get_by_label("CPU busy in that hour").fill("34")
    page.get_by_label("Cores").fill("2")
    expect(page.locator("#answer")).to_contain_text("you saw 34")
    mouse.click(page.get_by_role("button", name="Plan it"))

    expect(page.locator(".card-stage")).to_have_count(5)
    expect(page.locator("#advice-title")).to_be_visible()
    look("stages")
    accessible()
    page.get_by_label("Traffic, times today's peak").fill("20")
    expect(page.locator("#cards")).to_contain_text("At ×20")

    mouse.click(page.get_by_role("link", name="Load balancing"))
    expect(page.get_by_role("heading", name="Why now")).to_be_visible()
    look("stage")
    accessible()
    mouse.click(page.get_by_role("button", name="Plan this stage"))

    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    mouse.click(page.get_by_role("button", name="Add a server to web"))
    expect(page.locator("#live")).to_contain_text("web3")
    look("editor")
    accessible()
    mouse.click(page.get_by_role("button", name="Save as a revision"))
    expect(page.get_by_text("Saved as revision 3")).to_be_visible()

    mouse.click(page.get_by_role("link", name="Bundle", exact=True))
    expect(page.get_by_text("Ask the programs again")).to_be_visible(timeout=120_000)
    look("bundle")
    accessible()
    with page.expect_download() as begun:
        mouse.click(page.get_by_role("link", name="Download .zip"))
    bundle = tmp_path / "bundle.zip"
    begun.value.save_as(bundle)
    assert mouse.clicks <= BUNDLE
    print(f"clicks to the bundle: {mouse.clicks}")

    hosts = [host.name for host in revisions.load(Plan.objects.get()).hosts]
    results = _results(bundle)
    assert set(hosts) == {host for host, _ in results}
    assert Counter(result for _, result in results).keys() == {"accepted"}


def _results(bundle: Path) -> list[tuple[str, str]]:
    """Host and result of every file, as the bundle's report has them."""
    with zipfile.ZipFile(bundle) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/reports/validation.json")]
        report = json.loads(archive.read(name))
    return [(answer["host"], answer["result"]) for answer in report["files"]]
