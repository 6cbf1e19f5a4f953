"""Rendering: no value changes the structure of a file."""

from __future__ import annotations

import configparser
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import hostile_texts
from topology.components import rendering
from topology.components.rendering import Token, assignments, sections, words


@given(hostile_texts)
def test_a_token_has_no_character_that_means_something(text: str) -> None:
    try:
        token = Token(text)
    except ValueError:
        return
    assert not set(token) & set(" \t\n\r\"'`;{}[]()<>|&#$%\\=!?^")
    assert not token.startswith("~")


@given(st.lists(st.tuples(st.sampled_from(["alpha", "beta"]), hostile_texts | st.integers()), max_size=4))
def test_an_ini_file_keeps_its_keys_whatever_the_values(pairs: list[tuple[str, str | int]]) -> None:
    try:
        text = sections([("unit", pairs)])
    except ValueError:
        return
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.read_string(text)
    assert parsed.sections() == ["unit"]
    assert set(parsed["unit"]) == {key for key, _ in pairs}


def test_values_of_several_words_are_written_by_words_alone() -> None:
    assert assignments([("listen", words("a", 1))]) == "listen = a 1\n"
    with pytest.raises(ValueError, match="may not stand"):
        assignments([("listen", "a 1")])


def test_a_boolean_is_written_in_the_words_of_the_format() -> None:
    with pytest.raises(TypeError, match="boolean"):
        assignments([("key", True)])


@pytest.fixture
def environment(tmp_path: Path) -> jinja2.Environment:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "name.j2").write_text("server_name {{ name }};\n")
    return rendering._environment(tmp_path)


def test_a_template_prints_tokens_and_numbers_only(environment: jinja2.Environment) -> None:
    template = environment.get_template("name.j2")

    assert template.render(name=Token("example.com")) == "server_name example.com;\n"
    assert template.render(name=80) == "server_name 80;\n"
    for refused in ("example.com", None, True, ["a"]):
        with pytest.raises(TypeError, match="may not print"):
            template.render(name=refused)


def test_a_template_does_not_print_what_was_not_handed_in(environment: jinja2.Environment) -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment.get_template("name.j2").render()
