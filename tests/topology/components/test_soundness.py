"""Designs that no server can run: refused with the place and the way out, before a file is written."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, tier
from topology.components import Cluster
from topology.design import TierwrightError


def refusal(design: Cluster) -> str:
    with pytest.raises(TierwrightError) as refused:
        _ = design.edges
    return str(refused.value)


def test_two_programs_on_one_port_are_refused_with_both_names() -> None:
    said = refusal(cluster(tier("web", ["nginx", "gunicorn", "haproxy", "sqlite"])))

    assert said.startswith("server web1: ")
    assert "both listen on tcp port 80 of web1" in said
    assert "give one of them another port or host" in said


def test_a_role_without_what_it_stands_on_is_refused() -> None:
    said = refusal(cluster(tier("web", ["nginx", "gunicorn", "slony"]), tier("db", ["postgresql"])))

    assert "slony stands on" in said
    assert "nothing there offers that" in said


def test_roles_that_may_not_share_a_server_are_refused() -> None:
    said = refusal(cluster(tier("web", ["nginx", "gunicorn", "pgbouncer", "pgpool", "postgresql"])))

    assert "may not share a server; put one of them elsewhere" in said


def test_a_program_that_the_system_does_not_bring_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    design = cluster(tier("web", ["nginx", "gunicorn", "sqlite"]), system="ubuntu2404")
    monkeypatch.setattr(design.components["nginx"].__class__, "packages", {"debian12": "1.22.1"})

    said = refusal(design)

    assert "Ubuntu 24.04 does not bring nginx" in said
    assert "a system that does: Debian 12" in said
