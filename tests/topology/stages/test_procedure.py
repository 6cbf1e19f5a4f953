"""The steps of any change: complete, in an order that serves, and in lines that a shell reads."""

from __future__ import annotations

import subprocess
from itertools import pairwise

import pytest

from tests.topology.stages.cast import SITE, design_at, python_bound, shas
from topology.components import catalogue
from topology.design import App, Design, External, Server, Site
from topology.diff import changed_files
from topology.document import from_data, to_data
from topology.stages import Phase, Step, every_stage, first, stage_named, steps_of, transition
from topology.stages.big import BigChoices
from topology.stages.layout import with_roles, without
from topology.stages.single import SingleChoices

NAMES = [stage.name for stage in every_stage()]
PAPERS = {"packages.txt", "units.json", "PREPARE.md"}


def _changes() -> dict[str, tuple[Design | None, Design]]:
    """A change of every kind: each stage, each first installation, other orders, other choices, and ways back."""
    at = {name: design_at(name) for name in NAMES}
    sqlite = first(SITE, python_bound(), choices=SingleChoices(database="sqlite"))
    media_first = stage_named("media_server").advance(at["single"])
    found: dict[str, tuple[Design | None, Design]] = {f"install-{name}": (None, at[name]) for name in NAMES}
    found |= {f"to-{after}": (at[before], at[after]) for before, after in pairwise(NAMES)}
    found |= {f"back-to-{after}": (at[before], at[after]) for after, before in pairwise(NAMES)}
    found |= {
        "from-a-file": (sqlite, stage_named("split_database").advance(sqlite)),
        "media-first": (at["single"], media_first),
        "split-after-media": (media_first, stage_named("split_database").advance(media_first)),
        "virtual-address": (
            at["load_balanced"],
            stage_named("big").advance(at["load_balanced"], choices=BigChoices(balancing="vip")),
        ),
        "all-at-once": (at["single"], at["big"]),
    }
    return found


CHANGES = _changes()


@pytest.mark.parametrize("name", CHANGES)
def test_every_file_that_differs_is_in_exactly_one_step_and_no_other_is(name: str) -> None:
    before, after = CHANGES[name]

    named = [(f.host, f.path, f.what) for step in steps_of(transition(before, after)) for f in step.files]

    differing = changed_files({} if before is None else shas(before), shas(after))
    assert len(named) == len(set(named))
    assert set(named) == {
        (f.host, f.path, f.what) for f in differing if f.path not in PAPERS and f.host in _hosts(after, before)
    }


@pytest.mark.parametrize("name", CHANGES)
def test_every_line_is_one_that_a_shell_reads(name: str) -> None:
    steps = steps_of(transition(*CHANGES[name]))

    lines = [line for step in steps for block in (*step.blocks, *step.checks, *step.undo) for line in block.lines]

    assert all("\n" not in line for line in lines)
    ran = subprocess.run(["bash", "-n"], input="\n".join(lines), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("name", CHANGES)
def test_every_step_says_what_users_notice_how_to_check_and_how_to_go_back(name: str) -> None:
    for step in steps_of(transition(*CHANGES[name])):
        assert step.title
        assert step.does
        assert step.notices
        assert step.shows
        assert step.back
        hand_work = "by hand" in step.title
        assert step.checks or hand_work, step.title


@pytest.mark.parametrize("name", CHANGES)
def test_steps_come_in_the_order_of_their_phases(name: str) -> None:
    phases = [step.phase for step in steps_of(transition(*CHANGES[name]))]

    assert phases == sorted(phases)


def test_a_change_of_nothing_has_no_steps() -> None:
    design = design_at("big")

    assert steps_of(transition(design, design)) == ()


def test_two_sites_with_directories_of_their_own_are_both_served() -> None:
    other = Site(
        name="my-shop",
        domains=("shop.example.com",),
        app=App(wsgi="shop.wsgi", settings="shop.settings", directory="/opt/shop"),
    )
    both = {name: design_at(name).model_copy(update={"sites": (SITE, other)}) for name in NAMES[:3]}

    split = steps_of(transition(both["single"], both["split_database"]))
    media = steps_of(transition(both["split_database"], both["media_server"]))

    assert "pg_dump --format=custom my_shop" in _text(split)
    assert "systemctl stop app-news.service app-my-shop.service" in _text(split)
    assert "rsync -aH /srv/my-shop/media/" in _text(media)
    assert r"srv-my\x2dshop-media.mount" in _text(media)


def test_the_way_back_puts_replaced_files_back_and_takes_new_ones_away() -> None:
    steps = steps_of(transition(design_at("media_server"), design_at("load_balanced")))
    pool = next(step for step in steps if step.phase == Phase.POOL)
    app = next(step for step in steps if step.phase == Phase.APP)

    undone = [line for block in pool.undo for line in block.lines]
    assert undone[0] == "systemctl disable --now pgbouncer.service"
    assert undone[1].startswith("rm -f /etc/pgbouncer/")
    restored = [line for block in app.undo for line in block.lines]
    assert any(line.startswith("cp -a /root/before-") and line.endswith("tierwright_settings.py") for line in restored)
    assert restored[-1] == "systemctl reload-or-restart app-news.service"


def test_a_server_that_leaves_the_plan_is_given_back_last() -> None:
    steps = steps_of(transition(design_at("split_database"), design_at("single")))

    assert steps[-1].title == "Give back db1"
    assert {file.what for file in steps[-1].files} == {"removed"}


def test_a_role_that_moves_is_stopped_where_it_was_only_in_the_end() -> None:
    steps = steps_of(transition(design_at("single"), design_at("split_database")))

    assert steps[-1].title == "Take PostgreSQL off web1"
    assert "Only after the new one has carried a peak" in steps[-1].does
    assert steps[-1].blocks[0].lines[0] == "systemctl disable --now postgresql@15-main.service"


def test_a_program_that_another_role_still_needs_is_not_stopped() -> None:
    web = design_at("media_server").tier("web").roles[0]
    design = with_roles(
        design_at("media_server"),
        lambda host: [*host.roles, web] if host.name == "media1" else host.roles,
    )
    after = with_roles(design, lambda host: without(host, "nginx_media") if host.name == "media1" else host.roles)

    retired = [s for s in steps_of(transition(design, after)) if s.phase == Phase.RETIRE]

    assert not any("nginx.service" in _text([step]) for step in retired)


def test_larger_servers_of_the_same_kind_change_files_and_nothing_else() -> None:
    before = design_at("single")
    data = to_data(before)
    data["tiers"][0]["servers"][0]["type"] = "large"
    after = from_data(data, catalogue=catalogue())

    phases = {step.phase for step in steps_of(transition(before, after))}

    assert phases <= {Phase.DELIVER, Phase.DATABASE, Phase.CACHE, Phase.APP}


def test_what_a_person_prepares_on_a_standing_server_comes_before_anything_stands_still() -> None:
    before = first(SITE, python_bound(), choices=SingleChoices(database="sqlite"))
    steps = steps_of(transition(before, stage_named("split_database").advance(before)))

    titles = [step.title for step in steps]
    assert titles.index("Prepare web1 by hand") < titles.index("Move the data from web1 to db1")
    prepared = next(step for step in steps if step.title == "Prepare web1 by hand")
    assert any("password of the database user" in block.says for block in prepared.blocks)


def test_a_web_server_added_to_several_leaves_the_others_in_the_traffic() -> None:
    before = design_at("load_balanced")
    data = to_data(before)
    web = next(tier for tier in data["tiers"] if tier["name"] == "web")
    web["servers"].append(Server(name="web3", type="small", address="10.0.0.40").model_dump(exclude_unset=True))
    after = from_data(data, catalogue=catalogue())

    steps = steps_of(transition(before, after))

    joining = next(step for step in steps if step.hosts == ("web3",) and step.phase == Phase.APP)
    assert joining.notices == "nothing: no traffic goes there yet"
    assert [step.title for step in steps if step.phase == Phase.BALANCER] == ["Change HAProxy on lb1"]


def _hosts(*designs: Design | None) -> set[str]:
    return {host.name for design in designs if design is not None for host in design.hosts}


def _text(steps: list[Step] | tuple[Step, ...]) -> str:
    return "\n".join(line for step in steps for block in step.blocks for line in block.lines)


def test_a_replica_that_becomes_the_primary_is_promoted_and_not_restored_over() -> None:
    before = design_at("big")
    data = to_data(before)
    database = next(tier for tier in data["tiers"] if tier["name"] == "database")
    database["servers"] = [{"name": "db2", "type": "small", "address": _address(before, "db2")}]
    after = from_data(data, catalogue=catalogue())

    steps = steps_of(transition(before, after))

    titles = [step.title for step in steps if step.phase in (Phase.DATABASE, Phase.DATA)]
    assert titles == ["Promote db2 to primary", "Set up PostgreSQL on db2"]
    assert "createuser" not in _text(steps)
    assert "pg_restore" not in _text(steps)


def test_files_go_back_to_the_web_server_before_the_media_server_is_given_back() -> None:
    steps = steps_of(transition(design_at("media_server"), design_at("split_database")))

    titles = [step.title for step in steps]
    order = [
        "Copy the files back to web1",
        "Take NFS off web1",
        "Put the files in place on web1",
        "Give back media1",
    ]
    assert [title for title in titles if title in order] == order


def test_files_go_on_to_another_server_when_it_takes_the_export_over() -> None:
    before = design_at("media_server")
    data = to_data(before)
    media = next(tier for tier in data["tiers"] if tier["name"] == "media")
    media["servers"] = [{"name": "media2", "type": "small", "address": "10.0.0.44"}]
    after = from_data(data, catalogue=catalogue())

    steps = steps_of(transition(before, after))

    copied = [step for step in steps if step.title.startswith(("Copy the files", "Bring over"))]
    assert [step.phase for step in copied] == [Phase.DATA, Phase.APP]
    assert "rsync -aH /srv/news/media/ root@10.0.0.44:/srv/news/media/" in _text(copied)


def test_a_database_that_others_take_over_is_dumped_for_them() -> None:
    before = design_at("split_database")
    outside = External(name="rds", kind="postgresql", endpoint="db.example.com:5432")
    after = before.model_copy(update={"tiers": before.tiers[:1], "externals": (outside,)})

    moved = next(step for step in steps_of(transition(before, after)) if step.phase == Phase.DATA)

    assert moved.title == "Hand over the data of db1"
    assert "pg_dump --format=custom news > /root/news.dump" in _text([moved])


def _address(design: Design, name: str) -> str:
    return next(host.address for host in design.hosts if host.name == name)


def test_a_site_that_comes_is_started_and_one_that_goes_is_stopped() -> None:
    one = design_at("single")
    two = one.model_copy(update={"sites": (SITE, Site(name="blog", domains=("blog.example.com",)))})

    coming, going = steps_of(transition(one, two)), steps_of(transition(two, one))

    assert "systemctl enable app-blog.service && systemctl restart app-blog.service" in _text(coming)
    assert any("systemctl disable --now app-blog.service" in line for step in coming for line in _undone(step))
    lines = _text(going).splitlines()
    stopped = lines.index("systemctl disable --now app-blog.service")
    removed = next(n for n, line in enumerate(lines) if line.startswith("rm -f") and "app-blog.service" in line)
    assert stopped < removed
    assert "systemctl restart app-blog.service" not in lines


def _undone(step: Step) -> list[str]:
    return [line for block in step.undo for line in block.lines]
