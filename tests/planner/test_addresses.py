"""Every address of the site answers under the policy, and none falls over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from planner.models import Reading
from tests.builders import newspaper
from topology import revisions

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
VALUES = {"plan": "newspaper", "number": "1", "pk": "6f1f3f6e-2b7e-4a53-9d54-3c1f0f5f6a10", "revision": "1"}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address, with values in the place of its parameters."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: _value(found[1] or "str", found[2]), route)


def _value(converter: str, name: str) -> str:
    assert converter in get_converters()
    return VALUES.get(name) or {"int": "1", "uuid": VALUES["pk"]}.get(converter, "x")


ALL = sorted(set(addresses(get_resolver().url_patterns)))


@pytest.fixture(autouse=True)
def _something_there() -> None:
    revisions.start(newspaper(), name="The newspaper", message="First")
    Reading.objects.create(pk=VALUES["pk"], names=["access.log"], bytes_total=10)


def test_there_are_addresses() -> None:
    assert {"/", "/intake/", "/healthz", "/plans/newspaper/"} <= set(ALL)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ALL)
def test_an_address_answers_under_the_policy(address: str, method: str, client: Client) -> None:
    answer = getattr(client, method)(address)

    assert answer.status_code < 500
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Permissions-Policy" in answer


@pytest.mark.parametrize("address", [*ALL, "/nothing/", "/plans/none/"])
def test_no_page_holds_anything_inline(address: str, client: Client) -> None:
    answer = client.get(address)

    if answer["Content-Type"].startswith("text/html"):
        text = answer.content.decode()
        assert re.findall(r"\sstyle\s*=|<style\b|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:", text) == []
        assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//[^\"]*", text) == []
        assert len(re.findall(r"<h1\b", text)) == (1 if answer.status_code < 300 or answer.status_code >= 400 else 0)
        ids = re.findall(r"\sid=\"([^\"]*)\"", text)
        assert sorted(ids) == sorted(set(ids))
