"""Units are read as systemd reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.errors import TierwrightError
from topology.rehearsal.units import Unit, read_environment, read_unit, unescaped

PACKAGE = """
[Service]
Type=notify
Environment="CONFIG=/etc/a.cfg" EXTRA=-S
ExecStart=/usr/sbin/a -f $CONFIG \\
    ${EXTRA}x
ExecReload=/bin/kill -USR2 $MAINPID
"""


def root_with(tmp_path: Path, **files: str) -> Path:
    """A root directory with files below systemd's folders."""
    for name, text in files.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return tmp_path


def unit_of(tmp_path: Path, text: str, name: str = "a.service") -> Unit:
    return read_unit(root_with(tmp_path, **{f"usr/lib/systemd/system/{name}": text}), name)


def test_variables_become_words_and_parts_of_words(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, PACKAGE)

    [start] = unit.commands("ExecStart", unit.environment())

    assert start.words == ("/usr/sbin/a", "-f", "/etc/a.cfg", "-Sx")


def test_a_variable_alone_becomes_as_many_words_as_it_holds(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, "[Service]\nExecStart=/bin/a $OPTIONS ${OPTIONS} $NOTHING\n")

    [start] = unit.commands("ExecStart", {"OPTIONS": "-u bind"})

    assert start.words == ("/bin/a", "-u", "bind", "-u bind")


def test_a_drop_in_adds_and_an_empty_value_clears(tmp_path: Path) -> None:
    root = root_with(
        tmp_path,
        **{
            "usr/lib/systemd/system/a.service": "[Service]\nExecStart=/bin/a\nExecStop=/bin/b\nUser=x\n",
            "etc/systemd/system/a.service.d/t.conf": "[Service]\nExecStop=\nUser=y\nExecStartPre=/bin/c\n",
        },
    )

    unit = read_unit(root, "a.service")

    assert unit.all("ExecStop") == ()
    assert unit.get("User") == "y"
    assert unit.all("ExecStartPre") == ("/bin/c",)


def test_the_administrators_unit_hides_the_packages(tmp_path: Path) -> None:
    root = root_with(
        tmp_path,
        **{
            "usr/lib/systemd/system/a.service": "[Service]\nUser=package\n",
            "etc/systemd/system/a.service": "[Service]\nUser=ours\n",
        },
    )

    assert read_unit(root, "a.service").get("User") == "ours"


def test_a_template_is_filled_with_its_instance(tmp_path: Path) -> None:
    text = "[Service]\nExecStart=-/usr/bin/pg_ctlcluster %i start\nPIDFile=/run/postgresql/%i.pid\nSlice=%I-%p-%%\n"
    root = root_with(tmp_path, **{"usr/lib/systemd/system/postgresql@.service": text})

    unit = read_unit(root, "postgresql@15-main.service")

    [start] = unit.commands("ExecStart", {})
    assert start.words == ("/usr/bin/pg_ctlcluster", "15-main", "start")
    assert start.may_fail
    assert unit.get("PIDFile") == "/run/postgresql/15-main.pid"
    assert unit.get("Slice") == "15/main-postgresql-%"


def test_directories_and_credentials_are_told_by_the_environment(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, "[Service]\nRuntimeDirectory=a a/b\nStateDirectory=c\nLoadCredential=key:/etc/key\n")

    assert unit.environment() == {
        "RUNTIME_DIRECTORY": "/run/a:/run/a/b",
        "STATE_DIRECTORY": "/var/lib/c",
        "CREDENTIALS_DIRECTORY": "/run/credentials/a.service",
    }


def test_a_unit_that_nobody_brings_is_said(tmp_path: Path) -> None:
    with pytest.raises(TierwrightError, match=r"no package and no file of the bundle brings the unit b\.service"):
        read_unit(tmp_path, "b.service")


def test_an_environment_file_has_comments_and_quotes() -> None:
    assert read_environment('# a\nA="b c"\nB=\n;c\nC=d\n') == {"A": "b c", "B": "", "C": "d"}


def test_a_path_in_a_name_is_read_back() -> None:
    assert unescaped(r"srv-my\x2dsite-media") == "srv/my-site/media"
