"""HAProxy, nginx, gunicorn and a Django site with the files of one plan, started for real on two hosts.

The hosts are network namespaces with a cable between them and each its own firewall; the site is a few lines of
Django that import the settings of the bundle as a real site would.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import cluster, tier
from tests.topology.components.staging import LocalStage, is_root, stage_of
from topology.bundles.sandbox import find_program

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_root(), reason="hosts with a network of their own need root"),
    pytest.mark.skipif(
        not all(map(find_program, ("haproxy", "nginx", "gunicorn", "nft"))), reason="the programs are not installed"
    ),
]
APP = "/srv/newspaper/app"
SETTINGS = """
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "newspaper.urls"
from tierwright_settings import *
"""
URLS = """
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import JsonResponse
from django.urls import path

def page(request):
    cache.set("greeting", "hello")
    User.objects.get_or_create(username="reader")
    return JsonResponse({
        "users": User.objects.count(),
        "cached": cache.get("greeting"),
        "client": request.headers["X-Forwarded-For"],
        "secure": request.is_secure(),
        "host": request.get_host(),
        "path": request.path,
    })

urlpatterns = [path("", page), path("upload", page)]
"""
WSGI = """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
MANAGE = """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
WEB = f"""
nft -f /etc/nftables.conf
mkdir -p /run/newspaper /var/log/nginx /var/lib/nginx /srv/newspaper/data
export PYTHONPATH=/etc/newspaper DJANGO_SETTINGS_MODULE=newspaper.settings
python3 {APP}/manage.py migrate
gunicorn --config /etc/newspaper/gunicorn.conf.py --pid /run/gunicorn.pid &
nginx
while [ ! -e /srv/newspaper/static/stop ]; do sleep 0.2; done
kill "$(cat /run/gunicorn.pid)"
sleep 600
"""
BALANCER = """
nft -f /etc/nftables.conf
mkdir -p /run/haproxy && exec haproxy -db -f /etc/haproxy/haproxy.cfg
"""


def _site(stage: LocalStage) -> None:
    for path, text in (
        (f"{APP}/newspaper/settings.py", SETTINGS),
        (f"{APP}/newspaper/urls.py", URLS),
        (f"{APP}/newspaper/wsgi.py", WSGI),
        (f"{APP}/manage.py", MANAGE),
        ("/etc/newspaper/secrets/secret_key", "throw-away-0123456789-abcdefghijklmnopqrstuvwxyz"),
        ("/srv/newspaper/static/site.css", "body { color: black }\n"),
    ):
        stage.scaffold(path, text)


def _wire(balancer: int, web: int) -> None:
    """A cable between two hosts."""
    subprocess.run(
        [
            "ip",
            "link",
            "add",
            "eth0",
            "netns",
            str(balancer),
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            str(web),
        ],
        check=True,
    )
    for process, address in ((balancer, "10.0.0.11/24"), (web, "10.0.0.12/24")):
        inside = ["nsenter", f"--target={process}", "--net", "ip"]
        subprocess.run([*inside, "addr", "add", address, "dev", "eth0"], check=True)
        subprocess.run([*inside, "link", "set", "eth0", "up"], check=True)


def _in_own_network(process: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        if Path(f"/proc/{process.pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink():
            return
        time.sleep(0.02)
    raise AssertionError("the stage did not start")


class Visitor:
    """Asks the balancer, from its own host."""

    def __init__(self, process: int, web: int) -> None:
        self._process = process
        self._web = web

    def stop_application(self) -> None:
        """Have the web server's host end gunicorn."""
        argv = ["nsenter", f"--target={self._web}", "--mount", "touch", "/srv/newspaper/static/stop"]
        subprocess.run(argv, check=True)

    def get(self, path: str, *, host: str = "www.example.com", **headers: str) -> tuple[int, str]:
        """Status and text of an answer."""
        script = (
            "import http.client, json, sys\n"
            "path, headers = json.loads(sys.argv[1])\n"
            "asked = http.client.HTTPConnection('10.0.0.11', timeout=60)\n"
            "asked.request('GET', path, headers=headers)\n"
            "answer = asked.getresponse()\n"
            "print(json.dumps([answer.status, answer.read().decode()]))\n"
        )
        asked = subprocess.run(
            ["nsenter", f"--target={self._process}", "--net", "python3", "-c", script,
             json.dumps([path, {"Host": host, **headers}])],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if asked.returncode:
            return 0, asked.stderr.strip().rpartition("\n")[2]
        status, text = json.loads(asked.stdout)
        return int(status), str(text)

    def until(self, wanted: int, path: str, *, host: str = "www.example.com", **headers: str) -> tuple[int, str]:
        """Ask again until the status is as wanted, or for as long as a slow machine may need.

        On a busy machine the balancer may take a server out for a moment, since its health was told too late.
        """
        for _ in range(300):
            answer = self.get(path, host=host, **headers)
            if answer[0] == wanted:
                break
            time.sleep(0.2)
        return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a host, without waiting for the output of whatever might outlive it."""
    process.kill()
    assert process.stdout is not None
    process.stdout.close()
    process.wait(30)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A visitor of the two started hosts."""
    plan = cluster(tier("lb", ["haproxy"], type="small"), tier("web", ["nginx", "gunicorn", "sqlite"], type="small"))
    stages = [
        stage_of(plan.find(host, role), tmp_path_factory.mktemp(host), real_root=True)
        for host, role in (("lb1", "haproxy"), ("web1", "nginx"))
    ]
    _site(stages[1])
    with ExitStack() as started:
        processes = [stage.start(["sh", "-c", script]) for stage, script in zip(stages, (BALANCER, WEB), strict=True)]
        for process in processes:
            started.callback(_end, process)
            _in_own_network(process)
        _wire(processes[0].pid, processes[1].pid)
        yield Visitor(processes[0].pid, processes[1].pid)


@pytest.fixture
def page(visitor: Visitor) -> dict[str, Any]:
    """The page, asked for with lies about who asks and how."""
    status, text = visitor.until(200, "/", **{"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"})
    assert status == 200, text
    answer: dict[str, Any] = json.loads(text)
    return answer


def test_a_page_comes_through_all_three_with_its_database_and_cache(page: dict[str, Any]) -> None:
    assert page["users"] == 1
    assert page["cached"] == "hello"
    assert (page["host"], page["path"]) == ("www.example.com", "/")


def test_the_site_is_told_the_truth_about_its_client(page: dict[str, Any]) -> None:
    assert page["client"] == "10.0.0.11"
    assert page["secure"] is False


def test_a_file_comes_from_the_web_server(visitor: Visitor) -> None:
    assert visitor.until(200, "/static/site.css") == (200, "body { color: black }\n")


def test_health_is_answered_by_the_application_server(visitor: Visitor) -> None:
    assert visitor.until(200, "/-/health") == (200, "ok\n")


def test_a_name_that_is_no_sites_gets_no_page(visitor: Visitor) -> None:
    visitor.until(200, "/")

    assert visitor.until(502, "/", host="other.example.com")[0] == 502


def test_an_upload_beyond_the_limit_is_refused_at_the_balancer(visitor: Visitor) -> None:
    visitor.until(200, "/")

    assert visitor.until(413, "/upload", **{"Content-Length": str(21 << 20)})[0] == 413


def test_an_application_that_died_is_taken_out(visitor: Visitor) -> None:
    """The last test of this module: the application does not come back."""
    visitor.until(200, "/")
    visitor.stop_application()

    # 502 is nginx's word for a dead application, 503 that of HAProxy, which asks it no more.
    assert visitor.until(503, "/")[0] == 503
