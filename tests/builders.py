"""Builders of designs and workloads for tests: the everyday ones, and the strategies that generate any."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from topology.components import catalogue
from topology.design import Design
from topology.document import from_data

NEWSPAPER: dict[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "workload": {"peak_requests_per_second": 350, "classes": {"page": {"share": 0.1}, "media": {"share": 0.9}}},
    "tiers": [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": []},
        {"name": "database", "servers": [{"name": "db1", "type": "large", "address": "10.0.0.31"}], "roles": []},
    ],
}
"""Plain data of a small plan without roles; tests copy it and change what they speak of."""


def newspaper(**changes: Any) -> Design:
    """The small plan as a Design, with top-level keys replaced."""
    return from_data({**NEWSPAPER, **changes}, catalogue=catalogue())


slugs = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
words = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
external_kinds = st.sampled_from(("postgresql", "mysql", "memcached", "redis", "s3", "balancer", "smtp"))
domains = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z][a-z0-9]{1,6}){1,3}", fullmatch=True)
paths = st.from_regex(r"(/[A-Za-z0-9_][A-Za-z0-9._-]{0,8}){1,4}", fullmatch=True)
url_paths = st.from_regex(r"/([A-Za-z0-9_~-][A-Za-z0-9._~-]{0,6}/){0,3}", fullmatch=True)
dotted = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}(\.[A-Za-z_][A-Za-z0-9_]{0,8}){0,2}", fullmatch=True)
texts = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"), exclude_characters="\ufffe\uffff", include_characters="\n\t"
    ),
    max_size=60,
)
shares = st.floats(0, 1, allow_nan=False) | st.integers(0, 1)
positive = st.floats(0.001, 1e6, allow_nan=False) | st.integers(1, 1_000_000)


@st.composite
def amounts(draw: st.DrawFn, values: st.SearchStrategy[float] = positive) -> Any:
    """A plain number or an estimate."""
    if draw(st.booleans()):
        return draw(values)
    low, mid, high = sorted((draw(values), draw(values), draw(values)))
    basis = draw(st.sampled_from(("measured", "given", "default", "guess")))
    return {"low": low, "mid": mid, "high": high, "basis": basis, "source": draw(texts)}


@st.composite
def request_classes(draw: st.DrawFn) -> dict[str, Any]:
    """Classes whose shares add up to 1."""
    names = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    optional: dict[str, st.SearchStrategy[Any]] = {
        "kind": st.sampled_from(("page", "api", "static", "media")),
        "bytes": st.fixed_dictionaries({"mean": positive}, optional={"p50": positive, "p95": positive}),
        "app_cpu_ms": amounts(),
        "database_calls": amounts(),
        "cached_share": amounts(shares),
    }
    share = {name: 1 / len(names) for name in names}
    return {name: {"share": share[name], **draw(st.fixed_dictionaries({}, optional=optional))} for name in names}


@st.composite
def workloads(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of a workload."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        "mean_requests_per_second": amounts(),
        "hours": st.lists(positive, min_size=24, max_size=24),
        "classes": request_classes(),
        "database_gib": amounts(),
        "growth_per_year": st.floats(-0.9, 10),
        "observed": st.fixed_dictionaries(
            {"cpu_share": st.floats(0.01, 1), "requests_per_second": positive},
            optional={"cores": st.integers(1, 64), "ram_used_mib": st.integers(1, 100_000)},
        ),
    }
    return {"peak_requests_per_second": draw(amounts()), **draw(st.fixed_dictionaries({}, optional=optional))}


server_types = st.fixed_dictionaries(
    {"cores": st.integers(1, 128), "ram_mib": st.integers(128, 1_000_000)},
    optional={"disk_gib": positive, "network_mbit": positive, "price_month": positive, "speed": st.floats(0.1, 4)},
)
sites = st.fixed_dictionaries(
    {"name": slugs},
    optional={
        "path": url_paths,
        "app": st.fixed_dictionaries({"wsgi": dotted, "settings": dotted, "directory": paths}),
    },
)
promises = st.fixed_dictionaries(
    {}, optional={"p95_ms": positive, "availability": st.floats(0.5, 0.9999), "headroom": st.floats(0, 0.9)}
)


@st.composite
def tiers(draw: st.DrawFn, name: str, types: list[str], first_address: int) -> dict[str, Any]:
    """A tier of counted or of named servers; the names are made from the tier's, so that none stands twice."""
    roles = draw(st.lists(st.sampled_from(sorted(catalogue().by_role) or ["none"]), max_size=3, unique=True))
    roles = roles if catalogue().by_role else []
    if draw(st.booleans()):
        servers: Any = {"count": draw(st.integers(1, 4)), "type": draw(st.sampled_from(types))}
    else:
        servers = [
            {"name": f"{name}-x{n}", "type": draw(st.sampled_from(types))} for n in range(draw(st.integers(1, 3)))
        ]
        if draw(st.booleans()):
            servers = [{**s, "address": f"10.0.0.{first_address + n}"} for n, s in enumerate(servers)]
    return {"name": name, "servers": servers, "roles": roles}


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of any plan that the codec accepts."""
    own_types = draw(st.dictionaries(st.from_regex(r"[a-z][a-z0-9._-]{0,8}", fullmatch=True), server_types, max_size=2))
    types = [*own_types, "small", "large"]
    names = draw(st.lists(st.from_regex(r"t[a-z]{1,5}", fullmatch=True), min_size=1, max_size=4, unique=True))
    site_list = draw(st.lists(sites, min_size=1, max_size=2, unique_by=lambda site: str(site["name"])))
    all_domains = draw(st.lists(domains, min_size=len(site_list), max_size=len(site_list) + 2, unique=True))
    for number, site in enumerate(site_list):
        site["domains"] = all_domains[number :: len(site_list)]
    optional: dict[str, st.SearchStrategy[Any]] = {
        "workload": workloads() | st.fixed_dictionaries({"file": st.just("site.log")}),
        "promise": promises,
        "currency": st.sampled_from(("EUR", "USD")),
        "externals": st.lists(
            st.fixed_dictionaries({"name": slugs, "kind": external_kinds, "endpoint": st.just("db.example.com:5432")}),
            max_size=1,
        ),
        "notes": texts,
    }
    return {
        "tierwright": 1,
        "name": draw(slugs),
        "sites": site_list,
        "tiers": [draw(tiers(name, types, 100 + 10 * n)) for n, name in enumerate(names)],
        **({"server_types": own_types} if own_types else {}),
        **draw(st.fixed_dictionaries({}, optional=optional)),
    }


hostile_texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        (
            "'; DROP TABLE x; --",
            '"',
            "a\nb",
            "$(id)",
            "`id`",
            "../../etc/passwd",
            "<b>x</b>",
            "a;b",
            "a b",
            "{x}",
            "%n",
            "\u202eevil",
            "a\x00b",
            "x#y",
            "x$y",
            "${PATH}",
            "a\\b",
            "-rf",
            ".hidden",
            "a=b",
            "[x]",
            "a|b",
            "é",
        )
    ),
    st.from_regex(r"[a-z]{1,5}[\"'$`;{}\[\]<>|&#%\\\n\r\t /.=-]{1,3}[a-z]{0,5}", fullmatch=True),
)
"""Strings that would mean something in some format, and any other text."""
