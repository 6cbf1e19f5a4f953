"""The allow-lists: what they let in means nothing to any format that we write."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given

from tests.builders import hostile_texts
from topology import fields

CHECKS: tuple[Callable[[str], str], ...] = (
    fields.check_slug, fields.check_word, fields.check_domain, fields.check_path, fields.check_url_path,
    fields.check_dotted, fields.check_address, fields.check_network,
)  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
@given(text=hostile_texts)
def test_no_character_that_means_something_gets_in(check: Callable[[str], str], text: str) -> None:
    try:
        accepted = check(text)
    except ValueError:
        return
    assert re.fullmatch(r"[A-Za-z0-9._/:~-]+", accepted, re.ASCII)
    assert ".." not in accepted.split("/")


@pytest.mark.parametrize("text", ["a", "web1", "my-site", "a" * 40])
def test_slugs(text: str) -> None:
    assert fields.check_slug(text) == text


@pytest.mark.parametrize("text", ["", "A", "1web", "a--b", "-a", "a-", "a_b", "a" * 41, "a\n", "é"])
def test_what_is_no_slug(text: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        fields.check_slug(text)


@pytest.mark.parametrize("text", ["example.com", "www.example.co.uk", "xn--bcher-kva.example", "1and1.com"])
def test_domains(text: str) -> None:
    assert fields.check_domain(text) == text


@pytest.mark.parametrize(
    "text", ["", "localhost", "a..b", "-a.com", "a-.com", "10.0.0.1", "*.a.com", "a.com.", "A.com"]
)
def test_what_is_no_domain(text: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        fields.check_domain(text)


@pytest.mark.parametrize(
    "text", ["relative", "/", "/a/", "/a//b", "/../etc", "/a/../b", "/.ssh", "/a b", "/a;b", "/-rf"]
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="absolute path"):
        fields.check_path(text)


@pytest.mark.parametrize("text", ["10.0.0", "0.0.0.0", "127.0.0.1", "224.0.0.1", "010.0.0.1", "::1", "10.0.0.1/8"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        fields.check_address(text)


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "\u2066x", "\x1b[0m", "a\ud800"])
def test_text_has_no_control_or_direction_marks(text: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        fields.check_text(text)
