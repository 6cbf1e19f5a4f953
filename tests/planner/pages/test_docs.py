"""The papers as pages: rendered safely, linked to each other, and nothing else of the tree is served."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planner import papers
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


def text_of(client: Client, paper: str) -> str:
    response = client.get(reverse("paper", args=[paper]) if paper else reverse("docs"))
    assert response.status_code == 200
    return response.content.decode()


def test_every_paper_of_the_folder_has_a_page(client: Client) -> None:
    on_disk = set((ROOT / "docs").rglob("*.md"))

    assert on_disk <= set(papers.papers().values())
    for paper in papers.papers():
        assert '<article class="prose">' in text_of(client, paper)


def test_no_page_holds_an_inline_style_or_script(client: Client) -> None:
    for paper in papers.papers():
        article = text_of(client, paper).partition("<article")[2].partition("</article>")[0]

        assert not re.search(r"\sstyle=|<script|<style|\son[a-z]+=", article), paper


def test_links_between_papers_lead_to_pages_that_are_there(client: Client) -> None:
    links = {
        (paper, link)
        for paper in papers.papers()
        for link in re.findall(r'href="(/docs/[^"#]*)', text_of(client, paper))
    }

    assert len(links) > 10
    assert [link for link in links if client.get(link[1]).status_code != 200] == []


def test_a_folder_names_the_papers_that_its_own_paper_does_not(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs" / "evidence" / "1").mkdir(parents=True)
    (tmp_path / "docs/evidence/README.md").write_text("# Evidence\n\n[one](1/one.md)\n", encoding="utf-8")
    (tmp_path / "docs/evidence/1/one.md").write_text("# One\n", encoding="utf-8")
    (tmp_path / "docs/evidence/1/two.md").write_text("# Two\n", encoding="utf-8")

    found = papers.unnamed_below("evidence", papers.read(tmp_path / "docs/evidence/README.md"))

    assert found == [("/docs/evidence/1/two/", "Two")]


def test_pictures_are_served_as_what_they_are(client: Client) -> None:
    assert papers.pictures()
    for name in papers.pictures():
        response = client.get(reverse("picture", args=[name]))

        assert response.status_code == 200
        assert response["Content-Type"] == ("image/png" if name.endswith(".png") else "image/svg+xml")
        assert response["X-Content-Type-Options"] == "nosniff"
        response.close()


@pytest.mark.parametrize(
    "address",
    [
        "/docs/nowhere/",
        "/docs/../manage.py/",
        "/docs/img/../README.md",
        "/docs/img/..%2FREADME.md",
        "/docs/img/%2e%2e%2f%2e%2e%2fmanage.py",
        "/docs/decisions/../../manage/",
        "/docs/%00/",
    ],
)
def test_nothing_else_is_served(client: Client, address: str) -> None:
    assert client.get(address, follow=True).status_code == 404


def test_raw_html_stays_text_and_headings_can_be_linked(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "one.md"
    path.write_text(
        "# One\n\n<script>alert(1)</script> <b>x</b> [y](javascript:alert(1)) [z](https://example.com/)\n\n"
        "## Two words\n\n| a |\n|--:|\n| 1 |\n",
        encoding="utf-8",
    )

    paper = papers.read(path)

    assert "<script" not in paper.body
    assert "<b>" not in paper.body
    assert 'href="javascript:' not in paper.body
    assert 'href="https://example.com/"' in paper.body
    assert paper.title == "One"
    assert [(heading.anchor, heading.text) for heading in paper.headings] == [("two-words", "Two words")]
    assert '<td class="n">' in paper.body
