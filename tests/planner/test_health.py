"""The site says whether it works, and every answer carries the strict headers."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client


@pytest.mark.django_db
def test_a_working_site_says_ok(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_site_without_its_database_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    assert client.get("/healthz").status_code == 503


@pytest.mark.django_db
def test_nothing_inline_and_nothing_from_elsewhere_is_allowed(client: Client) -> None:
    headers = client.get("/healthz").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bootstrap/css/bootstrap.min.css", "bootstrap/js/bootstrap.bundle.min.js"])
def test_bootstrap_is_served_from_the_site_itself(client: Client, name: str) -> None:
    answer = client.get(f"{settings.STATIC_URL}{name}")

    assert answer.status_code == 200
    answer.close()


@pytest.mark.django_db
def test_no_other_file_of_the_package_is_served(client: Client) -> None:
    assert client.get(f"{settings.STATIC_URL}bootstrap/version.txt").status_code == 404
