"""Episodes: a deploy, a failover and a cold cache, replayed."""

from __future__ import annotations

from typing import Any

import pytest

from tests import builders
from tests.topology.capacity.parts import PAGE, TYPES, work
from topology import capacity
from topology.design import Design
from topology.errors import TierwrightError


def design(*, web: int = 3) -> Design:
    """A balancer, web servers, a cache and a database."""
    roles = {"lb": ["haproxy"], "web": ["nginx", "gunicorn"], "cache": ["memcached"], "db": ["postgresql"]}
    tiers = [
        {"name": name, "servers": {"count": web if name == "web" else 1, "type": "four"}, "roles": names}
        for name, names in roles.items()
    ]
    return builders.newspaper(server_types=TYPES, tiers=tiers)


def p95_of(episode: capacity.Episode) -> tuple[float, float]:
    """The mean of the stretches before, and the worst one after."""
    before = [w.p95.value for w in episode.windows if w.p95 is not None and w.end <= episode.starts]
    after = [w.p95.value for w in episode.windows if w.p95 is not None and w.end > episode.starts]
    return sum(before) / len(before), max(after)


def test_what_a_database_that_is_away_holds_up_is_answered_afterwards() -> None:
    """A hole of ten seconds: whoever came first in it has waited as long when it ends."""
    episode = capacity.replay(design(), "failover", work(30), runs=5)

    usual, worst = p95_of(episode)
    asked = sum(w.offered.value * (w.end - w.start) for w in episode.windows)
    answered = sum(w.answered.value * (w.end - w.start) for w in episode.windows)
    assert episode.seconds == 10
    assert 8.5 < worst < 11.5
    assert usual < 0.5
    assert answered == pytest.approx(asked, rel=0.05)
    assert "does not answer for 10 s" in episode.says


def test_a_deploy_leaves_the_others_what_one_had() -> None:
    calm, busy = (capacity.replay(design(), "deploy", work(rate), runs=5) for rate in (20, 150))

    assert p95_of(calm)[1] < 1.6 * p95_of(calm)[0]
    assert p95_of(busy)[1] > 1.5 * p95_of(busy)[0]


def test_the_only_application_server_stands_still_while_it_restarts() -> None:
    episode = capacity.replay(design(web=1), "deploy", work(20), runs=5)

    assert "the only one of its kind" in episode.says
    assert p95_of(episode)[1] > 3


@pytest.mark.parametrize(("rate", "is_over"), [(20, True), (60, False)])
def test_it_is_as_before_only_once_it_is(rate: float, is_over: bool) -> None:
    episode = capacity.replay(design(web=1), "deploy", work(rate), runs=5)

    last = episode.windows[-1].p95
    assert last is not None
    assert (last.value < 1.5 * p95_of(episode)[0]) is is_over
    assert ("It is as before after" in episode.says) is is_over
    assert ("It is not yet as before after" in episode.says) is not is_over


def test_a_cold_cache_costs_most_at_first() -> None:
    pages: dict[str, Any] = {"page": {**PAGE, "cached_share": 0.8}}

    episode = capacity.replay(design(web=2), "cold_cache", work(80, classes=pages, distinct_pages=500), runs=5)

    answers = [w.mean.value for w in episode.windows if w.mean is not None]
    first = next(place for place, w in enumerate(episode.windows) if w.end > episode.starts)
    assert answers[first + 1] > 1.5 * sum(answers[: first - 1]) / (first - 1)
    assert answers[-1] < 0.7 * answers[first + 1]


def test_where_nothing_is_cached_a_cold_cache_is_refused_in_words() -> None:
    with pytest.raises(TierwrightError, match="a cold one changes nothing"):
        capacity.replay(design(), "cold_cache", work(20))


def test_the_same_seed_gives_the_same_episode() -> None:
    one, same = (capacity.replay(design(), "deploy", work(30), seed=4, runs=5).document() for _ in range(2))

    assert one == same
