"""What the boots of components share: how to start a program over the staged tree, ask it, and see what it took."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from topology.components.base import Stage, Verdict
from topology.components.serving import USER, Listen

ASKING = Path(__file__).with_name("asking.py.txt").read_text(encoding="utf-8")
"""Python that stands before the questions: wait_for, wait_port, wait_http, get, measured; see the file."""
SAMPLE_SITE = Path(__file__).with_name("sample_site.py.txt").read_text(encoding="utf-8")
"""A whole Django site in one file, its WSGI application `application` and `app`."""
SAMPLE_QUESTIONS = Path(__file__).with_name("sample_questions.py.txt").read_text(encoding="utf-8")
"""Python for `ask`: ask_site(prefix, **where), which asks the sample site what every way of serving must answer."""
_HTTP_QUESTIONS = Path(__file__).with_name("http_questions.py.txt").read_text(encoding="utf-8")
SECONDS = 240.0
"""For all of a boot: more than any of its waits, since several may be long on a busy machine."""
CHECK_SECONDS = 90.0
"""For a check that starts a program and waits until it is ready."""
_AS_THE_UNIT = r"""
ip addr add "$1/32" dev lo
install -d -o "$2" -g "$2" -m 750 /run/"$3" /srv/"$3"/media
setpriv --reuid="$2" --regid="$2" --init-groups sh -c "set -f; umask 0027; exec $4" >/run/said 2>&1 &
echo $! >/run/leader
"""
LISTENING = r"""
listening() { # places, each ADDRESS:PORT or the path of a socket; back once somebody listens at all of them
    python3 -c '
import socket, sys, time
until = time.monotonic() + 60
for place in sys.argv[1:]:
    while time.monotonic() < until:
        with socket.socket(socket.AF_UNIX if place[0] == "/" else socket.AF_INET) as line:
            try:
                line.connect(place if place[0] == "/" else (place.split(":")[0], int(place.split(":")[1])))
                break
            except OSError:
                time.sleep(0.1)
' "$@"
}
"""
"""For `start`: who asks several servers passes one over for a time that did not listen at once."""
SHARED_PYTHON = """
mkdir -p /run/packages
mount --bind "$(python3 -c 'import django, os; print(os.path.dirname(os.path.dirname(django.__file__)))')" /run/packages
"""
"""Shell lines for `start`: Django and its like at a place that every account reaches, wherever they are installed."""
_PYTHON = '#!/bin/sh\nPYTHONPATH=/run/packages PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 "$@"\n'


def boot(
    stage: Stage,
    *,
    start: str,
    ask: str,
    expects: Sequence[str],
    words: Sequence[str] = (),
    seconds: float = SECONDS,
) -> Verdict:
    """Run the shell lines of `start` as root, then the Python of `ask`; every text of `expects` must be printed.

    `words` are $1, $2, ... of the shell and sys.argv[1:] of the Python. Output that `start` puts into /run/said is
    shown where a question fails. The Python has the functions of asking.py.txt.
    """
    script = f'{start}\npython3 -c "$asking" "$@" || {{ cat /run/said 2>/dev/null; exit 1; }}\n'
    argv = ["env", f"asking={ASKING}\n{ask}", "bash", "-c", script, "boot", *words]
    ran = stage.run(argv, seconds=seconds)
    said = ran.output.strip()
    missing = [text for text in expects if text not in said]
    told = f"{said}\nnot printed: {'; '.join(missing)}" if missing else said
    return Verdict(accepted=ran.status == 0 and not missing, says=told)


def boot_over_http(stage: Stage, listening: Listen, *, program: str, command: str) -> Verdict:
    """A program of the site's virtual environment by its unit's command: health, the sample site, new code, its end.

    The sample site must be in the place of the code already.
    """
    site, socket, port = listening
    module = f'#!/bin/sh\nPYTHONPATH=/run/packages PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -m {program} "$@"\n'
    stage.scaffold(f"{site.root}/venv/bin/{program}", module, mode=0o755)
    address = stage.placed.host.address
    return boot(
        stage,
        start=SHARED_PYTHON + _AS_THE_UNIT,
        ask=SAMPLE_QUESTIONS + _HTTP_QUESTIONS,
        words=[address, USER, site.name, command, socket or f"{address}:{port}", site.domains[0], site.path],
        expects=[
            "GET /-/health: 200 ok",
            "page 200, missing page 404",
            f"below {site.path.rstrip('/') or '/'} as 33",
            "loaded anew meanwhile: 200\n",
            "stopped: True",
        ],
    )


def scaffold_sites(stage: Stage) -> None:
    """The sample site in the place of every site's code, and a Python that needs SHARED_PYTHON in its environment."""
    files = {}
    for site in stage.placed.cluster.sites:
        module = site.code.wsgi.partition(":")[0].replace(".", "/")
        files[f"{site.code.directory}/{module}.py"] = SAMPLE_SITE
        stage.scaffold(f"{site.root}/venv/bin/python", _PYTHON, mode=0o755)
    for path, text in files.items():
        stage.scaffold(path, text)
