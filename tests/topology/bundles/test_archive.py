"""Bundles on disk: the same bytes every time, whole or not at all, over nothing of anybody's."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import IO

import pytest

from tests.topology.bundles.cast import Greeter, Shelf, greeting, small_bundle
from topology.bundles import Bundle, members, refuse_target, write, write_directory, write_tar_gz, write_zip
from topology.design import TierwrightError


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_directory_has_the_manifest_at_its_top_and_sums_that_hold(tmp_path: Path) -> None:
    bundle = small_bundle()

    write_directory(bundle, tmp_path / "out")

    assert (tmp_path / "out/manifest.json").is_file()
    assert _tree(tmp_path / "out") == {member.path: member.content for member in members(bundle)}
    assert (tmp_path / "out/hosts/back1/rootfs/etc/shelf.conf").stat().st_mode & 0o777 == 0o640
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=True)


def test_a_name_with_a_backslash_passes_the_sums_too(tmp_path: Path) -> None:
    unit = greeting(path="/etc/systemd/system/srv-a\\x2db.mount")

    write_directory(small_bundle(Greeter(unit), Shelf()), tmp_path / "out")

    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=True)
    write_directory(small_bundle(), tmp_path / "out")  # and is known again as unchanged


@pytest.mark.parametrize("writer", [write_zip, write_tar_gz])
def test_an_archive_is_the_same_bytes_every_time(writer: object) -> None:
    first, second = io.BytesIO(), io.BytesIO()

    for target in (first, second):
        writer(small_bundle(), target)  # type: ignore[operator]

    assert first.getvalue() == second.getvalue()


def test_a_zip_has_one_top_folder_sorted_names_fixed_dates_and_modes(tmp_path: Path) -> None:
    bundle = small_bundle()

    write(bundle, tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        entries = archive.infolist()
        assert [entry.filename for entry in entries] == [f"{bundle.name}/{m.path}" for m in members(bundle)]
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        shelf = archive.getinfo(f"{bundle.name}/hosts/back1/rootfs/etc/shelf.conf")
        assert (shelf.external_attr >> 16, archive.read(shelf)) == (0o100640, b"deep\n")


def test_a_tar_is_ustar_of_root_at_time_zero(tmp_path: Path) -> None:
    bundle = small_bundle()

    write(bundle, tmp_path / "out.tar.gz")

    assert (tmp_path / "out.tar.gz").read_bytes()[4:8] == b"\0\0\0\0"  # gzip's own time
    with tarfile.open(tmp_path / "out.tar.gz") as archive:
        entries = archive.getmembers()
        assert archive.pax_headers == {}
        assert [entry.name for entry in entries] == [f"{bundle.name}/{m.path}" for m in members(bundle)]
        assert {(e.mtime, e.uid, e.gid, e.uname, e.gname) for e in entries} == {(0, 0, 0, "root", "root")}


def test_a_path_too_long_for_ustar_is_refused_with_the_way_out(tmp_path: Path) -> None:
    bundle = small_bundle(Greeter(greeting(path="/etc/" + "x" * 120)), Shelf())

    with pytest.raises(TierwrightError, match="too long for a tar archive; write a directory or a zip"):
        write(bundle, tmp_path / "out.tar.gz")

    assert list(tmp_path.iterdir()) == []


def test_an_earlier_bundle_is_replaced_whole(tmp_path: Path) -> None:
    write(small_bundle(Greeter(greeting(path="/etc/gone.conf")), Shelf()), tmp_path / "out")

    write(small_bundle(), tmp_path / "out")

    assert _tree(tmp_path / "out") == {member.path: member.content for member in members(small_bundle())}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_directory_is_taken_and_missing_parents_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    write(small_bundle(), tmp_path / "empty")
    write(small_bundle(), tmp_path / "a/b/out")

    assert (tmp_path / "empty/manifest.json").is_file()
    assert (tmp_path / "a/b/out/manifest.json").is_file()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda out: (out / "manifest.json").unlink(), "holds no bundle"),
        (lambda out: (out / "SHA256SUMS").unlink(), "holds no bundle"),
        (lambda out: (out / "manifest.json").write_text("[]"), "holds no bundle"),
        (lambda out: (out / "mine.txt").write_text("x"), "was changed by hand since: mine.txt"),
        (lambda out: (out / "README.md").write_text("x"), "was changed by hand since: README.md"),
        (lambda out: (out / "link").symlink_to("/etc"), "was changed by hand since: link"),
    ],
)
def test_nothing_of_anybodys_is_written_over(tmp_path: Path, spoil: object, says: str) -> None:
    out = tmp_path / "out"
    write(small_bundle(), out)
    spoil(out)  # type: ignore[operator]
    before = _tree(out)

    with pytest.raises(TierwrightError, match=says):
        write(small_bundle(), out)

    assert _tree(out) == before


def test_a_file_is_no_directory_and_a_directory_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "out.zip").mkdir()

    with pytest.raises(TierwrightError, match="there is a file of this name"):
        refuse_target(tmp_path / "file")
    with pytest.raises(TierwrightError, match="this is a directory; name a file"):
        refuse_target(tmp_path / "out.zip")


def test_a_failed_write_leaves_the_earlier_file_and_no_scrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out.zip").write_bytes(b"earlier")

    def fail(bundle: Bundle, file: IO[bytes]) -> None:
        file.write(b"half")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("topology.bundles.archive._zip", fail)
    with pytest.raises(TierwrightError, match="this cannot be written: No space left on device"):
        write(small_bundle(), tmp_path / "out.zip")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.zip": b"earlier"}


def test_nothing_in_a_bundle_names_the_machine(tmp_path: Path) -> None:
    write(small_bundle(), tmp_path / "out")

    content = b"\n".join(_tree(tmp_path / "out").values())

    assert str(tmp_path).encode() not in content
    assert os.uname().nodename.encode() not in content or len(os.uname().nodename) < 4
