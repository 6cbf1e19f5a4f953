"""YAML without surprises: words stay words, bombs are refused, and every value comes back."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from topology.errors import TierwrightError
from topology.plain_yaml import path_text, read, write

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
strings = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    (
        "no",
        "on",
        "012",
        "1:30",
        "1e3",
        "~",
        "null",
        "true",
        "",
        "-",
        "=",
        "<<",
        "0x1f",
        "1_000",
        "2026-11-24",
        ".5",
        "+1",
    )
)


@pytest.mark.parametrize("word", ["no", "on", "off", "y", "012", "1:30", "0x1f", "1_000", "2026-11-24", "=", ".inf"])
def test_words_stay_words(word: str) -> None:
    assert read(f"key: {word}").data == {"key": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-3", -3), ("2.5", 2.5), ("1e3", 1000.0), (".5", 0.5), ("true", True), ("null", None), ("~", None)],
)
def test_the_core_schema_is_kept(text: str, value: Any) -> None:
    assert read(f"key: {text}").data == {"key": value}


@given(st.recursive(scalars | strings, lambda inner: st.lists(inner) | st.dictionaries(strings, inner), max_leaves=20))
def test_what_is_written_is_read_back(data: Any) -> None:
    assert read(write({"data": data})).data == {"data": data}


@given(strings)
def test_other_readers_take_our_strings_for_strings(text: str) -> None:
    assert yaml.safe_load(write({"key": text})) == {"key": text}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [1]\nb: *x", "anchors and aliases"),
        ("a: !!python/object:os.system x", "tag"),
        ("a: ! x", "tag"),
        ("a: 1\na: 2", "twice"),
        ("? [a]\n: b", "a key must be a word"),
        ("[" * 40 + "]" * 40, "nested more than 32 deep"),
        ("a: [1\nb: 2", "not readable"),
        ("a: " + "9" * 500, "too long"),
    ],
)
def test_surprises_are_refused_with_their_line(text: str, says: str) -> None:
    with pytest.raises(TierwrightError) as refusal:
        read(text, file="plan.yaml")

    assert says in refusal.value.sentence
    assert refusal.value.place.line is not None


def test_a_document_of_too_many_values_is_refused() -> None:
    with pytest.raises(TierwrightError, match="more than 200000 values"):
        read("[" + "1," * 200_001 + "]")


def test_a_document_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(TierwrightError, match="more than 5 MB"):
        read("#" * 5_000_001)


def test_a_path_reads_as_people_write_it() -> None:
    assert path_text(("tiers", 1, "servers", "count")) == "tiers[1].servers.count"
