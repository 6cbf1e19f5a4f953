"""uvicorn: the module that enters a site, slots that are kept, answers given up in time, and what is read back."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.topology.components.rendered import SITE, cluster, found, text_of, tier
from tests.topology.components.staging import placed_in, stage_of
from topology.components import Cluster, Reading, get
from topology.design import TierwrightError
from topology.workload import RequestClass

UVICORN = get("uvicorn")
ENTRY, UNIT = "/etc/newspaper/asgi_entry.py", "/etc/systemd/system/app-newspaper.service"
BLOG = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/"}
Message = dict[str, Any]


def one_server(**keys: Any) -> Cluster:
    return cluster(tier("web", ["nginx", "uvicorn", "sqlite"]), **keys)


def apart(**keys: Any) -> Cluster:
    return cluster(
        tier("web", ["nginx"], count=2), tier("app", ["uvicorn", "memcached"]), tier("db", ["postgresql"]), **keys
    )


def reading(of: Cluster, host: str) -> Reading:
    placed = of.find(host, "uvicorn")
    return UVICORN.read(placed, {file.path: file.text for file in UVICORN.files(placed)})


def entered(text: str, site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The entry with another application in the place of the site's."""
    for name in ("newspaper", "newspaper.asgi", "blog", "blog.asgi"):
        module = ModuleType(name)
        monkeypatch.setattr(module, "application", site, raising=False)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "kept.as.it.was")
    names: dict[str, Any] = {}
    exec(compile(text, "asgi_entry.py", "exec"), names)  # our own rendered module
    return names["application"]


def ask(application: Any, path: str) -> list[Message]:
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def run() -> None:
        await application({"type": "http", "path": path, "root_path": ""}, None, send)

    asyncio.run(run())
    return said


async def shows_its_place(scope: Message, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "place": (scope["root_path"], scope["path"])})


def test_health_is_answered_without_the_site_and_the_rest_is_told_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(one_server(sites=(SITE, BLOG)), "web1", "/etc/blog/asgi_entry.py")
    application = entered(text, shows_its_place, monkeypatch)

    assert [message.get("body", message.get("status")) for message in ask(application, "/blog/-/health")] == [
        200,
        b"ok\n",
    ]
    assert ask(application, "/blog/x/")[0]["place"] == ("/blog", "/blog/x/")


def test_an_answer_that_does_not_begin_in_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def never(scope: Message, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    text = text_of(one_server(), "web1", ENTRY).replace("SECONDS = 30", "SECONDS = 0.01")

    assert ask(entered(text, never, monkeypatch), "/slow/")[0]["status"] == 503
    assert "/slow/ took longer" in capsys.readouterr().err


def test_an_answer_that_has_begun_may_last(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stream(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b"late"})

    text = text_of(one_server(), "web1", ENTRY).replace("SECONDS = 30", "SECONDS = 0.01")

    assert ask(entered(text, stream, monkeypatch), "/")[-1]["body"] == b"late"


def test_no_more_requests_are_in_work_than_it_has_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    working, most = 0, 0

    async def counts(scope: Message, receive: Any, send: Any) -> None:
        nonlocal working, most
        working, most = working + 1, max(most, working + 1)
        await asyncio.sleep(0.001)
        working -= 1

    application = entered(text_of(one_server(), "web1", ENTRY), counts, monkeypatch)

    async def run() -> None:
        await asyncio.gather(*(application({"type": "http", "path": "/"}, None, None) for _ in range(50)))

    asyncio.run(run())

    assert most == 10


def test_the_asgi_module_stands_beside_the_wsgi_module_or_is_written() -> None:
    written = {"wsgi": "blog.entry:app", "asgi": "blog.live:app", "settings": "blog.settings", "directory": "/srv/blog"}

    assert "from newspaper.asgi import application as site" in text_of(one_server(), "web1", ENTRY)
    assert "from blog.live import app as site" in text_of(
        one_server(sites=({**BLOG, "app": written},)), "web1", "/etc/blog/asgi_entry.py"
    )


def test_an_asgi_module_that_nothing_tells_is_asked_for() -> None:
    app = {"wsgi": "blog.entry:app", "settings": "blog.settings", "directory": "/srv/blog"}

    with pytest.raises(TierwrightError, match="write asgi into the site's app"):
        text_of(one_server(sites=({**BLOG, "app": app},)), "web1", "/etc/blog/asgi_entry.py")


def test_on_a_port_it_believes_its_web_servers_alone() -> None:
    text = text_of(apart(), "app1", UNIT)

    assert found(r"--forwarded-allow-ips (\S+)", text) == ["10.0.0.11,10.0.0.12"]
    assert found(r"--host (\S+) --port (\d+)", text) == [("10.0.0.13", "8000")]
    assert reading(apart(), "app1").trusts == ("10.0.0.11", "10.0.0.12")


def test_read_back_it_says_what_it_holds_at_once_and_for_how_long() -> None:
    says = reading(one_server(sites=(SITE, BLOG)), "web1")

    assert [listening.socket for listening in says.listens] == ["/run/newspaper/uvicorn.sock", "/run/blog/uvicorn.sock"]
    assert (says.slots, says.workers, says.opens["sql"]) == (40, 4, 40)
    assert (says.request_seconds, says.graceful_seconds, says.stop_seconds) == (30, 30, 40)


def test_a_request_costs_more_than_its_view() -> None:
    demand = UVICORN.demand(placed_in(one_server(), UVICORN)[0], "page", RequestClass(share=1, app_cpu_ms=10))

    assert demand is not None
    assert demand.cpu_ms.mid == pytest.approx(10.85)


@pytest.mark.slow
def test_systemd_finds_the_unit_well_shut_in(tmp_path: Path) -> None:
    stage = stage_of(placed_in(one_server(), UVICORN)[0], tmp_path)

    scored = stage.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", UNIT])

    assert scored.status == 0, scored.output[-400:]
