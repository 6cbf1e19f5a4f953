"""Media on a server of its own: what slow clients hold, that a buffering proxy holds it instead, what is left."""

from __future__ import annotations

from topology.capacity import bandwidth
from topology.capacity.answer import Number
from topology.capacity.lessons.lesson import SOME, Lesson, LessonPoint, Status, by_gain, factor, line
from topology.capacity.lessons.situation import Situation
from topology.capacity.limits import Limits
from topology.capacity.loads import Passage
from topology.capacity.uncertainty import at
from topology.capacity.words import digits, percent
from topology.components import FILES
from topology.demands import bytes_of
from topology.diff import listing
from topology.workload import kind_of

NAME = "separate_media"
LINES = (0.056, 0.256, 1.0, 4.0, 16.0, 64.0)
"""Mbit/s of a client's line: a modem, the DSL of 2006, and what came after."""


def slots_held(files_per_second: float, file_bytes: float, client_mbit: float) -> float:
    """Slots that files hold while slow clients take them: files/s * 8 * bytes / line rate (Little 1961)."""
    return files_per_second * file_bytes * bandwidth.BITS_A_BYTE / (client_mbit * bandwidth.MEGA)


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    effect, proxies = _effect(situation), situation.proxies()
    return Lesson(
        name=NAME,
        title="Media on a server of its own",
        chapter="Answering views and sending files are different work, and one server that does both does neither"
        " well. Take the media out; where there are many files, do this first.",
        says=_says(situation, effect, proxies),
        brief=_brief(situation, effect, proxies),
        status=_status(effect.value, proxies),
        effect=effect,
        then=_then(situation),
        valid="The chapter's reason, slots that slow clients hold, is true of a server without a buffering proxy in"
        " front. Behind one (nginx, HAProxy) a worker is free as soon as it has answered; what a media server still"
        " saves is the network card and the CPU that files take, so it pays where these are short.",
        formula="slots = files/s · 8 · bytes / line (bit/s); with pages/s · S beside it. Capacity: min(cores / D, card"
        " / bytes) of each server, D CPU seconds a request",
        source="Little 1961; utilisation law (Denning and Buzen 1978)",
        x_label="client's line, Mbit/s",
        y_label="slots held at the peak, no proxy",
        points=_points(situation),
        is_wide=True,
    )


def _files(situation: Situation, world: Limits) -> tuple[float, float]:
    """Share of the requests that are files, and their bytes in one mean request of the site."""
    chosen = {name: item for name, item in world.mix.items() if kind_of(name, item) in FILES and item.share > 0}
    total = sum(item.share for item in world.mix.values())
    size = sum(i.share * bytes_of(i, kind_of(n, i)).mid for n, i in chosen.items())
    return sum(item.share for item in chosen.values()) / total, size / total


def _held(situation: Situation, world: Limits, mbit: float) -> tuple[float, float]:
    """Slots held at the peak by files, and by pages."""
    _, size = _files(situation, world)
    return slots_held(situation.peak, size, mbit), situation.pages * situation.page_seconds(world)


def _then(situation: Situation) -> Number:
    client = situation.surroundings.client_mbit
    cases = [(situation.worlds[0], client.mid), *((w, m) for w in situation.worlds for m in (client.low, client.high))]
    values = []
    for world, mbit in cases:
        files, pages = _held(situation, world, mbit)
        values.append((files + pages) / pages if pages > 0 else 1.0)
    return factor(values, "slots held by files and pages over slots held by pages, without a proxy")


def _effect(situation: Situation) -> Number:
    return factor(
        [_gain(situation, world) for world in situation.worlds], "a web server without its files over one with them"
    )


def _gain(situation: Situation, world: Limits) -> float:
    """What one web server carries without its files, over what it carries with them.

    The server that takes them is as large as they need.
    """
    host = situation.app_host.type
    cpu_files = situation.cpu(world, lambda item: _is_file(situation, world, item))
    cpu_rest = situation.cpu(world, lambda item: _is_rest(situation, world, item))
    out_files, out_rest = _bytes(situation, world)
    together = _rate(host.cores, host.network_mbit, cpu_files + cpu_rest, out_files + out_rest)
    apart = _rate(host.cores, host.network_mbit, cpu_rest, out_rest)
    return apart / together if 0 < together <= apart < float("inf") else 1.0


def _is_file(situation: Situation, world: Limits, item: Passage) -> bool:
    return bool(situation.offers(item.key) & {"web", "media"}) and situation.kind(world, item) in FILES


def _is_rest(situation: Situation, world: Limits, item: Passage) -> bool:
    """Everything else that the application's server does."""
    return item.key[0] == situation.app_host.name and situation.kind(world, item) not in FILES


def _bytes(situation: Situation, world: Limits) -> tuple[float, float]:
    """Bytes of files and of pages that leave for one mean request of the site."""
    _, files = _files(situation, world)
    host = situation.app_host.name
    rest = sum(
        item.remote * at(item.demand.bytes_out, "mid")
        for item in world.state.items
        if item.key[0] == host and item.demand.bytes_out is not None and situation.kind(world, item) not in FILES
    )
    return files, rest


def _rate(cores: int, network_mbit: float | None, cpu: float, out: float) -> float:
    """Requests of the site per second at which cores or card are full; endless where neither is asked for."""
    card = None if network_mbit is None else bandwidth.most_requests(out, network_mbit)
    return min(cores / cpu if cpu > 0 else float("inf"), float("inf") if card is None else card)


def _status(gain: float, proxies: tuple[str, ...]) -> Status:
    if not proxies:
        return "holds"
    return by_gain(gain)


def _says(situation: Situation, effect: Number, proxies: tuple[str, ...]) -> str:
    world = situation.worlds[0]
    share, _ = _files(situation, world)
    if share <= 0:
        return "This workload has no files, so there is nothing to take out."
    mbit = situation.surroundings.client_mbit.mid
    files, pages = _held(situation, world, mbit)
    slow, _ = _held(situation, world, 0.256)
    cpu = situation.cpu(world, lambda item: _is_file(situation, world, item))
    rest = situation.cpu(world, lambda item: _is_rest(situation, world, item))
    sent, others = _bytes(situation, world)
    why = f"None of that holds a worker here: {listing(proxies)} takes the answers over." if proxies else ""
    return (
        f"At the peak, clients at {digits(mbit)} Mbit/s would hold {digits(files)} slots for files beside"
        f" {digits(pages)} for pages, and at the 0.256 Mbit/s of 2006 {digits(slow)}. {why} What a media server still"
        f" takes away is {percent(sent / (sent + others) if sent + others else 0)} of the bytes and"
        f" {percent(cpu / (cpu + rest) if cpu + rest else 0)} of the CPU: without them a web server carries"
        f" ×{digits(effect.value)}, and the files' own server must send {digits(_mbit(situation, sent))} Mbit/s."
    )


def _mbit(situation: Situation, sent: float) -> float:
    """Mbit/s at the peak of so many bytes in a mean request."""
    return situation.peak * sent * bandwidth.BITS_A_BYTE / bandwidth.MEGA


def _brief(situation: Situation, effect: Number, proxies: tuple[str, ...]) -> str:
    if _files(situation, situation.worlds[0])[0] <= 0:
        return "there are no files to take out"
    if effect.value < SOME and proxies:
        return f"slow clients hold no worker behind {listing(proxies)}, and it is not files that fill the server"
    return f"without its files a web server carries ×{digits(effect.value)}"


def _points(situation: Situation) -> tuple[LessonPoint, ...]:
    world = situation.worlds[0]
    if _files(situation, world)[0] <= 0:
        return ()
    held = [(mbit, _held(situation, world, mbit)) for mbit in LINES]
    return (*line("files", ((x, f) for x, (f, _) in held)), *line("pages", ((x, p) for x, (_, p) in held)))
