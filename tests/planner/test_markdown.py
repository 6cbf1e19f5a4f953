"""What people write becomes HTML that can do nothing, in bounded size, and calls the members that it names."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.markdown import ATTRIBUTES, MOST_HTML, TAGS, handles_in, mentioned, render
from tests.builders import hostile_texts
from tests.cast import cast


class Reader(HTMLParser):
    """Collects every tag and attribute, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    """Nothing but the short list of tags, and no attribute or address beyond what is meant."""
    for tag, attributes in Reader(html).found:
        allowed = {"class", *ATTRIBUTES.get(tag, ()), *({"rel"} if tag == "a" else ())}
        assert tag in TAGS
        assert set(attributes) <= allowed
        assert attributes.get("class") in (None, "mention", "heading", "")
        href = re.sub(r"[\x00-\x20]", "", attributes.get("href") or "").lower()
        scheme = re.match(r"[a-z][a-z0-9+.-]*:", href)
        assert scheme is None or scheme[0] in ("http:", "https:", "mailto:")


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<b onmouseover=alert(1)>x</b>",
    "<<b>script>alert(1)<</b>/script>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    "![x](https://evil.example/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '[x](https://a.example "onclick=alert(1)")',
    '[x](https://a.example/"onmouseover=alert(1))',
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    "<form action=//evil.example><input name=password></form>",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "@ana<script>alert(1)</script>",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <script>x</script>",
    "<math><mi//xlink:href=javascript:alert(1)>",
    "a\x00<scr\x00ipt>alert(1)</script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing_and_is_still_there(text: str) -> None:
    html = render(text, members=["ana"])

    assert_harmless(html)
    assert re.sub(r"<[^>]*>", "", html).strip()


@given(st.lists(st.one_of(hostile_texts, st.sampled_from(HOSTILE), st.text(max_size=20)), max_size=6))
def test_no_mixture_of_hostile_texts_does_anything(parts: list[str]) -> None:
    for joint in ("", " ", "\n", "\n\n"):
        assert_harmless(render(joint.join(parts), members=["ana", "b"]))


@pytest.mark.parametrize(
    "piece",
    [
        "[", "[](", "![", "*a_ ", "`", "<a", "> ", "- ", "|", "a|", "*", "_a*", "[a]:x\n", "[a](<", "&#", "~~a", "\\",
        "* a\n  ", "1) ", "**a ", "[x](", "<http://", "```\n", "    a\n\n", "@a", "@", "@a.", "\u202e", "((", "a@b.",
    ],
)  # fmt: skip
def test_a_text_as_long_as_may_be_gives_no_endless_answer(piece: str) -> None:
    text = (piece * 20_000)[:20_000]

    html = render(text)

    assert len(html) <= MOST_HTML
    assert_harmless(html)


def test_a_table_that_would_become_huge_is_shown_as_it_was_typed() -> None:
    html = render("|a" * 2500 + "\n" + "|-" * 2500 + "\n" + "|\n" * 4000)

    assert "<table>" not in html
    assert "|a|a" in html


def test_what_would_show_nothing_is_shown_as_it_was_typed() -> None:
    assert "[a]: https://example.com" in render("[a]: https://example.com")


def test_everyday_markup_is_there() -> None:
    html = render("**Why** not `workers: 4`?\nSee [the forecast](/plans/x/forecast/).\n\n- one\n- two\n\n> said")

    for part in ("<strong>Why</strong>", "<code>workers: 4</code>", "<br>", "<li>one</li>", "<blockquote>"):
        assert part in html
    assert '<a href="/plans/x/forecast/" rel="nofollow noopener noreferrer">' in html


def test_a_heading_is_none_of_the_page() -> None:
    assert render("# Big") == '<p class="heading">Big</p>\n'


def test_marks_of_text_direction_and_control_characters_are_seen() -> None:
    assert render("safe\u202etxt.exe\x07") == "<p>safe\ufffdtxt.exe\ufffd</p>\n"


def test_members_alone_are_marked() -> None:
    html = render("@ana, @zoe and `@ana`; ana@ana.example, [@ana](/x)", members=["ana"])

    assert html.count('<span class="mention">@ana</span>') == 1
    assert "@zoe" in html


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@ana", ("ana",)),
        ("Ask @Ana. Or @ben-2, (@chi)!", ("ana", "ben-2", "chi")),
        ("me@ana.example and /@ana", ()),
        ("`@ana`\n\n    @ana", ()),
        ("[@ana](/x) <https://x.example/@ana>", ()),
        ("**@ana** and @ana again", ("ana",)),
        ("@@ana", ()),
        ("@", ()),
    ],
)
def test_handles_are_found_outside_of_code_and_links(text: str, handles: tuple[str, ...]) -> None:
    assert handles_in(text) == handles


@pytest.mark.django_db
def test_only_members_of_the_team_are_mentioned() -> None:
    people = cast()

    assert mentioned("@bob, @charlie, @nobody and @carol", people.team) == [people.bob, people.carol]
