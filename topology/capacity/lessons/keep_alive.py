"""Turn keep-alive off: what an idle connection holds, and that it holds nothing behind an event-driven proxy."""

from __future__ import annotations

import math

from topology.capacity.answer import Number
from topology.capacity.lessons.lesson import NO_PAGES, Lesson, LessonPoint, factor, line, nothing
from topology.capacity.lessons.situation import Situation
from topology.capacity.words import digits
from topology.diff import listing

NAME = "keep_alive"
TIMEOUT = 15.0
"""Seconds: KeepAliveTimeout of Apache 2.0 where nothing is written (its documentation, core directives)."""
TIMEOUTS = (0.0, 1.0, 2.0, 5.0, 10.0, TIMEOUT, 30.0, 60.0)
GIB = 1024


def slot_seconds(service: float, think: float, timeout: float) -> float:
    """Seconds for which a request holds its slot: S + E[min(Z, T)].

    S is the time to answer, Z the time until the same client asks again, exponential with mean `think`, and T the
    time after which an idle connection is closed: E[min(Z, T)] = think * (1 - e^(-T / think)). Seconds throughout.
    """
    idle = think * -math.expm1(-timeout / think) if think > 0 else 0.0
    return service + idle


def most_pages(workers: float, service: float, think: float, timeout: float) -> float:
    """Pages per second that so many workers pass at most: workers / slot_seconds (Little 1961)."""
    return workers / slot_seconds(service, think, timeout)


def workers_held(pages: float, service: float, think: float, timeout: float) -> float:
    """Workers that so many pages per second hold on average (Little 1961)."""
    return pages * slot_seconds(service, think, timeout)


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    proxies = situation.proxies()
    then = _then(situation)
    here = nothing(f"{listing(proxies)} holds idle connections, and no worker of the application does")
    return Lesson(
        name=NAME,
        title="Turn keep-alive off",
        chapter="A visitor asks the Django server for a page every ten seconds at best; with keep-alive a whole"
        " server process waits for him meanwhile and its memory serves nobody. So turn keep-alive off.",
        says=_says(situation, proxies, then.value),
        brief=_brief(proxies, then.value),
        status="void here" if proxies else "holds",
        effect=here if proxies else then,
        then=then,
        valid="Holds where the process that answers also keeps the connection: prefork or threads without a proxy in"
        " front. Void behind nginx, HAProxy or any event-driven server, where an idle connection costs some kilobytes"
        " and no worker; there keep-alive saves connections, and is left on.",
        formula="slot = S + think · (1 − e^(−T / think)); pages/s = workers / slot; workers = pages/s · slot (seconds)",
        source="Little 1961 (workers held = rate · time held); the expectation of an exponential time cut off at T",
        x_label="keep-alive timeout, s",
        y_label="workers held at the peak",
        points=_points(situation),
    )


def _then(situation: Situation) -> Number:
    think = situation.surroundings.think_seconds
    worlds = [situation.page_seconds(world) for world in situation.worlds]
    ends = [(worlds[0], think.mid), *((s, z) for s in worlds for z in (think.low, think.high))]
    values = [slot_seconds(service, z, TIMEOUT) / service for service, z in ends if service > 0]
    return factor(values or [1.0], f"slot with a timeout of {TIMEOUT:g} s over slot without keep-alive")


def _says(situation: Situation, proxies: tuple[str, ...], gain: float) -> str:
    service, think = situation.page_seconds(situation.worlds[0]), situation.surroundings.think_seconds.mid
    if service <= 0:
        return NO_PAGES
    pages, each = situation.pages, situation.worker_mib.mid
    off, on = (workers_held(pages, service, think, timeout) for timeout in (0.0, TIMEOUT))
    here = f"×1 here, because {listing(proxies)} stands in front" if proxies else "and so it is here"
    return (
        f"×{digits(gain)} under prefork with a {TIMEOUT:g} s timeout, {here}. A page of {digits(service * 1000)} ms"
        f" would hold its worker for {digits(slot_seconds(service, think, TIMEOUT))} s: the peak's {digits(pages)}"
        f" pages/s then hold {digits(max(1.0, math.ceil(on)))} workers ({_memory(on, each)}) in place of"
        f" {digits(max(1.0, math.ceil(off)))} ({_memory(off, each)}), and the {situation.slots} slots of"
        f" this plan pass {digits(most_pages(situation.slots, service, think, TIMEOUT))} pages/s."
    )


def _memory(workers: float, worker_mib: float) -> str:
    """Memory of whole workers, as a person writes it."""
    mib = max(1, math.ceil(workers)) * worker_mib
    return f"{digits(mib / GIB)} GiB" if mib >= GIB else f"{mib:.0f} MiB"


def _brief(proxies: tuple[str, ...], gain: float) -> str:
    if proxies:
        return f"keep-alive may stay on: ×{digits(gain)} under prefork, ×1 here behind {listing(proxies)}"
    return f"keep-alive off makes the same workers pass {digits(gain)} times the pages"


def _points(situation: Situation) -> tuple[LessonPoint, ...]:
    service, think = situation.page_seconds(situation.worlds[0]), situation.surroundings.think_seconds.mid
    pages = situation.pages
    held = ((timeout, workers_held(pages, service, think, timeout)) for timeout in TIMEOUTS)
    proxied = ((timeout, pages * service) for timeout in TIMEOUTS)
    return (*line("prefork, no proxy", held), *line("behind a proxy", proxied))
