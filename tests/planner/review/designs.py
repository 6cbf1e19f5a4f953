"""Two stages of a site with a forecast, for what of a review depends on numbers."""

from __future__ import annotations

from functools import lru_cache

from topology.demo import workload
from topology.design import Design, Promise, Site
from topology.stages import Stages, evolve, first


@lru_cache(maxsize=1)
def _stages() -> Stages:
    site = Site(name="newspaper", domains=("www.example.com",))
    return evolve(first(site, workload(), promise=Promise(availability=0.998, headroom=0.3)))


def media_server() -> Design:
    """One web server, one for media, one database."""
    return _stages().view("media_server").design


def load_balanced() -> Design:
    """Two web servers behind a balancer."""
    return _stages().view("load_balanced").design
