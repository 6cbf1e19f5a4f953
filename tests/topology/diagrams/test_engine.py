"""Graphviz apart: limits hold, absence is said, and what comes out is fit for a page."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from topology.diagrams import engines
from topology.diagrams.dot import to_dot
from topology.diagrams.engine import DrawingFailed, Engine, run
from topology.diagrams.picture import Box, Group, Picture
from topology.diagrams.style import CLASSES, HUES
from topology.diagrams.svg import dress

WEB1 = Box(name="web1", tier="web", count=1, names=("web1",), facts="f", address="a", roles=("nginx",), cpu=0.5)
PICTURE = Picture(title='A "site" & <b>', groups=(Group(name="web", hue=HUES["web"], boxes=(WEB1,)),), arrows=())


def program(folder: Path, script: str) -> Engine:
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return Engine(name="dot", path=str(path), formats=("svg", "png", "pdf"))


@pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.name)
def test_every_engine_draws_an_svg_that_is_fit_for_a_page(engine: Engine) -> None:
    svg = dress(run(to_dot(PICTURE), "svg", engine=engine), title=PICTURE.title)

    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "group"
    assert root.attrib["aria-label"] == PICTURE.title
    assert svg.startswith("<svg")
    for forbidden in ("<!DOCTYPE", "<?xml", "style=", "<script", "<image", "<!--"):
        assert forbidden not in svg


@pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.name)
def test_every_colour_carries_its_class(engine: Engine) -> None:
    svg = dress(run(to_dot(PICTURE), "svg", engine=engine), title="x")

    painted = [element for element in ElementTree.fromstring(svg).iter() if element.get("fill", "").startswith("#")]
    assert painted
    assert all("class" in element.attrib for element in painted if element.get("fill") in CLASSES)
    assert {element.get("fill") for element in painted} <= set(CLASSES)


def test_both_engines_are_there() -> None:
    assert [engine.name for engine in engines()] == ["dot", "graphviz-pure"]


@pytest.mark.parametrize(("format", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_files_of_their_own(format: str, magic: bytes) -> None:
    assert run(to_dot(PICTURE), format).startswith(magic)  # type: ignore[arg-type]


def test_a_program_that_hangs_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(DrawingFailed, match="longer than"):
        run("digraph{}", "svg", engine=program(tmp_path, "exec sleep 30"), seconds=0.3)


def test_a_program_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(DrawingFailed, match="status 3"):
        run("digraph{}", "svg", engine=program(tmp_path, "exit 3"))


def test_a_program_that_answers_nonsense_is_refused() -> None:
    with pytest.raises(DrawingFailed, match="no SVG"):
        dress(b"hello", title="x")


def test_the_program_sees_no_environment_and_an_empty_place(tmp_path: Path) -> None:
    os.environ["TIERWRIGHT_TEST_WORD"] = "seen"
    try:
        shown = run("digraph{}", "svg", engine=program(tmp_path, 'echo "<$TIERWRIGHT_TEST_WORD>"; ls -A'))
    finally:
        del os.environ["TIERWRIGHT_TEST_WORD"]

    assert shown == b"<>\n"


def test_where_nothing_draws_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topology.diagrams.engine.engines", tuple)

    with pytest.raises(DrawingFailed, match="install the package graphviz"):
        run("digraph{}", "pdf")
