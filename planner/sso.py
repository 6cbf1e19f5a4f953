"""Single sign-on by OpenID Connect: what the environment says of the company's own login, as allauth takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDER = "company"
"""The part of the addresses that names the provider: /accounts/oidc/company/login/callback/."""
NEEDED = ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


@dataclass(frozen=True, kw_only=True)
class SingleSignOn:
    """The login of elsewhere that may be used here; none where `providers` is empty."""

    providers: dict[str, Any] = field(default_factory=dict)
    """Django-allauth's SOCIALACCOUNT_PROVIDERS."""
    origins: tuple[str, ...] = ()
    """Where a form that begins a login may lead."""


def single_sign_on(environment: Mapping[str, str]) -> SingleSignOn:
    """Read OIDC_SERVER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME and OIDC_ORIGINS."""
    said = {name: environment.get(name, "").strip() for name in ("OIDC_SERVER_URL", *NEEDED, "OIDC_NAME")}
    server = said["OIDC_SERVER_URL"]
    missing = [name for name in NEEDED if not said[name]]
    if not server and len(missing) == len(NEEDED):
        return SingleSignOn()
    if not server or missing:
        lacking = ", ".join(missing or ["OIDC_SERVER_URL"])
        raise ImproperlyConfigured(f"Single sign-on is set up by halves: {lacking} is not set.")
    more = environment.get("OIDC_ORIGINS", "").replace(",", " ").split()
    app = {
        "provider_id": PROVIDER,
        "name": said["OIDC_NAME"] or "single sign-on",
        "client_id": said["OIDC_CLIENT_ID"],
        "secret": said["OIDC_CLIENT_SECRET"],
        "settings": {"server_url": server, "oauth_pkce_enabled": True, "uid_field": "sub"},
    }
    return SingleSignOn(
        providers={"openid_connect": {"APPS": [app]}},
        origins=tuple(dict.fromkeys(_origin(name) for name in (server, *more))),
    )


def _origin(url: str) -> str:
    """Scheme and host of a server; what says who somebody is must come over TLS, but for tests on this machine."""
    parts = urlsplit(url)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (local and parts.scheme == "http")):
        raise ImproperlyConfigured(f"{url!r} is not an address of single sign-on; it begins with https://.")
    return f"{parts.scheme}://{parts.netloc}"
