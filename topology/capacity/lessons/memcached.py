"""Use memcached, and often: what the site carries as its cache answers more of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from topology.capacity.answer import Number
from topology.capacity.lessons.lesson import Lesson, Status, by_gain, called, factor, line
from topology.capacity.lessons.situation import Situation
from topology.capacity.study import Study
from topology.capacity.variations import cached_share_of
from topology.capacity.words import digits, percent
from topology.components import DYNAMIC
from topology.workload import RequestClass, kind_of

NAME = "memcached"
OFTEN = 0.8
"""The share of pages from the cache that "often" is taken for."""
SHARES = (0.0, 0.2, 0.4, 0.6, OFTEN, 0.9, 0.95)


def cached_rate(cores: int, fixed: float, app: float, hits: float, *, removed: float) -> float:
    """Requests per second of one host: cores / (fixed + app · (1 − removed · h)) (utilisation law).

    `app` are the CPU seconds of a page that is made, of which a hit saves the share `removed`; `fixed` is paid anyway.
    """
    return cores / (fixed + app * (1 - removed * hits))


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    now = min(1.0, cached_share_of(situation.workload))
    wanted = max(OFTEN, now)
    asked = sorted({*SHARES, now, wanted})
    answers = {share: situation.study if share == now else _cached(situation.study, share) for share in asked}
    effect = _effect(answers[now], answers[wanted])
    has_cache = bool(situation.cluster.hosts_offering("cache"))
    return Lesson(
        name=NAME,
        title="Use memcached, and use it often",
        chapter="No cache backend comes near memcached's speed, so a busy site should take it and cache wherever it"
        " can; under heavy traffic little else keeps a site up.",
        says=_says(situation, answers[wanted], effect.value, now, wanted),
        brief=f"with {percent(wanted)} of the pages from the cache it would carry ×{digits(effect.value)}",
        status=_status(effect.value, has_cache),
        effect=effect,
        valid="Holds for pages that many see alike, and as far as pages, not files or a network card, fill the first"
        " limit. That none comes near memcached is true of caches that several servers share and write to; a cache in"
        " the process's own memory, or files in the page cache, are read faster, but each server has its own. A cold"
        " cache carries no more than none: size for a restart.",
        formula="D(h) = D · (1 − h) + page from the cache · h in Python; D · (1 − h) in the database; capacity = min"
        " over servers of cores / D(h)",
        source="Utilisation law (Denning and Buzen 1978), worked out by the forecast itself at each share",
        x_label="share of pages from the cache, %",
        y_label="requests/s that the site carries",
        points=line("capacity", ((share * 100, answer.capacity.value) for share, answer in answers.items())),
    )


def _cached(study: Study, share: float) -> Study:
    """The same where the cache answers this share of the pages, however many it does now."""

    def change(mix: Mapping[str, RequestClass]) -> Mapping[str, RequestClass]:
        return {
            name: item.model_copy(update={"cached_share": share}) if kind_of(name, item) in DYNAMIC else item
            for name, item in mix.items()
        }

    return replace(study, fitted=study.fitted.changed(change))


def _effect(now: Study, then: Study) -> Number:
    """World by world: what makes both dear is the same in both."""
    rates = [
        (before.first.rate, after.first.rate)
        for before, after in zip(now.worlds, then.worlds, strict=True)
        if before.first is not None and after.first is not None
    ]
    values = [after / before for before, after in rates] or [1.0]
    return factor(values, "capacity with the cache often asked over capacity as it is")


def _status(gain: float, has_cache: bool) -> Status:
    status = by_gain(gain)
    return "partly" if status == "holds" and not has_cache else status


def _says(situation: Situation, then: Study, gain: float, now: float, wanted: float) -> str:
    missing = "" if situation.cluster.hosts_offering("cache") else " This plan has no cache yet."
    if now >= wanted:
        return f"{percent(now)} of the pages come from the cache already: this advice is followed.{missing}"
    first = then.worlds[0].first
    limit = "" if first is None else f", where {called(first.resource)} of {first.host} is full"
    return (
        f"{percent(now)} of the pages come from the cache now, and the site carries"
        f" {digits(situation.study.capacity.value)} requests/s; with {percent(wanted)} it carries"
        f" {digits(then.capacity.value)}: ×{digits(gain)}{limit}.{missing}"
    )
