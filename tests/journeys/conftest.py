"""A real browser on a real server: it fails a journey on an error in the console or a request to elsewhere."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

# The browser's own loop runs in the test's thread; Django would take it for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000
"""For whatever a page brings by itself: the machines are busy."""
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
# A refusal is part of a journey; the browser reports its status as an error all the same.
_REFUSAL = re.compile(r"Failed to load resource: .* status of (400|409|412|413|422)\b")

_STICKING_OUT = """(width) => [...document.querySelectorAll("body *")]
    .filter((item) => item.getBoundingClientRect().right > width + 1 && !item.closest(".scroll, svg, pre"))
    .map((item) => `${item.tagName} ${item.className}: ${item.textContent.trim().slice(0, 40)}`).slice(0, 8)"""

Look = Callable[[str], list[Path]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once for all journeys."""
    program = os.environ.get("TIERWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium; install it, or say where it is with TIERWRIGHT_CHROMIUM")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of during the journey; a journey that means to provoke one clears it."""
    return []


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[Callable[[], Page]]:
    """`desk()` is the browser of one more person: cookies of its own, at 1280 px, relative addresses are the site's."""
    opened: list[BrowserContext] = []

    def desk() -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": WIDTHS[0], "height": 900}, accept_downloads=True
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*", _only_to(live_server.url, complaints))
        page = context.new_page()
        page.on("console", lambda message: _note_console(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("requestfailed", lambda request: _note_failure(request, complaints))
        return page

    yield desk
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def page(desk: Callable[[], Page]) -> Page:
    """The browser of the one person of a journey."""
    return desk()


@pytest.fixture
def look(page: Page) -> Look:
    """`look("stages")` looks at the page in each width and scheme: nothing may stick out sideways.

    The pictures go to the directory TIERWRIGHT_SHOTS, where it is set.
    """
    return partial(look_at, page)


@pytest.fixture
def accessible(page: Page) -> Callable[[], None]:
    """`accessible()` fails where axe finds a violation on the page as it stands."""
    return partial(check_access, page)


def look_at(page: Page, name: str) -> list[Path]:
    """Look at anybody's page in each width and scheme."""
    pictures = [_look(page, name, width, scheme) for width in WIDTHS for scheme in SCHEMES]
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.emulate_media(color_scheme="light")
    return [picture for picture in pictures if picture]


def check_access(page: Page) -> None:
    """Fail where axe finds a violation on anybody's page."""
    page.wait_for_load_state()  # a click may have led to a page that is still coming
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def _look(page: Page, name: str, width: int, scheme: str) -> Path | None:
    page.wait_for_load_state()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reach = page.evaluate("() => document.documentElement.scrollWidth")
    assert reach <= width, f"{name} is {reach} px wide on a screen of {width} px: {page.evaluate(_STICKING_OUT, width)}"
    folder = os.environ.get("TIERWRIGHT_SHOTS")
    if not folder:
        return None
    picture = Path(folder) / f"{name}-{width}-{scheme}.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture, full_page=True)
    return picture


def _only_to(site: str, complaints: list[str]) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(site).netloc:
            route.continue_()
        else:
            complaints.append(f"request to elsewhere: {route.request.url}")
            route.abort()

    return answer


def _note_console(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning") and not _REFUSAL.search(message.text):
        complaints.append(f"console {message.type}: {message.text}")


def _note_failure(request: Request, complaints: list[str]) -> None:
    # A request that the page itself gave up (a newer one took its place, or a download began) is no failure.
    if request.failure and "ERR_ABORTED" not in request.failure:
        complaints.append(f"failed: {request.url} ({request.failure})")
