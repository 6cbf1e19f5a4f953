"""Words of a person in files of programs: refused, or plain words that leave the structure of every file as it was.

Each file is read back by a parser of its own format: crossplane, Python's, configparser, or by its words.
"""

from __future__ import annotations

import ast
import configparser
import re
from pathlib import Path
from typing import Any

import crossplane
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from tests.builders import domains, dotted, hostile_texts, paths, slugs, url_paths
from tests.topology.components.rendered import cluster, tier
from tests.topology.components.staging import files_of
from topology.components import Cluster
from topology.design import TierwrightError

TIERS = (
    tier("lb", ["haproxy", "keepalived"], count=2),
    tier("web", ["nginx", "gunicorn", "memcached"]),
    tier("media", ["nginx_media"], count=2),
    tier("db", ["postgresql"]),
)
FIELDS: dict[str, st.SearchStrategy[str]] = {
    "name": slugs,
    "domain": domains,
    "path": url_paths.filter(lambda path: path != "/"),
    "wsgi": dotted,
    "settings": dotted,
    "directory": paths,
}


def site_of(words: dict[str, str]) -> dict[str, Any]:
    """Plain data of a site with these words."""
    app = {key: words[key] for key in ("wsgi", "settings", "directory")}
    return {"name": words["name"], "domains": [words["domain"]], "path": words["path"], "app": app}


PLAIN = site_of(
    {
        "name": "site",
        "domain": "site.example.com",
        "path": "/part/",
        "wsgi": "site.wsgi",
        "settings": "site.settings",
        "directory": "/srv/site/app",
    }
)


@st.composite
def sites(draw: st.DrawFn, *, hostile: bool) -> dict[str, Any]:
    """Any site; a hostile one has one field that is, or ends in, something that means something elsewhere."""
    words = {field: draw(strategy) for field, strategy in FIELDS.items()}
    if hostile:
        field = draw(st.sampled_from(sorted(FIELDS)))
        words[field] = draw(st.sampled_from(("", words[field]))) + draw(hostile_texts)
    return site_of(words)


def shapes(of: Cluster, folder: Path) -> list[Any]:
    """The structure of every file of every host, in order, without the words that fill it."""
    return [_shape(path, text, folder) for host in of.design.hosts for path, text, _ in files_of(of, host.name)]


def _shape(path: str, text: str, folder: Path) -> Any:
    if path.endswith(".py"):
        return [type(node).__name__ for node in ast.walk(ast.parse(text))]
    if path.endswith((".service", ".mount", ".automount")):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.read_string(text)
        return {name: list(unit[name]) for name in unit.sections()}
    if "/nginx/" in path:
        return _nginx(text, folder)
    return [[re.sub(r"[A-Za-z0-9_./:@+*,~-]+", "word", word) for word in line.split()] for line in text.splitlines()]


def _nginx(text: str, folder: Path) -> Any:
    file = folder / "part.conf"
    file.write_text(text, encoding="utf-8")
    parsed = crossplane.parse(str(file), single=True, check_ctx=False, strict=False)
    assert parsed["status"] == "ok"
    return _directives(parsed["config"][0]["parsed"])


def _directives(block: list[dict[str, Any]]) -> Any:
    return [(item["directive"], len(item["args"]), _directives(item.get("block", []))) for item in block]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The structure of the files of a plain site."""
    return shapes(cluster(*TIERS, sites=(PLAIN,)), tmp_path_factory.mktemp("plain"))


@given(site=sites(hostile=False))
@given_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_every_site_has_files_of_the_same_structure(
    site: dict[str, Any], plain: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert shapes(cluster(*TIERS, sites=(site,)), tmp_path_factory.getbasetemp()) == plain


@given(site=sites(hostile=True))
@given_settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_no_word_of_a_site_changes_the_structure_of_a_file(
    site: dict[str, Any], plain: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        of = cluster(*TIERS, sites=(site,))
    except TierwrightError:
        return
    if site["path"] != "/":  # a site at the root has fewer lines, by design
        assert shapes(of, tmp_path_factory.getbasetemp()) == plain
