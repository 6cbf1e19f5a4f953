"""The log of what touches accounts: who came in and how, who did not, what protects an account, what was refused."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

WORTH_NOTING = (401, 403, 429)
_log = logging.getLogger("planner.security")
_SAYS = {
    account.password_set: "set a password",
    account.password_changed: "changed the password",
    account.password_reset: "set the password anew by a link",
    account.email_changed: "changed the e-mail",
    account.email_confirmed: "confirmed an e-mail",
    account.user_signed_up: "made an account",
    mfa.authenticator_added: "added a second factor",
    mfa.authenticator_removed: "removed a second factor",
    mfa.authenticator_reset: "made new recovery codes",
}


def connect() -> None:
    """Listen to what Django and allauth tell."""
    account.user_logged_in.connect(_logged_in, dispatch_uid="watching")
    auth.user_login_failed.connect(_failed, dispatch_uid="watching")
    auth.user_logged_out.connect(_logged_out, dispatch_uid="watching")
    for signal in _SAYS:
        signal.connect(_changed, dispatch_uid="watching")


def note(request: HttpRequest, status: int) -> None:
    """A request that was refused for what its sender may not do, or does too often."""
    in_login = status == 422 and request.path_info.startswith("/accounts/")  # such as a wrong code, or too many
    if status in WORTH_NOTING or in_login:
        what = f"{request.method} {request.path} refused with {status}"
        _log.warning("%s from %s: %s", _who(request), _where(request), what)


def _logged_in(request: HttpRequest, user: User, **told: Any) -> None:
    methods = [one.get("type") or one["method"] for one in get_authentication_records(request, user)]
    _log.info("%s from %s: logged in by %s", user.username, _where(request), " and ".join(methods) or "a link")


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **told: Any) -> None:
    # What was typed is not logged: people type passwords into the wrong field.
    known = User.objects.filter(email__iexact=str(credentials.get("email") or "")).first()
    _log.warning("%s from %s: login refused", known.username if known else "nobody known", _where(request))


def _logged_out(request: HttpRequest | None, user: User | None, **told: Any) -> None:
    if user is not None:
        _log.info("%s from %s: logged out", user.username, _where(request))


def _changed(signal: Any, request: HttpRequest | None = None, user: User | None = None, **told: Any) -> None:
    person = user or told["email_address"].user
    _log.info("%s from %s: %s", person.username, _where(request), _SAYS[signal])


def _who(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return user.username if user and user.is_authenticated else "nobody known"


def _where(request: HttpRequest | None) -> str:
    """The address that attempts are counted by."""
    try:
        return str(get_adapter().get_client_ip(request)) if request else "the console"
    except (PermissionDenied, ImproperlyConfigured):  # no address, or fewer proxies than are said to be there
        return "an unknown place"
