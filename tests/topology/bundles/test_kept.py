"""Answers of programs kept from one export to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.topology.bundles.cast import Greeter, Shelf, greeting, small_bundle
from topology.bundles import Kept, validate, validation
from topology.bundles.kept import KeptAnswer, key_of

pytestmark = pytest.mark.usefixtures("shared")


def _asked(kept: Kept, greeter: Greeter | None = None) -> int:
    """Checks for which a program was started."""
    seen: list[str] = []
    validate(small_bundle(greeter or Greeter(), Shelf()), progress=lambda *step: seen.append(step[2]), kept=kept)
    return len(seen)


def test_what_was_accepted_is_not_asked_again_and_the_report_is_the_same(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "answers")

    first = validate(small_bundle(), kept=kept)
    second = validate(small_bundle(), kept=kept)

    assert _asked(kept) == 0
    assert first.document() == second.document() == validate(small_bundle()).document()


def test_another_file_is_asked(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    _asked(kept)

    assert _asked(kept, Greeter(greeting(text="echo other\n"))) == 1


def test_what_was_refused_is_asked_again(tmp_path: Path) -> None:
    kept, broken = Kept(tmp_path), Greeter(greeting(text="if then\n"))

    assert _asked(kept, broken) == _asked(kept, broken) == 1


def test_another_version_of_the_program_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path)
    all_of_them = _asked(kept)
    monkeypatch.setattr(validation, "version_of", lambda validator: "99")

    assert _asked(kept) == all_of_them


def test_a_spoilt_answer_and_a_directory_that_is_none_keep_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "answers")
    all_of_them = _asked(kept)
    for path in (tmp_path / "answers").iterdir():
        path.write_text("{not json", encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert _asked(kept) == _asked(Kept(tmp_path / "file")) == all_of_them


def test_a_key_is_the_same_in_every_run_whatever_the_order_of_a_set() -> None:
    first = key_of(Greeter(), "1", frozenset({("a", 1), ("b", 2)}))

    assert first == key_of(Greeter(), "1", frozenset({("b", 2), ("a", 1)}))
    assert first != key_of(Greeter(), "2", frozenset({("b", 2), ("a", 1)}))


def test_too_many_answers_lose_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topology.bundles.kept.MOST", 3)
    kept = Kept(tmp_path)
    for number in range(5):
        kept.put(f"{number}", KeptAnswer(output="", host="h"))

    kept.tidy()

    assert len(list(tmp_path.iterdir())) == 3
