"""The papers of docs/ as pages: found in the folder, their Markdown rendered without raw HTML or inline style."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.anchors import anchors_plugin

FOLDER = "docs"
ALSO = ("CONTRIBUTING.md", "CHANGELOG.md")
"""Papers at the top of the tree that the site shows too."""
PICTURES = {".png": "image/png", ".svg": "image/svg+xml"}
DEEPEST_ANCHOR = 3


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of a paper that its table of contents names."""

    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper as a page."""

    title: str
    body: SafeString
    headings: tuple[Heading, ...]


def root() -> Path:
    """The directory of the tree."""
    return Path(settings.BASE_DIR)


def papers() -> Mapping[str, Path]:
    """Every paper by the name in its address: `decisions/002-documents`; a folder's README by the folder's."""
    found = sorted((root() / FOLDER).rglob("*.md")) + [root() / name for name in ALSO]
    return {_slug(path): path for path in found if path.is_file()}


def pictures() -> Mapping[str, Path]:
    """The pictures of the papers by file name; nothing else of the folder is ever served."""
    return {path.name: path for path in sorted((root() / FOLDER / "img").glob("*")) if path.suffix in PICTURES}


def read(path: Path) -> Paper:
    """The paper at this path, rendered; relative links lead to the pages of other papers."""
    markdown = _markdown()
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    place = path.relative_to(root()).parent.as_posix()
    slugs = {paper: slug for slug, paper in papers().items()}
    for token in tokens:
        _dress(token, place, slugs)
    headings = list(_headings(tokens))
    title = next((heading.text for level, heading in headings if level == "h1"), path.stem)
    body = markdown.renderer.render(tokens, markdown.options, {})
    contents = tuple(heading for level, heading in headings if level == "h2")
    return Paper(title=title, body=mark_safe(body), headings=contents)


def unnamed_below(slug: str, paper: Paper) -> Sequence[tuple[str, str]]:
    """Address and title of the papers in a folder that the folder's own paper does not name."""
    inside = [
        (reverse("paper", args=[other]), path) for other, path in papers().items() if other.startswith(f"{slug}/")
    ]
    return [(address, _title(path)) for address, path in inside if slug and f'href="{address}"' not in paper.body]


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        return next((line.strip("# \n") for line in lines if line.startswith("# ")), path.stem)


def render(text: str) -> SafeString:
    """A short text, such as a docstring, as HTML."""
    body: str = MarkdownIt("commonmark", {"html": False}).render(text)
    return mark_safe(body)


def _slug(path: Path) -> str:
    name = path.relative_to(root()).with_suffix("").as_posix()
    if not name.startswith(f"{FOLDER}/"):
        return name.lower()
    return name.removeprefix(f"{FOLDER}/").removesuffix("README").rstrip("/")


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    anchors_plugin(
        markdown, min_level=2, max_level=DEEPEST_ANCHOR, permalink=True, permalinkSymbol="#", permalinkSpace=True
    )
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    markdown.add_render_rule("fence", _fence)
    return markdown


def _table_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
    return '<div class="scroll" tabindex="0"><table class="figures">\n'


def _table_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
    return "</table></div>\n"


def _fence(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
    """A block of code that can be reached, and scrolled, by the keyboard."""
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'


def _dress(token: Token, place: str, slugs: Mapping[Path, str]) -> None:
    """Alignment becomes a class, since the site allows no inline style; links and pictures get their addresses."""
    if token.type in ("th_open", "td_open") and "style" in token.attrs:
        del token.attrs["style"]
        token.attrSet("class", "n")
    for child in token.children or ():
        if child.type == "image":
            child.attrSet("src", _picture_address(str(child.attrGet("src")), place))
            child.attrSet("loading", "lazy")
        elif child.type == "link_open":
            child.attrSet("href", _address(str(child.attrGet("href")), place, slugs))


def _address(href: str, place: str, slugs: Mapping[Path, str]) -> str:
    parts = urlsplit(href)
    if parts.scheme or not parts.path:
        return href
    target = root() / posixpath.normpath(posixpath.join(place, parts.path))
    slug = slugs.get(target)
    if slug is None:
        return href
    address = reverse("paper", args=[slug]) if slug else reverse("docs")
    return f"{address}#{parts.fragment}" if parts.fragment else address


def _picture_address(src: str, place: str) -> str:
    target = root() / posixpath.normpath(posixpath.join(place, src))
    return reverse("picture", args=[target.name]) if pictures().get(target.name) == target else src


def _headings(tokens: Sequence[Token]) -> Sequence[tuple[str, Heading]]:
    return [
        (token.tag, Heading(anchor=str(token.attrGet("id") or ""), text=_text(inline)))
        for token, inline in pairwise(tokens)
        if token.type == "heading_open"
    ]


def _text(inline: Token) -> str:
    """The words of a heading, without its own anchor."""
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline")).strip(
        "# "
    )
