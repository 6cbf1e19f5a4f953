"""A person brings a log, or types numbers, and sees the first useful number within three clicks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from planner.models import Reading
from tests.journeys.conftest import Look
from tests.planner.conftest import Wait, readers
from tests.planner.pages.test_intake_robots import robots_and_pages
from tests.planner.test_readings import LOG

__all__ = ["readers"]

Accessible = Callable[[], None]


@pytest.fixture
def log(data_dir: Path | None, tmp_path: Path) -> Path:
    """A real log where there is one, else a made one."""
    if data_dir is not None:
        return data_dir / "logs" / "elastic_apache_combined.log"
    made = tmp_path / "access.log"
    made.write_bytes(LOG)
    return made


def test_the_first_number_is_three_clicks_away(
    page: Page, log: Path, readers: Wait, look: Look, accessible: Accessible
) -> None:
    page.goto("/")
    look("start")
    accessible()

    page.get_by_role("link", name="Read a log").click()
    page.wait_for_url("**/intake/")
    look("intake")
    accessible()
    page.get_by_label("Log files").set_input_files(log)  # the second click opens the file dialog
    page.get_by_role("button", name="Read the log").click()

    expect(page.get_by_role("heading", name="What this log asks of a server")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("of the CPU of one")).to_be_visible()
    look("reading")
    accessible()


def test_robots_are_left_out_with_one_click(
    page: Page, tmp_path: Path, readers: Wait, look: Look, accessible: Accessible
) -> None:
    made = tmp_path / "access.log"
    made.write_bytes(robots_and_pages())
    page.goto("/intake/")
    page.get_by_label("Log files").set_input_files(made)
    page.get_by_role("button", name="Read the log").click()
    expect(page.get_by_role("heading", name="Pages worth caching")).to_be_visible(timeout=60_000)
    peak = page.locator(".facts > div").filter(has_text="Peak rate").locator("dd")
    expect(peak).to_contain_text("0.5")
    page.get_by_label("CPU busy in that hour").fill("34")
    expect(page.locator("#answer")).to_contain_text("you saw 34")

    page.get_by_label("Leave out robots").check()

    expect(peak).to_contain_text("0.33")
    expect(page.get_by_label("Leave out robots")).to_be_focused()
    expect(page.locator("#answer")).to_contain_text("you saw 34")
    look("reading-people")
    accessible()


def test_how_busy_the_server_was_moves_the_number_while_one_types(
    page: Page, log: Path, readers: Wait, complaints: list[str]
) -> None:
    page.goto("/intake/")
    page.get_by_label("Log files").set_input_files(log)
    page.get_by_role("button", name="Read the log").click()
    page.get_by_label("CPU busy in that hour").fill("34")
    page.get_by_label("Cores").fill("2")

    expect(page.locator("#answer")).to_contain_text("you saw 34")
    expect(page.locator("#spoken")).to_contain_text("% of the CPU at the peak")

    page.get_by_label("CPU busy in that hour").fill("340")
    expect(page.locator("#answer [role=alert]")).to_contain_text("less than or equal to 100")
    page.locator("#answer").get_by_role("link", name="CPU busy in that hour").click()
    expect(page.get_by_label("CPU busy in that hour")).to_be_focused()


def test_numbers_become_a_plan(page: Page, readers: Wait, look: Look, accessible: Accessible) -> None:
    page.goto("/intake/")
    page.get_by_label("Peak, requests/s").fill("12")
    page.get_by_label("CPU busy then").fill("20")
    page.get_by_label("Cores of that server").fill("2")
    expect(page.locator("#answer")).to_contain_text("you saw 20")
    look("numbers")
    accessible()

    page.get_by_label("Name of the plan").fill("A <b>small</b> site")
    page.get_by_role("button", name="Plan it").click()

    page.wait_for_url(re.compile(r"/plans/a-b-?small-?b-?-site/"))
    page.goto("/")
    expect(page.get_by_role("rowheader", name="A <b>small</b> site")).to_be_visible()


def test_a_log_is_dropped_on_the_page(page: Page, readers: Wait) -> None:
    page.goto("/intake/")
    dropped = page.evaluate_handle(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.log"));
            return data;
        }""",
        LOG.decode(),
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="Read the log").click()

    expect(page.get_by_text("dropped.log")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="What this log asks of a server")).to_be_visible(timeout=60_000)


def test_a_picture_is_refused_with_the_way_out(page: Page, readers: Wait, look: Look) -> None:
    page.goto("/intake/")
    page.get_by_label("Log files").set_input_files(
        {"name": "cat.log", "mimeType": "text/plain", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(500)}
    )
    page.get_by_role("button", name="Read the log").click()

    expect(page.get_by_text("not an access log")).to_be_visible(timeout=60_000)
    look("refused")
    page.get_by_role("link", name="Send another log").click()
    expect(page.get_by_role("button", name="Read the log")).to_be_visible()
    assert Reading.objects.get().answer is None


def test_nothing_chosen_is_told_beside_the_form(page: Page, transactional_db: None) -> None:
    page.goto("/intake/")
    page.get_by_role("button", name="Read the log").click()

    expect(page.get_by_text("Choose a log file or paste some lines")).to_be_visible()
    page.get_by_label("Lines of a log").fill("still usable")


def test_the_keyboard_reaches_everything(page: Page, transactional_db: None) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("2")
    page.wait_for_url("**/intake/")
    page.get_by_label("Lines of a log").press("1")
    assert page.url.endswith("/intake/")


def test_the_theme_is_remembered(page: Page, transactional_db: None) -> None:
    page.goto("/")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.goto("/intake/")

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_every_page_works_without_scripts(page: Page, log: Path, readers: Wait) -> None:
    browser, site = page.context.browser, page.evaluate("location.origin") if page.url != "about:blank" else None
    page.goto("/")
    assert browser is not None
    site = page.evaluate("location.origin")
    plain = browser.new_context(java_script_enabled=False, base_url=site).new_page()
    plain.goto("/intake/")
    plain.get_by_label("Log files").set_input_files(log)
    plain.get_by_role("button", name="Read the log").click()

    expect(plain.get_by_role("heading", name="What this log asks of a server")).to_be_visible(timeout=60_000)
    plain.get_by_label("CPU busy in that hour").fill("34")
    plain.get_by_role("button", name="Work it out").click()
    expect(plain.get_by_text("you saw 34")).to_be_visible()
    plain.get_by_role("button", name="Plan it").click()
    plain.wait_for_url("**/plans/my-site/**")
    plain.context.close()
