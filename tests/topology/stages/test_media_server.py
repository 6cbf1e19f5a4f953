"""A media server: files leave the web server, and uploads still arrive at MEDIA_ROOT."""

from __future__ import annotations

from tests.topology.stages.cast import design_at, heavy_in_files, python_bound, roles
from topology.capacity import forecast
from topology.components import resolve
from topology.stages import Comparison, Phase, evolve, stage_named, steps_of, transition
from topology.workload import Workload

STAGE = stage_named("media_server")


def test_the_media_server_serves_and_holds_the_files_and_the_web_server_mounts_them() -> None:
    design = design_at("media_server")

    assert roles(design) == {
        "web1": ["nginx", "gunicorn", "memcached", "nfs_client"],
        "media1": ["nginx_media", "nfs_server"],
        "db1": ["postgresql"],
    }
    assert [tier.name for tier in design.tiers] == ["web", "media", "database"]
    assert STAGE.advance(design) == design


def test_it_may_come_before_the_database_is_moved_and_the_split_after_it() -> None:
    media_first = STAGE.advance(design_at("single"))

    both = stage_named("split_database").advance(media_first)

    assert roles(media_first)["web1"] == ["nginx", "gunicorn", "memcached", "postgresql", "nfs_client"]
    assert {name: set(items) for name, items in roles(both).items()} == {
        name: set(items) for name, items in roles(design_at("media_server")).items()
    }
    assert {host.name: host.address for host in both.hosts} == {
        "web1": "10.0.0.11", "media1": "10.0.0.12", "db1": "10.0.0.13",
    }  # fmt: skip


def test_the_mount_is_at_the_path_of_media_root() -> None:
    cluster = resolve(design_at("media_server"))

    mounts = [file for placed in cluster.by_host["web1"] for file in placed.component.files(placed)]

    assert any("Where=/srv/news/media\n" in file.text for file in mounts)


def test_it_says_what_files_are_of_the_traffic_and_when_there_are_none() -> None:
    heavy, bound = _comparison(heavy_in_files()), _comparison(python_bound())

    assert STAGE.speaks_for(heavy) == ("files are 98 % of the requests and 100 % of the bytes",)
    assert STAGE.speaks_for(bound) == ()
    assert "There are no files to take out." in evolve(python_bound()).view("media_server").why_not


def test_files_are_copied_before_the_mount_and_what_came_meanwhile_after_it() -> None:
    steps = steps_of(transition(design_at("split_database"), design_at("media_server")))

    order = [(step.phase, step.title) for step in steps if step.phase >= Phase.DATA]

    assert order == [
        (Phase.DATA, "Copy the files from web1 to media1"),
        (Phase.DATA, "Make room for the mounts on web1"),
        (Phase.MOUNT, "Set up NFS on web1"),
        (Phase.APP, "Change nginx and Django settings on web1"),
        (Phase.APP, "Bring over what was uploaded meanwhile, to media1"),
    ]


def test_the_way_back_undoes_the_making_of_room() -> None:
    aside = STAGE.steps(transition(design_at("split_database"), design_at("media_server")))[1]

    assert aside.blocks[0].lines[0].startswith("mv /srv/news/media /srv/news/media.before && ")
    assert aside.undo[0].lines[0] == "rmdir /srv/news/media && mv /srv/news/media.before /srv/news/media"


def test_web_servers_that_join_later_have_no_files_to_move() -> None:
    assert STAGE.steps(transition(design_at("media_server"), design_at("load_balanced"))) == ()


def _comparison(asked: Workload) -> Comparison:
    before, after = design_at("split_database", asked), design_at("media_server", asked)
    return Comparison(workload=asked, before=forecast(before), after=forecast(after), headroom=0.5)
