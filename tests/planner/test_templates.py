"""No template holds a script, a style or an address of elsewhere: the policy of the site would not let it work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = sorted(path for path in (ROOT / "static").rglob("*") if path.suffix in (".css", ".js", ".svg"))

INLINE = {
    "a style": re.compile(r"\sstyle\s*=|<style\b"),
    "a script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "a handler": re.compile(r"\s(on[a-z]+|hx-on[a-z:-]*)\s*=|\shx-vals=[\"']js:|\shx-headers=[\"']js:"),
    "an address of elsewhere": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//"),
    "a filter that needs eval": re.compile(r"hx-trigger=[\"'][^\"']*\["),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_holds_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert {what for what, pattern in INLINE.items() if pattern.search(text)} == set()


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_a_static_file_loads_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"https?://|@import|\beval\(|new Function", text) == []


def test_a_form_that_sends_carries_its_token() -> None:
    sending = re.compile(r"<form[^>]*method=\"post\"[^>]*>(.*?)</form>", re.DOTALL)
    forms = [(path.name, form) for path in TEMPLATES for form in sending.findall(path.read_text(encoding="utf-8"))]

    assert len(forms) > 5
    assert [name for name, form in forms if "{% csrf_token %}" not in form] == []


def test_htmx_is_told_to_keep_to_the_policy() -> None:
    import json

    text = (ROOT / "templates/parts/htmx_config.html").read_text(encoding="utf-8")
    found = re.search(r"content='([^']*)'", text)
    assert found is not None
    told = json.loads(found[1])

    assert told["includeIndicatorStyles"] is False
    assert told["allowEval"] is False
    assert told["attributesToSettle"] == ["class"]
    assert told["selfRequestsOnly"] is True
    assert told["historyCacheSize"] == 0
    assert {"code": "(400|403|404|405|409|413|422)", "swap": True, "error": False} in told["responseHandling"]


def test_a_form_that_htmx_sends_is_checked_by_the_server() -> None:
    forms = [
        (path.name, tag)
        for path in TEMPLATES
        for tag in re.findall(r"<form[^>]*hx-(?:get|post)[^>]*>", path.read_text(encoding="utf-8"))
    ]

    assert forms
    assert [name for name, tag in forms if "novalidate" not in tag] == []
