"""What the chapter teaches at each stage is said with the plan's numbers, and never where it does not hold."""

from __future__ import annotations

from tests.topology.stages.cast import heavy_in_files, large, python_bound
from topology.capacity import LESSON_NAMES
from topology.stages import every_stage, evolve, in_short, to_document
from topology.stages.teaching import LESSONS


def test_every_lesson_belongs_to_a_stage_and_every_stage_has_one() -> None:
    taught = [name for names in LESSONS.values() for name in names]

    assert sorted(taught) == sorted(LESSON_NAMES)
    assert list(LESSONS) == [stage.name for stage in every_stage()]


def test_a_lesson_that_holds_speaks_for_its_stage() -> None:
    stages = evolve(heavy_in_files())
    view = stages.view("media_server")

    assert view.lessons[0].status == "holds"
    assert f"Without its files a web server carries ×{view.lessons[0].effect.value:.3g}." in view.why_now
    assert "Web servers help up to 7." in evolve(python_bound()).view("load_balanced").why_now


def test_a_lesson_that_does_not_hold_speaks_against_it_and_not_for_it() -> None:
    view = evolve(large()).view("media_server")

    assert view.lessons[0].status == "void here"
    assert "Slow clients hold no worker behind nginx" in view.why_not
    assert "Without its files" not in view.why_now


def test_more_caching_speaks_against_more_servers() -> None:
    view = evolve(python_bound()).view("big")

    assert view.lessons[0].status == "holds"
    assert "With 80 % of the pages from the cache it would carry ×" in view.why_not
    assert "from the cache" not in view.why_now


def test_the_document_has_the_lessons_of_each_stage() -> None:
    data = to_document(evolve(python_bound()))

    found = {stage["name"]: [lesson["name"] for lesson in stage["lessons"]] for stage in data["stages"]}
    assert found == {name: list(lessons) for name, lessons in LESSONS.items()}


def test_in_short_a_lesson_says_what_it_is_worth_now_and_then() -> None:
    keep_alive, _ = evolve(python_bound()).view("single").lessons

    assert in_short(keep_alive).startswith("Turn keep-alive off: void here (×1 here, ×")
    assert in_short(keep_alive).endswith(" then)")
