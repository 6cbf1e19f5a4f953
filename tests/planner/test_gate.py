"""Who gets in: the login before every page, what slows guessing down, how a session ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from tests.planner.logins import alice, log_in, site_with_accounts

__all__ = ["alice", "site_with_accounts"]

pytestmark = pytest.mark.django_db


def test_who_is_not_logged_in_is_sent_to_the_login_and_back(client: Client) -> None:
    answer = client.get("/plans/newspaper/?view=table")

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=%2Fplans%2Fnewspaper%2F%3Fview%3Dtable"


def test_an_address_that_does_not_exist_tells_a_stranger_nothing(client: Client) -> None:
    assert client.get("/no/such/page/").status_code == 302


def test_what_somebody_sees_is_for_their_browser_alone(client: Client, alice: User) -> None:
    log_in(client)

    assert "private" in client.get("/account/")["Cache-Control"]
    assert "no-store" in client.get("/accounts/2fa/")["Cache-Control"]
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("accounts", [True, False])
def test_a_token_in_the_clear_is_refused_and_not_led_on(client: Client, settings: Settings, accounts: bool) -> None:
    settings.ACCOUNTS, settings.HTTPS = accounts, True

    answer = client.get("/api/v1/plans", headers={"Authorization": "Bearer tw_x"})

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")
    assert "use https" in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/accounts/password/reset/"])
def test_some_pages_need_no_login(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_form_of_a_stranger_is_refused_and_stays_in_the_browser(client: Client) -> None:
    answer = client.post("/plans/newspaper/", {"document": "{}"})

    assert answer.status_code == 403
    assert "what you typed is still in the form" in answer.text


def test_htmx_is_sent_to_the_login_of_the_page_it_is_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/compare/"}

    answer = client.get("/compare/", headers=headers)

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=http%3A%2F%2Ftestserver%2Fcompare%2F"


def test_one_logs_in_by_e_mail(client: Client, alice: User) -> None:
    answer = log_in(client, email="Alice@Example.com", onward="/account/")

    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert "Alice" in client.get("/account/").text


def test_the_session_is_a_new_one_after_the_login(client: Client, alice: User) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["before"] = "x"
    session.save()
    before = session.session_key

    log_in(client)

    assert client.session.session_key != before


def test_a_wrong_password_gets_a_sentence_and_the_address_stays(client: Client, alice: User) -> None:
    answer = log_in(client, password="a guess of twelve letters")

    assert answer.status_code == 422
    assert "No account has this e-mail and this password." in answer.text
    assert 'value="alice@example.com"' in answer.text
    assert "a guess of twelve" not in answer.text


def test_an_unknown_address_gets_the_same_answer(client: Client, alice: User) -> None:
    known, unknown = log_in(client, password="wrong"), log_in(client, password="wrong", email="eve@example.com")

    assert known.status_code == unknown.status_code == 422
    assert "No account has this e-mail and this password." in unknown.text


def test_guessing_is_slowed_down(client: Client, alice: User) -> None:
    for _ in range(5):
        log_in(client, password="wrong")

    answer = log_in(client)

    assert answer.status_code == 422
    assert "too many attempts with this e-mail" in answer.text


def test_a_flood_from_one_place_gets_429(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for number in range(2):
        log_in(client, email=f"{number}@example.com")

    answer = log_in(client, email="3@example.com")

    assert answer.status_code == 429
    assert "This was tried too often from here." in answer.text


@pytest.mark.django_db(transaction=True)
def test_guesses_of_the_same_moment_are_counted_one_by_one(alice: User) -> None:
    def guess(number: int) -> bool:
        try:
            return "No account has this e-mail" in log_in(Client(), password=f"guess {number} of many").text
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        tried = sum(pool.map(guess, range(12)))

    assert 1 <= tried <= 5


def test_attempts_are_counted_where_every_process_sees_them(settings: Settings) -> None:
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", r"/\\evil.example"]
)
def test_the_login_leads_nowhere_else(client: Client, alice: User, onward: str) -> None:
    answer = log_in(client, onward=onward)

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_session_ends_whatever_was_done_meanwhile(client: Client, alice: User, settings: Settings) -> None:
    log_in(client)
    session = client.session
    session["account_authentication_methods"][0]["at"] -= settings.SESSION_COOKIE_AGE + 1
    session.save()

    assert client.get("/account/")["Location"].startswith("/accounts/login/")


def test_a_closed_account_is_told_so(client: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()

    answer = log_in(client)

    assert "/account/" not in answer.get("Location", "")
    assert client.get("/account/").status_code == 302


def test_logging_out_takes_a_form_and_ends_the_session(client: Client, alice: User) -> None:
    log_in(client)
    key = client.session.session_key
    assert "Log out?" in client.get("/accounts/logout/").text

    client.post("/accounts/logout/")

    assert client.get("/account/").status_code == 302
    client.cookies["tierwright_session"] = str(key)
    assert client.get("/account/").status_code == 302


def test_without_accounts_there_is_no_login(client: Client, settings: Settings) -> None:
    settings.ACCOUNTS = False

    for path in ("/accounts/", "/accounts/login/", "/accounts/2fa/", "/accounts/signup/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "there is nothing to log in to" in answer.text
    assert client.get("/").status_code == 200
