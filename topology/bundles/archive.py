"""Writes a bundle to a directory, a zip or a tar: the same bytes every time, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from topology.bundles.bundle import Bundle
from topology.bundles.members import SUMS, Member, members
from topology.design import Place, TierwrightError

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can hold."""
Target = Path | IO[bytes]


def write(bundle: Bundle, path: Path) -> None:
    """Write to a .zip, to a .tar.gz, or to a directory of any other name."""
    _writer(path)(bundle, path)


def refuse_target(path: Path) -> None:
    """Raise TierwrightError where `write` would: nothing of anybody's is written over."""
    if _writer(path) is write_directory:
        _refuse_foreign(path.resolve())
    else:
        _refuse_directory(path)


def _writer(path: Path) -> Callable[[Bundle, Path], None]:
    if path.name.endswith(".zip"):
        return write_zip
    return write_tar_gz if path.name.endswith((".tar.gz", ".tgz")) else write_directory


def write_zip(bundle: Bundle, target: Target) -> None:
    """Write a zip with one top folder: sorted members, fixed dates, the files' own modes."""
    _write_file(target, lambda file: _zip(bundle, file))


def write_tar_gz(bundle: Bundle, target: Target) -> None:
    """Write a gzipped USTAR archive with one top folder: sorted members, time 0, root:root."""
    _write_file(target, lambda file: _tar_gz(bundle, file))


def write_directory(bundle: Bundle, path: Path) -> None:
    """Write into a directory, with manifest.json at its top. A directory there must be empty or an unchanged bundle."""
    path = path.resolve()
    _refuse_foreign(path)
    with _beside(path) as scratch:
        fresh = scratch / "bundle"
        for member in members(bundle):
            place = fresh / member.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(member.content)
            place.chmod(member.mode)
        _swap(path, fresh, scratch / "earlier")


def _swap(path: Path, fresh: Path, earlier: Path) -> None:
    """Put the fresh directory in the place of the earlier one, which comes back where that fails."""
    if path.exists():
        path.rename(earlier)
    try:
        fresh.rename(path)
    except OSError:
        if earlier.exists():
            earlier.rename(path)
        raise


def _zip(bundle: Bundle, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members(bundle):
            entry = zipfile.ZipInfo(f"{bundle.name}/{member.path}", _FIRST_DAY)
            entry.create_system = 3  # Unix, on whatever system this runs
            entry.external_attr = (0o100000 | member.mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.content)


def _tar_gz(bundle: Bundle, file: IO[bytes]) -> None:
    with (
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for member in members(bundle):
            _add(archive, f"{bundle.name}/{member.path}", member)


def _add(archive: tarfile.TarFile, name: str, member: Member) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(member.content), member.mode, 0
    entry.uname = entry.gname = "root"
    try:
        archive.addfile(entry, io.BytesIO(member.content))
    except ValueError:
        raise TierwrightError(
            f"the path {member.path} is too long for a tar archive; write a directory or a zip"
        ) from None


def _write_file(target: Target, fill: Callable[[IO[bytes]], None]) -> None:
    if not isinstance(target, Path):
        fill(target)
        return
    _refuse_directory(target)
    with _beside(target) as scratch:
        fresh = scratch / "archive"
        with fresh.open("wb") as file:
            fill(file)
        fresh.replace(target)


def _refuse_directory(path: Path) -> None:
    if path.is_dir():
        raise TierwrightError("this is a directory; name a file", place=Place(file=str(path)))


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A scratch directory on the same file system, from which a rename is one step; removed at the end."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as name:
            yield Path(name)
    except OSError as error:
        raise TierwrightError(f"this cannot be written: {error.strerror}", place=Place(file=str(path))) from error


def _refuse_foreign(path: Path) -> None:
    """Neither other files are written over, nor a bundle that was changed by hand."""
    if not path.exists():
        return
    if not path.is_dir():
        raise TierwrightError("there is a file of this name; name a directory", place=Place(file=str(path)))
    problem = _why_foreign(path) if any(path.iterdir()) else None
    if problem:
        raise TierwrightError(f"{problem}; name another directory, or move this one away", place=Place(file=str(path)))


def _why_foreign(path: Path) -> str | None:
    try:
        ours = "tierwright" in json.loads((path / "manifest.json").read_bytes())
        sums = dict(_read_sums((path / SUMS).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        ours = False
    if not ours:
        return "this directory is not empty and holds no bundle"
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_symlink() or (file.is_file() and name != SUMS and not _is_unchanged(file, sums.get(name))):
            return f"the bundle here was changed by hand since: {name}"
    return None


def _is_unchanged(file: Path, digest: str | None) -> bool:
    return hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _read_sums(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        digest, _, name = line.lstrip("\\").partition("  ")
        yield (name.replace("\\\\", "\\") if line.startswith("\\") else name), digest
