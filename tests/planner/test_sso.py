"""Single sign-on is set up whole or not at all, and its forms may lead to its own servers alone."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from planner.sso import SingleSignOn, single_sign_on


def test_none_is_none() -> None:
    assert single_sign_on(server_url="", client_id="", secret="") == SingleSignOn()


def test_what_belongs_together_becomes_one_provider() -> None:
    found = single_sign_on(
        server_url="https://id.example.com/realms/crew", client_id="tw", secret="s", name="Example ID",
        more_origins=["https://other.example.com:8443"],
    )  # fmt: skip

    (app,) = found.providers["openid_connect"]["APPS"]
    assert (app["name"], app["client_id"], app["secret"]) == ("Example ID", "tw", "s")
    assert app["settings"] == {
        "server_url": "https://id.example.com/realms/crew",
        "oauth_pkce_enabled": True,
        "uid_field": "sub",
    }
    assert found.origins == ("https://id.example.com", "https://other.example.com:8443")


def test_a_half_is_refused_with_what_is_lacking() -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_SECRET is not set"):
        single_sign_on(server_url="https://id.example.com", client_id="tw", secret="")


@pytest.mark.parametrize("url", ["http://id.example.com", "id.example.com", "ftp://id.example.com", "https://"])
def test_a_server_without_tls_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="begins with https://"):
        single_sign_on(server_url=url, client_id="tw", secret="s")


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1:8080"])
def test_a_server_on_this_machine_may_do_without(url: str) -> None:
    assert single_sign_on(server_url=url, client_id="tw", secret="s").origins == (url,)
