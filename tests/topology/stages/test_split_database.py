"""The database moves to a server of its own, with its settings, and a file becomes PostgreSQL."""

from __future__ import annotations

from tests.topology.stages.cast import SITE, design_at, python_bound, roles, workload
from topology.design import Design, External, Role
from topology.stages import evolve, first, stage_named, transition
from topology.stages.layout import with_roles
from topology.stages.single import SingleChoices
from topology.stages.split_database import SplitChoices

STAGE = stage_named("split_database")


def test_the_database_leaves_the_web_server() -> None:
    before, after = design_at("single"), design_at("split_database")

    assert roles(after) == {"web1": ["nginx", "gunicorn", "memcached"], "db1": ["postgresql"]}
    assert not STAGE.reached(before)
    assert STAGE.reached(after)
    assert STAGE.advance(after) == after


def test_its_settings_go_with_it() -> None:
    tuned = Role(name="postgresql", settings={"work_mem_kib": 8192})
    before = with_roles(design_at("single"), lambda host: [tuned if r.name == tuned.name else r for r in host.roles])

    after = STAGE.advance(before)

    assert after.tier("database").roles == (tuned,)


def test_a_database_in_a_file_becomes_postgresql() -> None:
    before = first(SITE, python_bound(), choices=SingleChoices(database="sqlite"))

    after = STAGE.advance(before)

    assert roles(after)["db1"] == ["postgresql"]
    assert not STAGE.reached(before)


def test_a_database_that_others_run_is_apart_already() -> None:
    bare = with_roles(design_at("single"), lambda host: host.roles[:3])
    outside = External(name="rds", kind="postgresql", endpoint="db.example.com:5432")

    assert STAGE.reached(bare.model_copy(update={"externals": (outside,)}))
    assert not STAGE.reached(bare)


def test_the_type_is_the_chosen_one_or_the_smallest_that_is_no_limit() -> None:
    before = design_at("single")

    assert _database(STAGE.advance(before, choices=SplitChoices(type="memory"))) == "memory"
    assert _database(STAGE.advance(before)) == "small"


def test_a_split_that_hardly_helps_says_how_little() -> None:
    view = evolve(python_bound()).view("split_database")

    assert view.comparison is not None
    assert 1.05 < view.comparison.gain < 1.2
    assert f"The database is 14 % of the CPU, so a server of its own for it buys ×{view.comparison.gain:.2f}." in (
        view.why_not
    )


def test_the_data_is_dumped_and_restored_while_the_application_stands_still() -> None:
    [step] = STAGE.steps(transition(design_at("single"), design_at("split_database")))

    lines = [line for block in step.blocks for line in block.lines]
    assert lines[0] == "systemctl stop app-news.service"
    assert "pg_dump --format=custom news" in lines[1]
    assert "ssh root@10.0.0.12" in lines[1]
    assert "The plan does not say how large the database is" in step.notices


def test_how_long_the_move_takes_is_not_invented() -> None:
    sized = workload(30, busy=0.8, database_gib=2)

    [step] = STAGE.steps(transition(design_at("single", sized), design_at("split_database", sized)))

    assert "2 GiB are to be copied; how long that takes depends on your disks" in step.notices


def test_a_file_is_moved_by_django_itself() -> None:
    before = first(SITE, python_bound(), choices=SingleChoices(database="sqlite"))

    [step] = STAGE.steps(transition(before, STAGE.advance(before)))

    lines = [line for block in step.blocks for line in block.lines]
    assert any("PYTHONPATH=/etc/news" in line and "dumpdata" in line for line in lines)
    assert any("loaddata /root/news-data.json" in line for line in lines)


def test_a_change_that_moves_no_database_has_no_such_step() -> None:
    assert STAGE.steps(transition(design_at("split_database"), design_at("media_server"))) == ()
    assert STAGE.steps(transition(None, design_at("split_database"))) == ()


def _database(design: Design) -> str:
    return next(host.type_name for host in design.hosts if host.name == "db1")
