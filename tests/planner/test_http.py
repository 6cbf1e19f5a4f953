"""A page answers whole, or with the one allowed part that htmx targets."""

from __future__ import annotations

from typing import cast

import pytest
from django.http import HttpResponse
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from planner.http import HtmxRequest, page, part

TEMPLATE = """{% load partials %}<html>{% partialdef numbers inline %}<p id="numbers">{{ n }}</p>{% endpartialdef %}\
{% partialdef secret %}<p>{{ n }}</p>{% endpartialdef %}</html>"""


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """One page, held in memory."""
    backend = DjangoTemplates(
        {
            "NAME": "django",
            "DIRS": [],
            "APP_DIRS": False,
            "OPTIONS": {
                "loaders": [
                    (
                        "template_partials.loader.Loader",
                        [("django.template.loaders.locmem.Loader", {"p.html": TEMPLATE})],
                    )
                ],
                "builtins": ["template_partials.templatetags.partials"],
            },
        }
    )
    monkeypatch.setattr(engines, "_engines", {"django": backend})


def test_a_browser_gets_the_whole_page() -> None:
    answer = page(_request(), "p.html", {"n": 7}, parts=("numbers",))

    assert _text(answer) == '<html><p id="numbers">7</p></html>'
    assert answer.headers["Vary"] == "HX-Request, HX-Target"


def test_htmx_gets_the_part_it_targets() -> None:
    answer = page(_request(target="numbers"), "p.html", {"n": 7}, status=422, parts=("numbers",))

    assert _text(answer) == '<p id="numbers">7</p>'
    assert answer.status_code == 422
    assert answer.headers["Vary"] == "HX-Request, HX-Target"


@pytest.mark.parametrize("target", ["secret", "nothing", "", "numbers#secret"])
def test_a_target_that_is_not_allowed_gets_the_whole_page(target: str) -> None:
    answer = page(_request(target=target), "p.html", {"n": 7}, parts=("numbers",))

    assert _text(answer).startswith("<html>")


def test_htmx_gets_the_whole_page_when_it_restores_history() -> None:
    request = _request(target="numbers", HTTP_HX_HISTORY_RESTORE_REQUEST="true")

    assert _text(page(request, "p.html", {"n": 7}, parts=("numbers",))).startswith("<html>")


def test_a_part_carries_its_events() -> None:
    answer = part(_request(target="numbers"), "p.html#numbers", {"n": 7}, triggers=("saved",))

    assert _text(answer) == '<p id="numbers">7</p>'
    assert answer.headers["HX-Trigger"] == '{"saved": {}}'


def test_an_event_carries_its_details() -> None:
    answer = part(_request(), "p.html#numbers", {"n": 7}, triggers={"saved": {"revision": 3}})

    assert answer.headers["HX-Trigger"] == '{"saved": {"revision": 3}}'


def _request(*, target: str | None = None, **headers: str) -> HtmxRequest:
    if target is not None:
        headers |= {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": target}
    request = cast(HtmxRequest, RequestFactory().get("/", **headers))  # type: ignore[arg-type]  # they are headers
    request.htmx = HtmxDetails(request)
    return request


def _text(answer: HttpResponse) -> str:
    return answer.content.decode()
