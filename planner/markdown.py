"""What people write, as HTML: a little Markdown, no pictures, no HTML of their own; the members it calls are marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from django.contrib.auth.models import User
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from planner.models import Team
from topology.fields import UNPRINTABLE

MOST_HTML = 100_000
"""Characters of an answer: a text that would become more, such as a huge table, is shown as it was typed."""
MOST_MENTIONS = 50
"""People whom one text calls."""
TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "s", "span", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
CLASSES = {"span": {"mention"}, "p": {"heading"}}
SCHEMES = {"http", "https", "mailto"}
_MENTION = re.compile(r"(?<![\w@/.+-])@([a-z0-9](?:[a-z0-9._-]{0,148}[a-z0-9])?)", re.ASCII | re.IGNORECASE)


def render(text: str, *, members: Iterable[str] = ()) -> SafeString:
    """The text as safe HTML; a handle after an @ is marked where it is that of one of the `members`."""
    known = frozenset(members)
    return _rendered(text, known.intersection(handles_in(text)) if known else known)


@lru_cache(maxsize=256)
def handles_in(text: str) -> tuple[str, ...]:
    """The handles that the text calls by an @, in lower case, outside of code and links, the first ones only."""
    inline = (child for token in _MARKDOWN.parse(text) for child in token.children or ())
    named = dict.fromkeys(child.content for child in inline if child.type == "mention")
    return tuple(named)[:MOST_MENTIONS]


def mentioned(text: str, team: Team) -> list[User]:
    """The members of the team whom the text calls."""
    handles = handles_in(text)
    return list(User.objects.filter(username__in=handles, memberships__team=team).order_by("pk")) if handles else []


@lru_cache(maxsize=128)
def _rendered(text: str, members: frozenset[str]) -> SafeString:
    shown = UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    tokens = _MARKDOWN.parse(shown)
    for token in tokens:
        _soften(token)
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"members": members})
    clean = nh3.clean(
        body, tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )  # fmt: skip
    readable = len(clean) <= MOST_HTML and (bool(_words(clean)) or not shown.strip())
    return mark_safe(clean if readable else _as_typed(shown))


def _words(html: str) -> str:
    return re.sub(r"<(?!hr)[^>]*>", "", html).strip()


def _as_typed(text: str) -> str:
    """The text without any markup, with its lines."""
    return f"<p>{'<br>'.join(escape(line) for line in text.strip().splitlines())}</p>"


def _soften(token: Token) -> None:
    """A heading in what somebody says is no heading of the page."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = "p"
        if token.nesting == 1:
            token.attrSet("class", "heading")


def _find_mentions(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and "@" in token.content:
            token.children = list(_with_mentions(token.children or []))


def _with_mentions(children: Sequence[Token]) -> Iterable[Token]:
    links = 0
    for child in children:
        links += child.nesting if child.type in ("link_open", "link_close") else 0
        if child.type != "text" or links:
            yield child
            continue
        yield from _split(child)


def _split(child: Token) -> Iterable[Token]:
    end = 0
    for found in _MENTION.finditer(child.content):
        yield Token("text", "", 0, content=child.content[end : found.start()])
        yield Token("mention", "span", 0, content=found[1].lower(), markup=found[0])
        end = found.end()
    yield Token("text", "", 0, content=child.content[end:])


def _mention(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
    token = tokens[index]
    written = escape(token.markup)
    return f'<span class="mention">{written}</span>' if token.content in env.get("members", ()) else written


def _reader() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.enable(["table", "strikethrough"]).disable(["image"])
    markdown.core.ruler.push("mentions", _find_mentions)
    markdown.add_render_rule("mention", _mention)
    return markdown


_MARKDOWN = _reader()
