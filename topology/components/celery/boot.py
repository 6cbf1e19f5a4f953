"""Runs a real job through a real Redis, put into the queue and done by the commands of the units."""

from __future__ import annotations

from pathlib import Path

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.celery.files import app_of
from topology.components.celery.settings import BEAT
from topology.components.celery.validate import command_of

APP = Path(__file__).with_name("app.py.txt").read_text(encoding="utf-8")
WORD = "throw-away"
_PROJECT = "INSTALLED_APPS = []\nfrom tierwright_settings import *\n"
_START = r"""
address=$1 port=$2 site=$3 directory=$4 role=$6
ip address add "$address/32" dev lo 2>/dev/null
redis-server --bind "$address" --port "$port" --requirepass throw-away --save '' >/run/redis 2>&1 &
install -d "/var/lib/celery-$site"
export PYTHONPATH="/etc/$site" DJANGO_SETTINGS_MODULE="$5" && cd "$directory"
"${@:9}" >>/run/said 2>&1 &
[ "$role" = worker ] || celery --app "$7" worker --concurrency 1 --loglevel INFO >>/run/said 2>&1 &
"""
_ASK = r"""
import importlib
sys.path.insert(0, sys.argv[4])
address, port, app = sys.argv[1], sys.argv[2], sys.argv[7]
wait_port(address, port)
app = importlib.import_module(f"{app}.celery").app
print("a job through Redis: 2 + 3 =", app.send_task("add", (2, 3)).get(timeout=PATIENCE))
if sys.argv[6] == "beat":
    ticks = wait_for(lambda: int(app.backend.client.get("ticks") or 0), lambda count: count >= 2)
    print("the clock has started", "2 jobs" if ticks >= 2 else f"{ticks} jobs")
measured(lambda: app.send_task("add", (2, 3)).get(timeout=PATIENCE), 100, "a job that adds two numbers, with its Redis")
"""


def boot(stage: Stage) -> Verdict:
    """A job is put into the queue by Django's settings, done by the worker, and its answer comes back."""
    placed, site = stage.placed, stage.placed.cluster.sites[0]
    package, directory = app_of(site), site.code.directory
    settings = site.code.settings.partition(":")[0]
    files = {f"{package}/celery.py": APP, f"{package}/__init__.py": "", f"{settings.replace('.', '/')}.py": _PROJECT}
    for path, text in files.items():
        stage.scaffold(f"{directory}/{path}", text)
    for name in placed.cluster.secrets_of(placed.host.name, site):
        stage.scaffold(f"/etc/{site.name}/secrets/{name}", WORD)
    edge = placed.cluster.edges_from(placed, "broker")[0]
    address, beat = placed.cluster.host(edge.server).address, placed.role.name == BEAT
    words = [
        address,
        str(edge.endpoint.port),
        site.name,
        directory,
        settings,
        "beat" if beat else "worker",
        package,
        "-",
    ]
    expects = ["a job through Redis: 2 + 3 = 5", *(["the clock has started 2 jobs"] if beat else [])]
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=[*words, *command_of(stage, site)])
