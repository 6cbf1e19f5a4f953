"""manage.py export: the bundle on disk, the findings on stderr, and the exit codes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from topology.bundles import Answer, Bundle, ValidationReport
from topology.management.commands import export
from topology.plain_yaml import write as to_yaml

PLAN: dict[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "workload": {"peak_requests_per_second": 20, "classes": {"page": {"share": 1}}},
    "tiers": [
        {"name": "web", "servers": {"count": 1, "type": "medium"}, "roles": ["nginx", "gunicorn", "sqlite"]},
    ],
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan of one server, in a file."""
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(PLAN), encoding="utf-8")
    return path


def _export(plan: Path, output: Path, **options: Any) -> int:
    try:
        call_command("export", str(plan), output=str(output), **options)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_a_directory_holds_the_whole_bundle(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = plan.parent / "out"

    code = _export(plan, out, no_validate=True)

    said = capsys.readouterr()
    manifest = json.loads((out / "manifest.json").read_text())
    assert code == 0
    assert (out / "hosts/web1/rootfs/etc/nginx/nginx.conf").is_file()
    assert json.loads((out / "cluster/forecast.json").read_text())["offered_rps"] == 20
    assert f"content digest {manifest['content_digest']}" in said.out
    assert "files are unvalidated: validation was left out (--no-validate)" in said.err


def test_an_archive_holds_the_same_as_the_directory(plan: Path) -> None:
    _export(plan, plan.parent / "out", no_validate=True)
    _export(plan, plan.parent / "out.zip", no_validate=True)

    tree = {
        path.relative_to(plan.parent / "out").as_posix() for path in (plan.parent / "out").rglob("*") if path.is_file()
    }
    with zipfile.ZipFile(plan.parent / "out.zip") as archive:
        assert {name.partition("/")[2] for name in archive.namelist()} == tree
        assert len({name.partition("/")[0] for name in archive.namelist()}) == 1


def test_a_refused_file_is_named_and_ends_with_1(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "validate", _refuse_nginx)

    code = _export(plan, plan.parent / "out")

    assert code == 1
    assert "web1 /etc/nginx/nginx.conf: refused by nginx -t\n  unknown directive" in capsys.readouterr().err
    assert (plan.parent / "out/manifest.json").is_file()


def test_machines_get_the_digest_and_the_refusals(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "validate", _refuse_nginx)

    _export(plan, plan.parent / "out", json=True)

    document = json.loads(capsys.readouterr().out)
    assert document["name"] == f"newspaper-{document['content_digest'][:12]}"
    assert document["validation"]["refused"] == len(document["refused"]) == 1
    assert document["refused"][0]["path"] == "etc/nginx/nginx.conf"


def test_nothing_of_anybodys_is_written_over(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (plan.parent / "mine").mkdir()
    (plan.parent / "mine/note").write_text("mine")

    code = _export(plan, plan.parent / "mine")

    assert code == 2
    assert "this directory is not empty and holds no bundle" in capsys.readouterr().err


@pytest.mark.slow
def test_the_real_programs_accept_every_file(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = plan.parent / "first.tar.gz", plan.parent / "second.tar.gz"

    codes = _export(plan, first), _export(plan, second)

    assert codes == (0, 0), capsys.readouterr().err
    assert first.read_bytes() == second.read_bytes()


def _refuse_nginx(bundle: Bundle, **_: object) -> ValidationReport:
    def answer(host: str, path: str) -> Answer:
        refused = path == "etc/nginx/nginx.conf"
        return Answer(
            host=host,
            path=path,
            component="nginx",
            program="nginx",
            version="1",
            says="nginx -t",
            result="refused" if refused else "accepted",
            output="unknown directive" if refused else "",
            checked_on=host,
        )

    return ValidationReport(tuple(answer(file.host, file.path) for file in bundle.files))
