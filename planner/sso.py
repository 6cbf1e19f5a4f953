"""Single sign-on by OpenID Connect: what the settings say of the company's own login, as allauth takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDER = "company"
"""The part of the addresses that names the provider: /accounts/oidc/company/login/callback/."""


@dataclass(frozen=True, kw_only=True)
class SingleSignOn:
    """The login of elsewhere that may be used here; none where `providers` is empty."""

    providers: dict[str, Any] = field(default_factory=dict)
    """Django-allauth's SOCIALACCOUNT_PROVIDERS."""
    origins: tuple[str, ...] = ()
    """Where a form that begins a login may lead."""


def single_sign_on(
    *, server_url: str, client_id: str, secret: str, name: str = "single sign-on", more_origins: Iterable[str] = ()
) -> SingleSignOn:
    """What the three that belong together make; none of them is no single sign-on, some of them is a mistake."""
    said = {"OIDC_SERVER_URL": server_url, "OIDC_CLIENT_ID": client_id, "OIDC_CLIENT_SECRET": secret}
    if not any(said.values()):
        return SingleSignOn()
    if not all(said.values()):
        lacking = ", ".join(variable for variable, value in said.items() if not value)
        raise ImproperlyConfigured(f"Single sign-on is set up by halves: {lacking} is not set.")
    app = {
        "provider_id": PROVIDER,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": server_url, "oauth_pkce_enabled": True, "uid_field": "sub"},
    }
    origins = dict.fromkeys(_origin(url) for url in (server_url, *more_origins))
    return SingleSignOn(providers={"openid_connect": {"APPS": [app]}}, origins=tuple(origins))


def _origin(url: str) -> str:
    """Scheme and host of a server; what says who somebody is must come over TLS, but for tests on this machine."""
    parts = urlsplit(url)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (local and parts.scheme == "http")):
        raise ImproperlyConfigured(f"{url!r} is not an address of single sign-on; it begins with https://.")
    return f"{parts.scheme}://{parts.netloc}"
