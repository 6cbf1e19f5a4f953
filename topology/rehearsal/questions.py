"""What a rehearsed cluster is asked through its front door: one question for each thing that a cluster gets wrong."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from topology import sizing
from topology.components import Cluster, Endpoint
from topology.design import Site
from topology.errors import TierwrightError
from topology.rehearsal.browser import Browser, Page
from topology.rehearsal.hosts import CLIENT_ADDRESS, Rack
from topology.rehearsal.names import Names, look_up, main_name

ARTICLES = 20
UPLOAD_BYTES = 70_000
REPEATS = 12
"""Requests by which every application server is met, whatever the balancer's turn."""
WHOLE_SECONDS = 120.0
CLOSED_SECONDS = 0.5
REPLICA_SECONDS = 60.0
FOREIGN_SECONDS = 15.0
READER, PASSWORD = "reader", "rehearsed"
COUNT_ROWS = {
    "postgresql": "runuser -u postgres -- psql -d {database} -At -c 'select count(*) from {table}'",
    "mysql": "mariadb --batch --skip-column-names -e 'select count(*) from {table}' {database}",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one question."""

    question: str
    passed: bool
    says: str


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One site of a running cluster, and the public who asks it."""

    cluster: Cluster
    rack: Rack
    site: Site

    @property
    def names(self) -> Names:
        """Where the public finds it."""
        return Names(self.cluster)

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://{main_name(self.site)}{self.site.path.rstrip('/')}"

    @property
    def apps(self) -> int:
        """How many servers run the site's code."""
        return self.cluster.count("app")

    def browser(self) -> Browser:
        """A visitor who was never here."""
        return Browser(self.names)


def wait_until_whole(cluster: Cluster, rack: Rack) -> None:
    """Wait until every application server answers through every front door, and replicas have their first copy.

    Balancers take a moment to trust a server, and a first copy takes as long as the data is large.
    Where that does not come, the questions say what is wrong.
    """
    for site in cluster.sites:
        asking = Asking(cluster=cluster, rack=rack, site=site)
        for offer in cluster.providers("sql_replica"):
            _rows_when(asking, offer.placed.host.name, offer.endpoint, str(ARTICLES))
    wait_until_all_answer(cluster, rack)


def wait_until_all_answer(cluster: Cluster, rack: Rack) -> None:
    """Wait until every application server answers through every front door, for as long as a busy machine needs."""
    until = time.monotonic() + WHOLE_SECONDS
    for site in cluster.sites:
        asking = Asking(cluster=cluster, rack=rack, site=site)
        while not rack.client.asking(_bound_whole(asking)) and time.monotonic() < until:
            time.sleep(0.5)


def _bound_whole(asking: Asking) -> Callable[[], bool]:
    return lambda: _is_whole(asking)


def _is_whole(asking: Asking) -> bool:
    try:
        visitor = asking.browser()
        pages = [_good(visitor.get(f"{asking.url}/echo/")) for _ in range(REPEATS)]
    except (OSError, ValueError, TierwrightError):
        return False
    return len({page.server for page in pages}) == asking.apps


def ask_all(cluster: Cluster, rack: Rack) -> tuple[Answer, ...]:
    """Every question that fits the cluster, for each of its sites."""
    return tuple(answer for site in cluster.sites for answer in ask(Asking(cluster=cluster, rack=rack, site=site)))


def ask(asking: Asking) -> Iterator[Answer]:
    """Every question about one site, asked in the client's network; an error is an answer that fails."""
    for question, answer in QUESTIONS.items():
        try:
            says = asking.rack.client.asking(_bound(answer, asking))
        except (OSError, ValueError, KeyError, TierwrightError) as error:
            yield Answer(question=question, passed=False, says=f"{type(error).__name__}: {error}")
            continue
        if says is not None:
            yield Answer(question=question, passed=True, says=says)


def _bound(answer: Answering, asking: Asking) -> Callable[[], str | None]:
    return lambda: answer(asking)


def page_from_database(asking: Asking) -> str:
    """A page that Python makes from rows."""
    page = _good(asking.browser().get(f"{asking.url}/"))
    found = page.text.count("<li>Article ")
    _hold(found == ARTICLES, f"{found} of {ARTICLES} articles are on the page")
    return f"GET /: 200, {found} rows of the database"


def cached_page(asking: Asking) -> str | None:
    """The first makes it, everybody else is shown the same: the servers look for a key in one place."""
    if not asking.cluster.providers("cache"):
        return None  # each process then has a cache of its own
    mark = secrets.token_hex(4)
    pages = [_good(asking.browser().get(f"{asking.url}/cached/?page={mark}")) for _ in range(REPEATS)]
    states = [page.text.split()[0] for page in pages]
    _hold(states == ["miss"] + ["hit"] * (REPEATS - 1), f"the cache answered {' '.join(states)}")
    _hold(len({page.text.split()[1] for page in pages}) == 1, "two servers keep two copies of one page")
    return f"made once, then {REPEATS - 1} hits of the same copy from {_servers(asking, pages)}"


def missing_page(asking: Asking) -> str:
    """An error stays one on its way out."""
    page = asking.browser().get(f"{asking.url}/no-such-page/")
    _hold(page.status == 404, f"it answered {page.status}")
    return "404"


def session(asking: Asking) -> str:
    """Whoever signs in at one application server is known to all."""
    visitor = asking.browser()
    _good(visitor.get(f"{asking.url}/login/"))
    form = f"username={READER}&password={PASSWORD}".encode()
    _good(visitor.post(f"{asking.url}/login/", form, "application/x-www-form-urlencoded"))
    pages = [_good(visitor.get(f"{asking.url}/me/")) for _ in range(REPEATS)]
    strange = [page.text for page in pages if page.text != READER]
    _hold(not strange, f"{len(strange)} of {REPEATS} requests were {strange[:1]}")
    return f"signed in once, known {REPEATS} times by {_servers(asking, pages)}"


def upload(asking: Asking) -> str:
    """A file that one application server takes is there for everybody under the media name."""
    visitor = asking.browser()
    _good(visitor.get(f"{asking.url}/upload/"))
    content = secrets.token_bytes(UPLOAD_BYTES)
    place = _good(visitor.upload(f"{asking.url}/upload/", "file", content)).text
    url = place if "//" in place else f"http://{main_name(asking.site)}{place}"
    url = f"http:{url}" if url.startswith("//") else url
    for _ in range(REPEATS):
        seen = _good(visitor.get(url))
        _hold(seen.body == content, f"{seen.url} gave {len(seen.body)} bytes that are not the file's")
    return f"{UPLOAD_BYTES} bytes, read back {REPEATS} times from {seen.url.rpartition('/')[0]}/"


def static_file(asking: Asking) -> str:
    """What collectstatic has collected."""
    seen = _good(asking.browser().get(f"{asking.url}/static/site.css"))
    _hold("sans-serif" in seen.text, "it is another file")
    return f"{len(seen.body)} bytes from {seen.url}"


def query_string(asking: Asking) -> str:
    """What the application sees of a request, and of who sends it."""
    page = _good(asking.browser().get(f"{asking.url}/echo/?word=a%20b&number=1"))
    for wanted in ('"word": "a b"', '"number": "1"', f'"host": "{main_name(asking.site)}"', "/echo/"):
        _hold(wanted in page.text, f"{wanted} is not in {page.text}")
    _hold(CLIENT_ADDRESS in page.text, f"the client's address {CLIENT_ADDRESS} is not in {page.text}")
    return f"path, query and host as they were sent, the client as {CLIENT_ADDRESS}"


def health(asking: Asking) -> str:
    """The path that balancers ask."""
    page = _good(asking.browser().get(f"{asking.url}/{sizing.HEALTH_PATH}"))
    return f"200 {page.text.strip()}"


def foreign_name(asking: Asking) -> str:
    """A name that is no site's gets no page."""
    [address, *_] = asking.names.opened("page")
    with socket.create_connection((address, 80), FOREIGN_SECONDS) as asked:
        asked.settimeout(FOREIGN_SECONDS)
        asked.sendall(b"GET / HTTP/1.0\r\nHost: nobody.example\r\n\r\n")
        answer = asked.recv(4096)
    status = answer.split()[1].decode() if answer else "closed"
    _hold(not status.startswith("2"), f"it was answered with {status}")
    return f"Host: nobody.example: {status}"


def closed_doors(asking: Asking) -> str:
    """What is private is not reached by the public."""
    open_to_all = {(edge.server, edge.endpoint.port) for edge in asking.cluster.edges if edge.client == "public"}
    private = [(h, e) for h, e in _ports(asking.cluster) if (h, e.port) not in open_to_all]
    found = [f"{host}:{end.port}" for host, end in private if _opens(asking.cluster.host(host).address, end.port)]
    _hold(not found, f"the public reaches {', '.join(found)}")
    return f"{len(private)} private ports tried, none answers"


def name_servers(asking: Asking) -> str | None:
    """Each name server knows the site, and the same addresses."""
    servers = asking.names.servers
    if not servers:
        return None
    wanted = set(asking.names.opened("page"))
    for server in servers:
        found = [look_up(main_name(asking.site), server) for _ in range(2 * len(wanted))]
        _hold(all(set(each) == wanted for each in found), f"{server} answers {found}")
        _hold(len({each[0] for each in found}) == len(wanted), f"{server} always begins with {found[0][0]}")
    return f"{len(servers)} name servers, each with {len(wanted)} addresses in turn"


def replica(asking: Asking) -> str | None:
    """What is written to the primary is soon on every replica."""
    replicas = asking.cluster.providers("sql_replica")
    if not replicas:
        return None
    visitor = asking.browser()
    _good(visitor.get(f"{asking.url}/add/"))
    page = _good(visitor.post(f"{asking.url}/add/", b"title=late+news", "application/x-www-form-urlencoded"))
    for offer in replicas:
        found = _rows_when(asking, offer.placed.host.name, offer.endpoint, page.text)
        _hold(found == page.text, f"{offer.placed.host.name} has {found} rows, the primary {page.text}")
    return f"a row written by the site is on {', '.join(offer.placed.host.name for offer in replicas)}"


Answering = Callable[[Asking], str | None]
QUESTIONS: dict[str, Answering] = {
    "page from the database": page_from_database,
    "cached page": cached_page,
    "404 as 404": missing_page,
    "session kept across application servers": session,
    "uploaded file under the media name": upload,
    "static file": static_file,
    "query string and client": query_string,
    "health path": health,
    "foreign name": foreign_name,
    "private ports": closed_doors,
    "name servers": name_servers,
    "row on the replica": replica,
}


def _good(page: Page) -> Page:
    _hold(page.status == 200, f"{page.url} answered {page.status}: {page.text[:200]}")
    return page


def _hold(true: bool, otherwise: str) -> None:
    if not true:
        raise TierwrightError(otherwise)


def _servers(asking: Asking, pages: list[Page]) -> str:
    """The servers that answered; every one of the design must be among them."""
    found = sorted({page.server for page in pages})
    _hold(len(found) == asking.apps, f"only {', '.join(found)} answered, of {asking.apps} application servers")
    return ", ".join(found)


def _ports(cluster: Cluster) -> Iterator[tuple[str, Endpoint]]:
    for placed in cluster.placed:
        for end in cluster.endpoints_of(placed):
            if end.port and end.protocol == "tcp":
                yield placed.host.name, end


def _opens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), CLOSED_SECONDS).close()
    except OSError:
        return False
    return True


def _rows_when(asking: Asking, host: str, endpoint: Endpoint, wanted: str) -> str:
    """Rows that a replica shows, once it has as many as wanted, or after some time."""
    package = asking.site.code.wsgi.rpartition(".")[0].replace(".", "_")
    line = COUNT_ROWS[endpoint.speaks or "postgresql"].format(
        database=asking.site.database, table=f"{package.rpartition('.')[2]}_article"
    )
    until = time.monotonic() + REPLICA_SECONDS
    while True:
        found = asking.rack.hosts[host].run(["/bin/sh", "-c", line]).output.strip()
        if found == wanted or time.monotonic() > until:
            return found
        time.sleep(0.3)
