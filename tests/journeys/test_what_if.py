"""A person asks what if: moves sliders by mouse and keyboard, shares a link, kills a server, compares designs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from planner import inquiries, replaying
from tests.builders import newspaper
from tests.journeys.conftest import Look
from topology import revisions
from topology.models import Plan

WORKLOAD = {
    "peak_requests_per_second": 60,
    "classes": {"page": {"share": 0.5}, "static": {"share": 0.5}},
    "observed": {"cpu_share": 0.4, "requests_per_second": 60},
    "hours": [float(10 + (hour % 24)) for hour in range(168)],
    "growth_per_year": 0.5,
}
TIERS: list[dict[str, Any]] = [
    {"name": "balancer", "servers": {"count": 2, "type": "small"}, "roles": ["haproxy", "keepalived"]},
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql", "pgbouncer"]},
]
ONE = {"count": 1, "type": "small"}


@pytest.fixture(autouse=True)
def plan(transactional_db: None) -> Plan:
    promise = {"p95_ms": 300, "headroom": 0.4}
    design = newspaper(workload=WORKLOAD, tiers=TIERS, promise=promise)
    return revisions.start(design, name="The newspaper", message="First").plan


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in a browser without scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def carries(page: Page) -> Locator:
    return page.locator("#opens-capacity-summary")


def test_a_slider_moves_the_numbers_by_mouse_and_by_keyboard(
    page: Page, look: Look, accessible: Callable[[], None]
) -> None:
    page.goto("/plans/newspaper/")
    page.get_by_role("link", name="What if").click()
    expect(page.get_by_role("heading", name="The plan as it stands")).to_be_visible()
    look("forecast")
    accessible()

    slider = page.get_by_label("Traffic, slider")
    place = slider.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] * 0.43, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.7, place["y"] + place["height"] / 2, steps=8)
    page.mouse.up()
    expect(page.locator("#answer-title")).to_contain_text("times today's traffic")
    expect(page.locator("#answer")).to_contain_text("was ")

    slider.press("End")
    expect(page.get_by_label("Traffic, times today's", exact=True)).to_have_value("20")
    expect(page.get_by_text("Saturated:")).to_be_visible()
    expect(slider).to_be_focused()
    expect(page.locator("#spoken")).to_contain_text("Carries")
    look("forecast-saturated")
    accessible()
    assert page.url.endswith("/plans/newspaper/forecast/?traffic=20")


def test_a_link_that_is_shared_shows_the_same(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/forecast/")
    page.get_by_label("Servers of web", exact=True).fill("4")
    page.get_by_label("Server type of database").select_option("medium")
    page.get_by_label("From the cache, % of pages").fill("50")
    expect(page.locator("#answer-title")).to_contain_text("web: 4, database: medium")
    expect(page.locator("#answer-title")).to_contain_text("50 % of dynamic requests")
    page.wait_for_url(re.compile("type.database=medium"))
    figure = carries(page).inner_text()

    page.goto(page.url)

    expect(carries(page)).to_have_text(figure)
    expect(page.get_by_label("Servers of web", exact=True)).to_have_value("4")
    look("forecast-changed")
    accessible()

    page.get_by_role("button", name="Keep these servers as a revision").click()
    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    assert len(revisions.load(Plan.objects.get()).hosts) == 7


def test_a_server_is_killed_on_the_diagram_and_comes_back(
    page: Page, look: Look, accessible: Callable[[], None]
) -> None:
    page.goto("/plans/newspaper/forecast/?traffic=2")

    page.locator("#drawing svg a").filter(has_text="web1").click()

    expect(page.locator("#answer")).to_contain_text("Without web1: nothing stops. The other one then uses")
    expect(page.get_by_role("heading", name="The plan without web1")).to_be_visible()
    expect(page.locator("#answer-title")).to_contain_text("2 times today's traffic")
    look("forecast-killed")
    accessible()

    page.get_by_role("button", name="Forecast without db1").click()
    expect(page.locator("#answer")).to_contain_text("Without db1: Pages stop")
    look("forecast-stopped")
    page.get_by_role("link", name="Bring it back").click()
    expect(page.get_by_role("heading", name="Kill a server")).to_be_visible()
    expect(carries(page)).to_be_visible()
    assert page.url.endswith("?traffic=2")


def test_every_number_opens_by_keyboard_and_stays_open(page: Page, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/forecast/")

    carries(page).focus()
    page.keyboard.press("Enter")

    expect(page.locator("#opens-capacity")).to_contain_text("The CPU of web1 is full")
    expect(page.locator("#opens-capacity")).to_contain_text("Approximate")
    accessible()
    page.get_by_label("CPU of a page, slider").press("ArrowRight")
    expect(page.locator("#answer-title")).to_contain_text("times their CPU")
    expect(page.locator("#opens-capacity")).to_have_attribute("open", "")
    page.locator("#opens-capacity").get_by_role("link", name="What the answer rests on").click()
    expect(page.locator("#inputs tbody tr").first).to_be_in_viewport()


def test_without_scripts_a_button_asks(plain: Page) -> None:
    plain.goto("/plans/newspaper/forecast/")
    plain.get_by_label("Traffic, times today's").fill("3")
    plain.get_by_label("Servers of web", exact=True).fill("5")
    plain.get_by_role("button", name="Show").click()

    expect(plain.locator("#answer-title")).to_contain_text("3 times today's traffic, web: 5")
    expect(plain.get_by_label("Traffic, slider")).to_be_hidden()
    plain.get_by_role("link", name="Years, failures, the week and costs").click()
    expect(plain.get_by_role("heading", name="Servers needed")).to_be_visible()
    expect(plain.locator(".beyond-head")).to_contain_text("3 times today's traffic, web: 5")
    plain.get_by_role("button", name="Forecast without web1").click()
    expect(plain.locator("#answer")).to_contain_text("Without web1: nothing stops.")
    expect(plain.locator("#answer-title")).to_contain_text("3 times today's traffic")


def test_what_lies_beyond_the_peak_comes_when_somebody_gets_there(
    page: Page, look: Look, accessible: Callable[[], None]
) -> None:
    page.goto("/plans/newspaper/forecast/")
    expect(page.locator("#nothing-title")).to_have_count(0)

    page.get_by_role("heading", name="Beyond the peak").scroll_into_view_if_needed()

    for name in ("If nothing is done", "If a server dies", "Through the week", "For a while", "What it costs"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    look("forecast-beyond")
    accessible()
    page.emulate_media(color_scheme="dark")
    accessible()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 900})
    accessible()


def test_what_lies_beyond_the_peak_follows_when_the_knobs_rest(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.headers.get("hx-target", "")))
    page.goto("/plans/newspaper/forecast/")
    page.get_by_role("heading", name="Beyond the peak").scroll_into_view_if_needed()
    expect(page.locator("#needs-title")).to_be_visible()

    for _ in range(5):
        page.get_by_label("Traffic, slider").press("ArrowRight")
    expect(page.locator("#answer-title")).to_contain_text("times today's traffic")
    expect(page.locator("[data-beyond]")).to_have_attribute("data-stale", "")
    assert asked.count("beyond") == 1

    page.locator("#needs-title").scroll_into_view_if_needed()
    expect(page.locator(".beyond-head")).to_contain_text("times today's traffic")
    expect(page.locator("[data-stale]")).to_have_count(0)
    assert asked.count("beyond") == 2


def test_a_failover_is_replayed(
    page: Page, look: Look, accessible: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "_start", lambda inquiry: inquiries.work_on(inquiry, replaying.replayed))
    page.goto("/plans/newspaper/forecast/?beyond=1")

    page.get_by_role("link", name="Replay a failover").click()

    expect(page.locator("#replay")).to_contain_text("does not answer for 10 s")
    expect(page.locator("#replay svg.chart-wide")).to_be_visible()
    look("forecast-replay")
    accessible()
    page.goto("/plans/newspaper/forecast/replay/failover/")
    look("replay")
    accessible()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("idle", {"workload": {"peak_requests_per_second": 60}, "promise": None}),
        ("alone", {"tiers": [{**TIERS[1], "roles": ["nginx", "gunicorn", "postgresql"], "servers": ONE}]}),
        ("swaps", {"tiers": [{**TIERS[1], "roles": ["nginx", "gunicorn"], "servers": {**ONE, "type": "tiny"}}]}),
    ],
)
def test_what_lies_beyond_the_peak_of_other_plans(
    page: Page, look: Look, accessible: Callable[[], None], name: str, changes: dict[str, Any]
) -> None:
    types = {"tiny": {"cores": 1, "ram_mib": 256, "price_month": 4}}
    design = newspaper(**{"workload": WORKLOAD, "tiers": TIERS, "server_types": types, "name": name, **changes})
    revisions.start(design, name=name, message="First")

    page.goto(f"/plans/{name}/forecast/?beyond=1")

    expect(page.locator("#cost-title")).to_be_visible()
    look(f"forecast-beyond-{name}")
    accessible()


def test_designs_are_compared_at_the_same_traffic(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    tier = {"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": ["nginx", "gunicorn", "postgresql"]}
    revisions.start(newspaper(name="small", workload=WORKLOAD, tiers=[tier]), name="A small one", message="First")
    page.goto("/plans/small/stages/")
    page.get_by_role("link", name="Compare the last four").click()
    expect(page.locator("#compared .card-stage")).to_have_count(4)
    look("compare")
    accessible()

    page.get_by_label("Traffic, slider").press("End")
    expect(page.locator("#compared")).to_contain_text("1,200 requests/s")
    expect(page.get_by_label("Traffic, slider")).to_be_focused()
    page.get_by_label("Design 4").select_option("newspaper")
    expect(page.locator("#compared .card-stage").last).to_contain_text("as it stands, revision 1")
    page.wait_for_url(re.compile("traffic=20"))


def test_a_thousand_servers_stay_readable(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/forecast/?servers.web=1000&traffic=20&beyond=1")

    expect(page.locator("#answer").get_by_role("row", name="web1 to web1000")).to_be_visible()
    look("forecast-thousand")
    accessible()
