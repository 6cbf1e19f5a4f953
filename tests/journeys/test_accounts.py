"""Logging in, in a browser: by password and by the keyboard alone, by a passkey, by an authenticator app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from planner.models import Membership, Role, Team
from tests.journeys.conftest import Look

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a harbour with nine red boats"


@pytest.fixture(autouse=True)
def alice(settings: Settings) -> Iterator[User]:
    """A site with accounts, and one of them."""
    settings.ACCOUNTS = True
    cache.clear()
    user = User.objects.create_user("alice", "alice@example.com", PASSWORD, first_name="Alice")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Membership.objects.create(team=Team.objects.create(slug="crew", name="Crew"), user=user, role=Role.OWNER)
    yield user
    cache.clear()


@pytest.fixture
def device(page: Page) -> None:
    """A device that keeps passkeys and always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def log_in(page: Page) -> None:
    """By the password."""
    page.goto("/account/")
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/account/$"))


def say_who(page: Page) -> None:
    """Give the password once more, where it is asked for."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="It is me").click()


def test_one_logs_in_by_the_keyboard_alone(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/account/")
    look("login")
    accessible()
    page.get_by_label("Email").focus()
    page.keyboard.type("alice@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("a wrong one of some length")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No account has this e-mail and this password.")).to_be_visible()
    look("login_refused")
    accessible()

    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Alice")).to_be_visible()
    look("account")
    accessible()


@pytest.mark.usefixtures("device")
def test_a_passkey_logs_in_by_itself(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    log_in(page)
    page.get_by_role("link", name="add one").click()
    look("say_who")
    accessible()
    say_who(page)
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    look("passkey_add")
    accessible()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look("recovery_codes")
    accessible()
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("cell", name="Laptop")).to_be_visible()
    look("passkeys")
    accessible()

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="Log in")).not_to_be_visible()
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Alice")).to_be_visible()


@pytest.mark.usefixtures("device")
def test_a_passkey_is_the_second_step_after_the_password(page: Page, look: Look) -> None:
    log_in(page)
    page.get_by_role("link", name="add one").click()
    say_who(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    look("second_step")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="One more step")).not_to_be_visible()
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Alice")).to_be_visible()


def test_a_browser_without_a_key_says_so(page: Page) -> None:
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("No key was given")).to_be_visible()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_making_an_account_reads_well(
    page: Page, look: Look, accessible: Callable[[], None], settings: Settings
) -> None:
    page.goto("/accounts/signup/")
    look("signup_closed")
    accessible()
    settings.SIGNUP = True
    page.goto("/accounts/signup/")
    page.locator("[name=email]").fill("bob@example.com")
    page.locator("[name=password1]").fill("short")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("at least 12 characters").first).to_be_visible()
    look("signup")
    accessible()
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("A mail is on its way to your address.")).to_be_visible()
    look("confirm")
    accessible()


def test_other_pages_of_an_account_read_well(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/accounts/password/reset/")
    look("password_reset")
    accessible()
    log_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    say_who(page)
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    for name, path in (
        ("totp", "2fa/totp/activate/"),
        ("factors", "2fa/"),
        ("email", "email/"),
        ("password", "password/change/"),
        ("sessions", "sessions/"),
        ("elsewhere", "3rdparty/"),
        ("logout", "logout/"),
    ):
        page.goto(f"/accounts/{path}")
        look(name)
        accessible()
