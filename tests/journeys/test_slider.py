"""A reduction of the benchmark of the slider: its answer comes, and the ratio to a bare view is on record."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.benchmarks.slider import plan_of, reaction_of


def test_an_answer_follows_the_slider(
    page: Page, transactional_db: None, record_testsuite_property: Callable[[str, object], None]
) -> None:
    found = reaction_of(page, 50, rounds=3, pause_ms=40)

    assert "times today's traffic" in page.locator("#answer-title").inner_text()
    record_testsuite_property("times_bare_view", round(found.times, 1))


def test_a_plan_has_as_many_servers_as_asked() -> None:
    assert [len(plan_of(servers).hosts) for servers in (5, 50, 1000)] == [5, 50, 1000]
