"""A body larger than any log the site reads is refused before a form is made of it."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

from planner.uploads import ROOM_FOR_THE_FORM, refuse_oversized


@pytest.fixture(autouse=True)
def _small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAX_LOG_BYTES", 1 << 20)


def test_a_body_within_the_limit_passes_unread() -> None:
    body = io.BytesIO(b"x" * 10)

    answer = refuse_oversized(_view)(_request(body, 10))

    assert answer.content == b"view"
    assert body.tell() == 0


def test_a_larger_body_is_refused_with_the_way_out() -> None:
    length = (1 << 20) + ROOM_FOR_THE_FORM + 1
    body = io.BytesIO(b"x" * length)

    answer = refuse_oversized(_view)(_request(body, length))

    assert answer.status_code == 413
    assert b"1 MiB" in answer.content
    assert b"python manage.py intake" in answer.content
    assert body.tell() > 0


@pytest.mark.parametrize("length", ["", "-1", "many"])
def test_a_length_that_is_no_number_is_left_to_django(length: str) -> None:
    answer = refuse_oversized(_view)(_request(io.BytesIO(), length))

    assert answer.content == b"view"


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("view")


def _request(body: io.BytesIO, length: int | str) -> HttpRequest:
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(length), "wsgi.input": body, "PATH_INFO": "/"}
    return WSGIRequest(environ)
