"""Plays the provider: an Apache with mod_fcgid is given the folder, starts a real Django site by it, and is asked."""

from __future__ import annotations

from topology.components import booting
from topology.components.apache.shared_hosting.files import folder_of, script_of
from topology.components.apache.shared_hosting.provider import PLACE, apache_of
from topology.components.base import Stage, Verdict

RUNTIME = "/run/provider"
_START = f"""
site=$4
mkdir -p {RUNTIME}/fcgid; chown www-data: {RUNTIME}/fcgid
ln -s ../static ../media "$site"/; chown -h www-data: "$site"/static "$site"/media; chown -R www-data: "$site"/..
ln -s {RUNTIME}/error.log /run/said
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C apache2 -f {PLACE} -k start
"""
_ASK = r"""
import pathlib, threading
host, prefix, script, folder, code = sys.argv[1:6]
where = {"host": host}
print(f"GET /-/health: {wait_http(prefix + '-/health', **where)}")
ask_site(prefix, **where)
said = get(prefix + "who/", **where)[1]
print("below its own prefix:", repr(prefix.rstrip("/")) in said.partition("SCRIPT_NAME': ")[2][:40])
print("by the program's own name:", get(f"{prefix}{pathlib.Path(script).name}/", **where)[:2])
print("file:", *get(prefix + "static/served.txt", **where)[:2])
print("file that is not there:", get(prefix + "media/none.jpg", **where)[0])
print("the folder's own rules:", get(prefix + ".htaccess", **where)[0])
large = {"Content-Length": str(21 << 20)}
print("too large an upload:", get(prefix + "upload/", method="POST", headers=large, **where)[0])
measured(lambda: get(prefix + "page/", **where), 100, "a page of 100 rows, Apache and its FastCGI process together")
text = pathlib.Path(code).read_text()
pathlib.Path(code).write_text(text.replace("a throw-away site", "the new code"))
print("before the touch:", get(prefix, **where)[1])
os.utime(script)
answers, until = [], time.monotonic() + PATIENCE
while time.monotonic() < until and answers[-3:] != [(200, "the new code")] * 3:
    answers.append(get(prefix, **where)[:2])
    time.sleep(0.1)
print("after the touch:", answers[-1][1])
print("failed meanwhile:", sum(status != 200 for status, _ in answers))
"""
_EXPECTED = (
    "GET /-/health: (200, 'ok\\n')",
    "page 200, missing page 404, redirect 302, query string, path with umlaut and percent, upload of 300 kB 201",
    "below its own prefix: True",
    "by the program's own name: (200, 'a throw-away site')",
    "file: 200 served",
    "file that is not there: 404",
    "the folder's own rules: 403",
    "too large an upload: 413",
    "measured: ",
    "before the touch: a throw-away site",
    "after the touch: the new code",
    "failed meanwhile: 0",
)


def boot(stage: Stage) -> Verdict:
    """The first site; the provider has raised its limit of uploads, as one asks for."""
    placed, site = stage.placed, stage.placed.cluster.sites[0]
    raised = f"FcgidMaxRequestLen {placed.cluster.limits.upload_mib * 1024 * 1024}\n"
    stage.scaffold(PLACE, apache_of(placed, port=80, runtime=RUNTIME, user="www-data", more=raised))
    booting.scaffold_sites(stage)
    stage.scaffold(f"{site.root}/static/served.txt", "served")
    stage.scaffold(f"{site.root}/media/picture.jpg", "a picture")
    module = site.code.wsgi.partition(":")[0].replace(".", "/")
    words = [site.domains[0], site.path, script_of(site), folder_of(site), f"{site.code.directory}/{module}.py"]
    start, ask = booting.SHARED_PYTHON + _START, booting.SAMPLE_QUESTIONS + _ASK
    return booting.boot(stage, start=start, ask=ask, expects=_EXPECTED, words=words)
