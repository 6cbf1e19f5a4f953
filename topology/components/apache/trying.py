"""A real Django project in the place of each site's code, and what a started Apache is asked about it."""

from __future__ import annotations

from pathlib import Path

from topology.components.apache.checking import START
from topology.components.apache.python import packages_of
from topology.components.apache.units import DROP_IN
from topology.components.base import Stage, Verdict
from topology.components.booting import boot
from topology.design import Site

PROJECT = Path(__file__).parent / "project"
SECRETS = {"secret_key": "throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH", "database_password": "throw-away"}
FILE = "static/picture.jpg"
_PREPARE = f"""
packages=$(python3 -c 'import django, pathlib; print(pathlib.Path(django.__file__).parent.parent)')
for place in $places; do
    root=${{place%%|*}}; folder=${{place##*|}}
    /usr/bin/python3 -m venv --without-pip $root/venv && rmdir $folder && ln -s $packages $folder
    install -d -o www-data -g www-data $root/media
done
install -d -m 0711 /run/apache2-secrets
sed -n 's/^ExecStartPre=//p' {DROP_IN} | sh -eu || exit 1
"""
ASK = r"""
host, prefix, key = sys.argv[1:4]
def asked(path, **more):
    status, text, headers = get(prefix + path, host=host, **more)
    return status, text, headers
def shown(path, **more):
    status, text, headers = asked(path, **more)
    print(f"{more.get('method', 'GET')} {path}: {status} {headers.get('Location') or text.strip()[:80]!r}")
status, text = wait_http(prefix + "/-/health", host=host)
print(f"GET /-/health: {status} {text.strip()}")
shown("/")
shown("/", method="HEAD")
shown("/none/")
shown("/printing")  # Django's own redirect to the address with a slash
shown("/cookies/")
asked_of = http.client.HTTPConnection("127.0.0.1", 80, timeout=30)
asked_of.request("GET", prefix + "/cookies/", headers={"Host": host})
print("cookies:", [value for name, value in asked_of.getresponse().getheaders() if name == "Set-Cookie"])
shown("/streamed/")
shown("/empty/")
shown("/broken/")
shown("/named/caf%C3%A9/?q=%C3%A9")
shown("/named/%FF/")
print("a header that is no UTF-8:", asked("/headers/", headers={"X-Odd": b"caf\xe9"})[0])
shown("/headers/", headers={"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https", "Forwarded": "for=9.9.9.9",
    "Authorization": "Token abc"})
shown("/file/", method="HEAD")
payload = os.urandom(70000)
form = (b'--XX\r\nContent-Disposition: form-data; name="file"; filename="sent.bin"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n" + payload + b"\r\n--XX--\r\n")
typed = {"Content-Type": "multipart/form-data; boundary=XX"}
shown("/upload/", method="POST", body=form, headers=typed)
shown("/upload/", method="POST", body=b"", headers={**typed, "Content-Length": str(1 << 30)})
got = http.client.HTTPConnection("127.0.0.1", 80, timeout=30)
got.request("GET", prefix + "/media/sent.bin", headers={"Host": host})
print("the upload, read back from /media/:", "the same" if got.getresponse().read() == payload else "another")
shown("/static/picture.jpg")
shown("/static/none.jpg")
try:
    shown("/half/")
except http.client.HTTPException as error:
    print("half an answer:", type(error).__name__)
print("a stranger's name:", get(prefix + "/", host="elsewhere.example")[0])
shown("/printing/")
told = ("printed by the site", "logged by the site", "written to wsgi.errors", "broken on purpose", "and no second")
def logged():
    return open("/var/log/apache2/error.log").read()
log = wait_for(logged, lambda log: all(words in log for words in told))
for words in told:
    print(f"in the error log: {words}" if words in log else f"NOT in the error log: {words}")
measured(lambda: asked("/"), 200, "a page of Django's without database")
"""


def expected(site: Site, *, with_media: bool) -> list[str]:
    """What every Apache with Python inside must print; its files are elsewhere where media servers have them."""
    prefix = site.path.rstrip("/")
    return [
        "GET /-/health: 200 ok",
        f"GET /: 200 '{site.name} at {site.path} below {prefix}|'",
        "HEAD /: 200 ''",
        "GET /none/: 404",
        f"GET /printing: 301 '{prefix}/printing/'",
        "GET /cookies/: 302 '/elsewhere/'",
        "cookies: ['first=1; Path=/', 'second=2; Path=/']",
        "GET /streamed/: 200 '0\\n1\\n2'",
        "GET /empty/: 204 ''",
        "GET /broken/: 500",
        r"""GET /named/caf%C3%A9/?q=%C3%A9: 200 "'caf\\xe9' '\\xe9'""",
        "GET /headers/: 200 '127.0.0.1|127.0.0.1|http|Token abc|None'",
        "GET /named/%FF/: 200 \"'%FF' None",
        "a header that is no UTF-8: 200",
        "HEAD /file/: 200",
        "POST /upload/: 201 '70000 bytes'",
        "POST /upload/: 413",
        *(_elsewhere(site) if with_media else _FILES),
        "a stranger's name: 404",
        *(f"in the error log: {words}" for words in ("printed by", "logged by", "written to", "broken on", "and no")),
        "measured: ",
    ]


_FILES = (
    "the upload, read back from /media/: the same",
    "GET /static/picture.jpg: 200 'a picture'",
    "GET /static/none.jpg: 404",
)


def _elsewhere(site: Site) -> tuple[str, ...]:
    return (f"GET /static/picture.jpg: 301 'http://{site.media_domain}{site.path}static/picture.jpg'",)


def ask_site(
    stage: Stage,
    site: Site,
    *,
    ask: str = "",
    more: str = "",
    words: tuple[str, ...] = (),
    expects: tuple[str, ...] = (),
) -> Verdict:
    """Start Apache as it is and ask one site everything, or only `ask`.

    `more` is asked after it; `words` are sys.argv[4:] of both, and `expects` are texts that are to be printed too.
    """
    scaffold(stage)
    places = [f"{each.root}|{packages_of(stage.placed, each)}" for each in stage.placed.cluster.sites]
    # Before the words of the questions, the places of all sites as one word of the shell.
    start = "places=$1; shift\n" + _PREPARE + START
    wanted = [] if ask else expected(site, with_media=bool(stage.placed.cluster.hosts_offering("media")))
    return boot(
        stage,
        start=start,
        ask=ask or ASK + more,
        expects=[*wanted, *expects],
        words=[" ".join(dict.fromkeys(places)), site.domains[0], site.path.rstrip("/"), site.name, *words],
    )


def settings_path(site: Site) -> str:
    """The file of a site's own settings."""
    return f"{site.code.directory}/{site.code.settings.replace('.', '/')}.py"


def scaffold(stage: Stage) -> None:
    """Settings, addresses, entry and secrets of every site, and a picture among its files."""
    files = {path: text for site in stage.placed.cluster.sites for path, text in _files(site).items()}
    for path, text in files.items():
        stage.scaffold(path, text)


def _files(site: Site) -> dict[str, str]:
    code, module = site.code, site.code.wsgi.partition(":")
    entry = _text("wsgi").replace("application =", f"{module[2] or 'application'} =")
    return {
        settings_path(site): f'KEY = "{site.name}"\n{_text("settings")}',
        f"{code.directory}/{module[0].replace('.', '/')}.py": entry,
        f"{code.directory}/throw_away_urls.py": _text("urls"),
        f"{site.root}/{FILE}": "a picture\n",
        **{f"/etc/{site.name}/secrets/{name}": value for name, value in SECRETS.items()},
    }


def _text(name: str) -> str:
    return (PROJECT / f"{name}.py.txt").read_text(encoding="utf-8")
