"""Files of different programs that must agree, in every good case of every component."""

from __future__ import annotations

import ast
import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from tests.topology.components.rendered import found, number
from tests.topology.components.staging import cluster_of, files_of, good_cases
from topology.components import LOOPBACK, Cluster, catalogue
from topology.design import Site

PLANS = [
    pytest.param(plan, id=f"{component.name}-{plan.stem}")
    for component in catalogue().components
    for plan in good_cases(component)
]
HAPROXY, NGINX, NGINX_WEB = "/etc/haproxy/haproxy.cfg", "/etc/nginx/nginx.conf", "/etc/nginx/conf.d/tierwright-web.conf"
Files = dict[str, dict[str, str]]


@pytest.fixture(params=PLANS)
def rendered(request: pytest.FixtureRequest) -> tuple[Cluster, Files]:
    """A cluster, and the text of every file by host and path."""
    cluster = cluster_of(request.param)
    hosts = (host.name for host in cluster.design.hosts)
    return cluster, {host: {path: text for path, text, _ in files_of(cluster, host)} for host in hosts}


def texts(files: Files, path: str) -> Iterator[tuple[str, str]]:
    return ((host, found_files[path]) for host, found_files in files.items() if path in found_files)


def settings(text: str) -> dict[str, Any]:
    """Django's settings as far as they are plain values; what is called is left out."""
    values = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = _plain(node.value)
    return values


def _plain(node: ast.expr) -> Any:
    if isinstance(node, ast.Dict):
        return {_plain(key): _plain(value) for key, value in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, ast.List):
        return [_plain(item) for item in node.elts]
    return node.value if isinstance(node, ast.Constant) else None


def django(files: Files, site: Site) -> Iterator[tuple[str, dict[str, Any]]]:
    path = f"/etc/{site.name}/tierwright_settings.py"
    return ((host, settings(text)) for host, text in texts(files, path))


def test_what_is_inside_gives_up_first(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    limits = [
        *(number(r"(?:proxy|fastcgi|uwsgi)_read_timeout (\d+)s", text) for _, text in texts(files, NGINX_WEB)),
        *(number(r"timeout server (\d+)s", text) for _, text in texts(files, HAPROXY)),
    ]
    statements = [
        int(value) for hosted in files.values() for text in hosted.values()
        for value in found(r"^statement_timeout = (\d+)s", text)
    ]  # fmt: skip
    for site in cluster.sites:
        for _, text in texts(files, f"/etc/{site.name}/gunicorn.conf.py"):
            application = number(r"^timeout = (\d+)", text)
            assert all(statement < application for statement in statements)
            assert all(application < limit for limit in limits)


def test_balancers_wait_for_longer_than_web_servers_and_let_idle_clients_go_sooner(
    rendered: tuple[Cluster, Files],
) -> None:
    _, files = rendered
    for _, balancer in texts(files, HAPROXY):
        for _, web in texts(files, NGINX_WEB):
            assert number(r"(?:proxy|fastcgi|uwsgi)_read_timeout (\d+)s", web) < number(
                r"timeout server (\d+)s", balancer
            )
        assert number(r"timeout queue (\d+)s", balancer) <= number(r"timeout server (\d+)s", balancer)
        for _, main in texts(files, NGINX):
            assert number(r"timeout http-keep-alive (\d+)s", balancer) < number(r"keepalive_timeout (\d+)s", main)


def test_a_stopping_application_may_end_its_requests(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    for site in cluster.sites:
        for host, text in texts(files, f"/etc/{site.name}/gunicorn.conf.py"):
            unit = files[host][f"/etc/systemd/system/app-{site.name}.service"]
            graceful = number(r"^graceful_timeout = (\d+)", text)
            assert graceful >= number(r"^timeout = (\d+)", text)
            assert number(r"^TimeoutStopSec=(\d+)", unit) > graceful


def test_the_largest_upload_is_the_same_at_every_hop(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    sizes = {number(r"client_max_body_size (\d+)m;", text) << 20 for _, text in texts(files, NGINX)}
    sizes |= {number(r"req.body_size gt (\d+)", text) for _, text in texts(files, HAPROXY)}
    for site in cluster.sites:
        sizes |= {values["DATA_UPLOAD_MAX_MEMORY_SIZE"] for _, values in django(files, site)}
    assert sizes == {cluster.limits.upload_mib << 20}


def test_balancers_together_never_give_more_than_the_applications_hold(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    given = beyond = 0
    for offer in cluster.providers("balancer"):
        placed = offer.placed
        if offer.endpoint.weight > 0:
            targets = placed.component.read(placed, files[placed.host.name]).targets
            rooms = [target.room for target in targets if target.service == "web" and target.room]
            given += sum(rooms)
            beyond += placed.component.size(placed).values.get("queue_slots", 0) * len(rooms)
    holders = [*cluster.providers("app"), *(o for o in cluster.providers("web") if o.endpoint.processes is not None)]
    assert given <= sum(offer.endpoint.slots or 0 for offer in holders) + beyond


def test_every_application_server_has_the_same_cache_servers_as_text(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    for site in cluster.sites:
        lists = {tuple(v["CACHES"]["default"].get("LOCATION", ())) for _, v in django(files, site)}
        assert len(lists) <= 1


def test_no_cache_of_one_host_alone_once_there_are_several(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    for site in cluster.sites:
        backends = [values["CACHES"]["default"]["BACKEND"] for _, values in django(files, site)]
        assert len(backends) <= 1 or not any("locmem" in backend for backend in backends)


def test_a_connection_is_kept_for_less_time_than_a_pool_keeps_it(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    for site in cluster.sites:
        for _, values in django(files, site):
            database = values["DATABASES"]["default"]
            by_asgi = any(placed.role.name == "uvicorn" for placed in cluster.placed)
            assert (database["CONN_MAX_AGE"] > 0) != by_asgi
            assert database["CONN_MAX_AGE"] < 600  # PgBouncer's own server_idle_timeout
            if database.get("PORT") == "6432":
                assert database["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_every_domain_is_served_and_allowed(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    names = {name for _, text in texts(files, NGINX_WEB) for line in found(r"server_name (.*);", text)
             for name in line.split()}  # fmt: skip
    for site in cluster.sites:
        assert not names or set(site.domains) <= names
        assert all(set(values["ALLOWED_HOSTS"]) >= set(site.domains) for _, values in django(files, site))


def test_prefixes_of_files_are_those_of_the_web_servers(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    for site in cluster.sites:
        for _, values in django(files, site):
            for kind in ("STATIC", "MEDIA"):
                path = "/" + values[f"{kind}_URL"].removeprefix("//").partition("/")[2]
                serving = [
                    text for hosted in files.values() for name, text in hosted.items() if "/nginx/conf.d/" in name
                ]
                assert not serving or any(f"location {path} {{" in text for text in serving)
                places = {a for text in serving for a in found(rf"location {path} {{\s+alias (\S+)/;", text)}
                assert not places or values[f"{kind}_ROOT"] in places


def test_web_servers_believe_exactly_the_balancers(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    balancers = {host.address for host in cluster.hosts_offering("balancer")}
    for _, text in texts(files, NGINX_WEB):
        assert set(found(r"set_real_ip_from (\S+);", text)) == balancers


def test_no_two_programs_of_a_host_listen_on_one_port(rendered: tuple[Cluster, Files]) -> None:
    cluster, _ = rendered
    for placed_there in cluster.by_host.values():
        ports = [
            (endpoint.protocol, endpoint.port)
            for placed in placed_there
            for endpoint in {(e.protocol, e.port): e for e in cluster.endpoints_of(placed)}.values()
            if endpoint.port
        ]
        assert len(ports) == len(set(ports))


def test_addresses_are_of_this_network_and_never_names(rendered: tuple[Cluster, Files]) -> None:
    cluster, files = rendered
    known = {host.address for host in cluster.design.hosts} | {LOOPBACK}
    outside = {external.endpoint.rpartition(":")[0] for external in cluster.design.externals}
    for site in cluster.sites:
        for _, values in django(files, site):
            hosts = values["DATABASES"]["default"].get("HOST", "").split(",")
            places = values["CACHES"]["default"].get("LOCATION", ())
            caches = [place.removeprefix("redis://").partition(":")[0] for place in places]
            for address in {*hosts, *caches} - outside - {""}:
                assert address in known
                assert ipaddress.IPv4Address(address).is_private
