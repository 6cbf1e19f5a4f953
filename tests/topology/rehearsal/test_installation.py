"""A site's commands are written as pip writes them, and its code as the plan names it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from topology.design import App, Site
from topology.rehearsal.installation import project_files, scripts


@pytest.fixture
def uvicorn(tmp_path: Path) -> str:
    place = tmp_path / "uvicorn"
    place.write_text(next(f.text for f in scripts("/srv/site/venv") if f.path.endswith("/uvicorn")), encoding="utf-8")
    return str(place)


def test_a_worker_that_imports_the_command_again_does_not_start_it_again(uvicorn: str) -> None:
    found = runpy.run_path(uvicorn, run_name="__mp_main__")

    assert callable(found["main"])


def test_the_command_runs(uvicorn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", [uvicorn, "--version"])

    with pytest.raises(SystemExit) as left:
        runpy.run_path(uvicorn, run_name="__main__")

    assert left.value.code == 0
    assert "Running uvicorn" in capsys.readouterr().out


def test_applications_stand_in_the_modules_and_under_the_names_of_the_plan() -> None:
    code = App(wsgi="blog.entry:app", asgi="blog.live:live", settings="blog.conf.production", directory="/srv/blog/now")

    texts = {file.path: file.text for file in project_files(Site(name="blog", domains=("www.example.com",), app=code))}

    assert "app = get_wsgi_application()" in texts["/srv/blog/now/blog/entry.py"]
    assert "live = get_asgi_application()" in texts["/srv/blog/now/blog/live.py"]
    assert "/srv/blog/now/blog/conf/production.py" in texts


def test_an_application_without_a_name_is_called_application() -> None:
    texts = {file.path: file.text for file in project_files(Site(name="blog", domains=("www.example.com",)))}

    assert "application = get_wsgi_application()" in texts["/srv/blog/app/blog/wsgi.py"]
    assert "application = get_asgi_application()" in texts["/srv/blog/app/blog/asgi.py"]
