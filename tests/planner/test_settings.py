"""The settings are read from the environment, and a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from planner import settings as reading  # noqa: TID251
from tests.conftest import ROOT


@pytest.mark.parametrize(("said", "meant"), [("1", True), ("yes", True), ("ON", True), ("0", False), ("", False)])
def test_a_switch_is_read(monkeypatch: pytest.MonkeyPatch, said: str, meant: bool) -> None:
    monkeypatch.setenv("DJANGO_DEBUG", said)

    assert reading.flag("DJANGO_DEBUG", False) is meant


def test_a_switch_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_DEBUG", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="DJANGO_DEBUG is 'perhaps'; use 1 or 0"):
        reading.flag("DJANGO_DEBUG", False)


@pytest.mark.parametrize("said", ["-1", "0", "1e9", "1_000", "ten", "١"])
def test_a_number_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("MAX_LOG_BYTES", said)

    with pytest.raises(ImproperlyConfigured, match="MAX_LOG_BYTES"):
        reading.whole("MAX_LOG_BYTES", 5, least=1)


def test_a_database_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is not understood"):
        reading.database("nonsense://host/name")


def test_sqlite_waits_its_turn_to_write() -> None:
    options = reading.database("sqlite:////srv/planner.sqlite3")["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_the_local_secret_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"

    first, second = reading.local_secret(path), reading.local_secret(path)

    assert first == second
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ImproperlyConfigured, match="TIERWRIGHT_VAR"):
        reading.directory(tmp_path / "file" / "var")


def test_a_public_site_passes_the_deployment_checks(tmp_path: Path) -> None:
    answer = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")

    assert answer.returncode == 0, answer.stderr
    assert "no issues (0 silenced)" in answer.stdout


def test_a_public_site_with_accounts_and_single_sign_on_passes_them_too(tmp_path: Path) -> None:
    answer = manage(
        tmp_path,
        "check", "--deploy", "--fail-level", "WARNING",
        TIERWRIGHT_ACCOUNTS="1", SECRET_KEY="k" * 50 + "only for tests", EMAIL_HOST="mail.example.com",
        OIDC_SERVER_URL="https://id.example.com", OIDC_CLIENT_ID="tw", OIDC_CLIENT_SECRET="s",
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    assert "no issues (0 silenced)" in answer.stdout


def test_single_sign_on_by_halves_stops_the_start(tmp_path: Path) -> None:
    answer = manage(tmp_path, "check", OIDC_SERVER_URL="https://id.example.com")

    assert answer.returncode != 0
    assert "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET is not set" in answer.stderr


def test_cookies_over_https_are_tied_to_the_host(tmp_path: Path) -> None:
    names = "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"

    answer = manage(
        tmp_path,
        "shell",
        "-v",
        "0",
        "-c",
        f"from django.conf import settings as s; print(*[getattr(s, n) for n in {names}])",
    )

    assert answer.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True"]


def test_a_form_may_lead_to_single_sign_on_and_nowhere_else(tmp_path: Path) -> None:
    sso = {"OIDC_SERVER_URL": "https://id.example.com/x", "OIDC_CLIENT_ID": "tw", "OIDC_CLIENT_SECRET": "s"}
    show = "from django.conf import settings as s; print(*s.SECURE_CSP['form-action'])"

    assert manage(tmp_path, "shell", "-v", "0", "-c", show).stdout.strip() == "'self'"
    assert manage(tmp_path, "shell", "-v", "0", "-c", show, **sso).stdout.strip() == "'self' https://id.example.com"


def test_mail_without_a_server_becomes_files(tmp_path: Path) -> None:
    show = "from django.core.mail import send_mail; send_mail('Hello', 'x', None, ['a@example.com'])"

    assert manage(tmp_path, "shell", "-v", "0", "-c", show).returncode == 0

    (letter,) = (tmp_path / "mail").iterdir()
    assert "To: a@example.com" in letter.read_text(encoding="utf-8")


def manage(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What `manage.py` says in a process of a public site of its own."""
    public = {
        "PATH": os.environ["PATH"],
        "TIERWRIGHT_VAR": str(var),
        "TIERWRIGHT_HTTPS": "1",
        "ALLOWED_HOSTS": "plan.example.com",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=public | environment,
        capture_output=True,
        text=True,
        check=False,
    )
