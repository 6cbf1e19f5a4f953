"""The runbook: every file of the change in it, and nothing in its Markdown means more than it says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tests.topology.stages.cast import design_at, shas, tiny
from topology.design import Design
from topology.diff import FileChange, changed_files
from topology.runbook import Runbook, markdown, of_stage, runbook
from topology.stages import Block, Phase, Step, evolve

ORDER = ("single", "split_database", "media_server", "load_balanced", "big")


@pytest.mark.parametrize("stage", ORDER)
def test_it_names_exactly_the_files_that_differ_between_two_exports(stage: str) -> None:
    before, after = _pair(stage)
    files = changed_files({} if before is None else shas(before), shas(after))

    book = runbook(before, after, files=files)

    assert book.files == files
    listed = re.findall(r"^- (added|changed|removed): `(.+)`$", markdown(book), re.MULTILINE)
    assert listed == [(file.what, file.path) for file in files]


def test_a_stage_has_its_runbook_from_the_one_before() -> None:
    view = evolve(tiny()).view("split_database")

    book = of_stage(view)

    assert book.title == "site: the database apart"
    assert "postgresql moves from web1 to db1" in book.changes
    assert book.steps == view.steps


def test_a_first_installation_changes_nothing_that_was_there() -> None:
    book = runbook(None, design_at("single"))

    assert book.title == "Installing news"
    assert book.changes == ()
    assert {file.what for file in book.files} == {"added"}


def test_a_file_of_no_role_goes_with_the_delivery() -> None:
    stray = FileChange(host="web1", path="motd", what="changed")

    book = runbook(design_at("single"), design_at("split_database"), files=[stray])

    assert book.files == (stray,)
    assert stray in next(step for step in book.steps if step.title.startswith("Bring the files")).files


def test_papers_alone_are_a_step_of_their_own() -> None:
    stray = FileChange(host="web1", path="packages.txt", what="changed")
    design = design_at("single")

    book = runbook(design, design, files=[stray])

    assert [step.title for step in book.steps] == ["Read the papers of web1"]


def test_nothing_to_do_is_said() -> None:
    design = design_at("single")

    assert "Nothing changes on any host." in markdown(runbook(design, design, files=()))


@pytest.mark.parametrize("stage", ORDER)
def test_the_markdown_has_a_heading_for_each_step_and_a_fence_for_each_block(stage: str) -> None:
    book = runbook(*_pair(stage))

    tokens = MarkdownIt().parse(markdown(book))

    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert len([h for h in headings if re.match(r"\d+\. ", h)]) == len(book.steps)
    fences = [token.content for token in tokens if token.type == "fence"]
    blocks = [b for s in book.steps for b in (*s.blocks, *s.checks, *s.undo) if b.lines]
    assert fences == ["\n".join(block.lines) + "\n" for block in blocks]
    assert not any(token.type in ("html_block", "code_block") for token in tokens)


def test_text_of_any_kind_stays_text() -> None:
    evil = "<b>x</b> [a](http://x) *b* _c_ # d | `rm -rf` ![i](j) &lt; ~~s~~"
    step = Step(
        phase=Phase.APP, title=evil, hosts=("web1",), does=evil, blocks=(Block(hosts=("web1",), lines=("echo ```",)),),
        notices=evil, shows=evil, back=evil,
    )  # fmt: skip
    book = Runbook(title=evil, changes=(evil,), steps=(step,))

    html = MarkdownIt().render(markdown(book))

    for tag in ("<b>", "<a ", "<em>", "<img", "<s>", "<table"):
        assert tag not in html
    assert "&lt;b&gt;x&lt;/b&gt; [a](http://x) *b* _c_ # d | <code>rm -rf</code>" in html
    assert "echo ```" in html


def test_a_lone_backtick_is_no_code() -> None:
    book = Runbook(title="a ` b", changes=("one `two",), steps=())

    assert "<code>" not in MarkdownIt().render(markdown(book))


def test_text_of_several_lines_stays_in_its_paragraph() -> None:
    step = replace(runbook(None, design_at("single")).steps[0], does="one\n\n# two")

    html = MarkdownIt().render(markdown(Runbook(title="t", changes=(), steps=(step,))))

    assert "<h1>two</h1>" not in html


def test_the_same_change_has_the_same_runbook() -> None:
    assert markdown(runbook(*_pair("big"))) == markdown(runbook(*_pair("big")))


def _pair(stage: str) -> tuple[Design | None, Design]:
    at = ORDER.index(stage)
    return (design_at(ORDER[at - 1]) if at else None), design_at(stage)
