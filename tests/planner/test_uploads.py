"""Logs are received into folders that nobody else sees, kept while they are read, and swept when their reader died."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from planner.uploads import ROOM_FOR_THE_FORM, Received, receive, refuse_other_encodings, refuse_oversized, sweep


@pytest.fixture(autouse=True)
def _own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "MAX_LOG_BYTES", 1 << 20)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path)


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


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "idna", "hex", "latin-1"])
def test_a_request_in_another_encoding_is_refused(charset: str, rf: RequestFactory) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}"

    answer = refuse_other_encodings(_view)(rf.generic("POST", "/intake/", b"--x--", content_type=kind))

    assert answer.status_code == 400
    assert "UTF-8" in answer.text


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "nonsense"])
def test_utf_8_by_any_name_passes(charset: str, rf: RequestFactory) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}"

    answer = refuse_other_encodings(_view)(rf.generic("POST", "/intake/", b"--x--", content_type=kind))

    assert answer.status_code == 200


@pytest.mark.parametrize("length", ["", "-1", "many"])
def test_a_length_that_is_no_number_is_left_to_django(length: str) -> None:
    answer = refuse_oversized(_view)(_request(io.BytesIO(), length))

    assert answer.content == b"view"


def test_logs_are_kept_in_a_folder_of_their_own_under_numbers() -> None:
    large = TemporaryUploadedFile("../../etc/passwd", "text/plain", 4, None)
    large.write(b"disk")
    large.flush()

    received = receive([SimpleUploadedFile("a$(rm -rf).log", b"memory"), large], b"pasted")

    kept = {path.name: path.read_bytes() for path in received.folder.iterdir()}
    assert kept == {"01": b"pasted", "02": b"memory", "03": b"disk"}
    assert received.size == 16
    assert received.folder.stat().st_mode & 0o077 == 0
    received.let_go()


def test_the_sweep_leaves_what_is_being_read() -> None:
    received = _received_long_ago()

    sweep()

    assert received.folder.exists()
    received.let_go()


def test_the_sweep_takes_what_a_dead_reader_left() -> None:
    received = _received_long_ago()
    received.let_go()  # as the kernel does when the last holder dies

    sweep()

    assert not received.folder.exists()


def test_the_sweep_leaves_a_folder_that_was_made_just_now() -> None:
    received = receive([], b"line")
    received.let_go()

    sweep()

    assert received.folder.exists()


def test_the_sweep_takes_broken_off_uploads_once_they_have_not_grown_for_long(tmp_path: Path) -> None:
    for name, age in (("growing.upload", 60), ("stalled.upload", 7200)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)

    sweep()

    assert [path.name for path in tmp_path.iterdir()] == ["growing.upload"]


def _received_long_ago() -> Received:
    received = receive([], b"line")
    os.utime(received.folder, (time.time() - 3600,) * 2)
    return received


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("view")


def _request(body: io.BytesIO, length: int | str) -> HttpRequest:
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(length), "wsgi.input": body, "PATH_INFO": "/"}
    return WSGIRequest(environ)
