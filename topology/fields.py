"""Typed fields: the allow-lists through which every word of a person passes before it is used.

A value of one of these types can be written into a configuration file, a DOT graph or a host
name without escaping, because nothing that would need escaping is let in.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)
_PATH_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
_URL_PART = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", re.ASCII)
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters but tab and new line, halves of pairs, line separators and marks of text direction."""
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*(:[A-Za-z_][A-Za-z0-9_]*)?", re.ASCII)


def check_slug(text: str) -> str:
    """Lower-case letters, digits and single hyphens, at most 40 characters (a host name label)."""
    if len(text) > 40 or not _SLUG.fullmatch(text):
        raise ValueError(
            "use lower-case letters, digits and single hyphens, starting with a letter, at most 40 characters"
        )
    return text


def check_word(text: str) -> str:
    """A name of our own vocabulary: lower-case letters, digits and underscores."""
    if len(text) > 40 or not _WORD.fullmatch(text):
        raise ValueError("use lower-case letters, digits and underscores, starting with a letter")
    return text


def check_domain(text: str) -> str:
    """A DNS name in its ASCII form, at least two labels, at most 253 characters (RFC 1035, RFC 5890)."""
    labels = text.split(".")
    if text.isascii() and len(text) <= 253 and len(labels) >= 2:
        if all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit():
            return text
    raise ValueError(_domain_advice(text))


def _domain_advice(text: str) -> str:
    try:
        ascii_form = text.lower().encode("idna").decode("ascii")
    except UnicodeError:
        ascii_form = ""
    if ascii_form and ascii_form != text and "." in ascii_form and len(ascii_form) <= 253:
        labels = ascii_form.split(".")
        if all(_LABEL.fullmatch(label) for label in labels):
            return f"write the domain in lower-case ASCII: {ascii_form}"
    return "a domain is two or more labels of lower-case letters, digits and hyphens, such as www.example.com"


def check_path(text: str) -> str:
    """An absolute path whose parts start with a letter, digit or underscore: no `..`, no hidden part."""
    parts = text.split("/")
    if len(text) <= 200 and text.startswith("/") and all(_PATH_PART.fullmatch(part) for part in parts[1:]):
        return text
    raise ValueError(
        "use an absolute path of letters, digits, dots, underscores and hyphens, such as /srv/mysite; no part may"
        " start with a dot and the path may not end with a slash"
    )


def check_url_path(text: str) -> str:
    """A URL path prefix that starts and ends with a slash."""
    if text == "/":
        return text
    parts = text.split("/")
    framed = len(parts) >= 3 and parts[0] == "" and parts[-1] == ""
    if len(text) <= 200 and framed and all(map(_URL_PART.fullmatch, parts[1:-1])):
        return text
    raise ValueError("use a URL path that starts and ends with a slash, such as / or /blog/")


def check_dotted(text: str) -> str:
    """A Python module path, with an optional `:attribute`."""
    if len(text) <= 200 and _DOTTED.fullmatch(text):
        return text
    raise ValueError("use a dotted Python name, such as mysite.wsgi or mysite.wsgi:application")


def check_address(text: str) -> str:
    """An IPv4 host address in its plain form."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        raise ValueError("use an IPv4 address, such as 10.0.0.31") from None
    if address.is_unspecified or address.is_multicast or address.is_loopback:
        raise ValueError("use the address of a host; this one is reserved")
    return str(address)


def check_network(text: str) -> str:
    """An IPv4 network in CIDR form, from /8 to /32."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise ValueError("use an IPv4 network, such as 10.0.0.0/24") from None
    if network.prefixlen < 8:
        raise ValueError("use a network of /8 or smaller")
    return str(network)


def check_text(text: str) -> str:
    """Free text that is only ever shown: any printable character, no control or bidirectional marks."""
    if UNPRINTABLE.search(text):
        raise ValueError("remove control characters and text-direction marks")
    return text


Slug = Annotated[str, AfterValidator(check_slug)]
Word = Annotated[str, AfterValidator(check_word)]
Domain = Annotated[str, AfterValidator(check_domain)]
AbsPath = Annotated[str, AfterValidator(check_path)]
UrlPath = Annotated[str, AfterValidator(check_url_path)]
Dotted = Annotated[str, AfterValidator(check_dotted)]
Address = Annotated[str, AfterValidator(check_address)]
Network = Annotated[str, AfterValidator(check_network)]
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(check_text)]
Port = Annotated[int, Field(ge=1024, le=65535)]
"""A port that a program without root's rights may listen on."""
Number = int | float
"""A number that keeps the form it was written in, so that a document's digest is that of its text."""
