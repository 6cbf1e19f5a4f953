"""The database on a server of its own: demands that add on one host, and what each carries alone."""

from __future__ import annotations

from topology.capacity.lessons.lesson import Lesson, LessonPoint, Status, by_gain, factor, line
from topology.capacity.lessons.situation import Situation, of_services
from topology.capacity.limits import Limits
from topology.capacity.queues import ps_stretch
from topology.capacity.words import digits, percent

NAME = "separate_database"
DATABASE = ("sql", "sql_replica")
LOADS = (0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
"""Of what each of the two layouts carries: the rates at which the curve is worked out."""


def together_rate(cores: int, app: float, database: float) -> float:
    """Requests per second on one host: cores / (app + database), demands in CPU seconds (utilisation law)."""
    return cores / (app + database)


def apart_rate(cores: int, app: float, database: float) -> float:
    """Requests per second on two such hosts: cores / the larger demand (utilisation law)."""
    return cores / max(app, database)


def response(rate: float, cores: int, *demands: float) -> float | None:
    """Mean response in seconds of hosts passed one after another, each of `cores` shared cores; None at saturation.

    Each demand D is stretched to D · (1 + C / (c (1 − U))) with Erlang's C, U = rate · D / c (`ps_stretch`).
    """
    loads = [rate * demand / cores for demand in demands]
    if any(load >= 1 for load in loads):
        return None
    return sum(demand * ps_stretch(load, cores) for demand, load in zip(demands, loads, strict=True))


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    effect = factor([_gain(situation, world) for world in situation.worlds], "capacity apart over capacity together")
    app, database = _demands(situation, situation.worlds[0])
    return Lesson(
        name=NAME,
        title="The database on a server of its own",
        chapter="On one machine the database and the web server fight over memory and processor. Move the database"
        " to a second one: for Django that is the change of one setting.",
        says=_says(situation, effect.value),
        brief=_brief(effect.value, app, database),
        status=_status(situation, effect.value, database),
        effect=effect,
        valid=f"Holds as far as the database does a good part of the work: the most is ×2, where it does half; here it"
        f" does {percent(database / (app + database) if app + database else 0)}. With more than one web server it is"
        " needed whatever it gains, since they must share the data. It makes nothing safer: two servers must be up.",
        formula="together: c / (app + database); apart: c / max(app, database); c cores, demands in CPU seconds of a"
        " mean request. Response: Σ D · (1 + C(c, U c) / (c (1 − U))), U = rate · D / c",
        source="Utilisation law (Denning and Buzen 1978); Erlang's C (1917), under processor sharing for any"
        " distribution (Kelly 1979)",
        x_label="requests/s",
        y_label="mean response of their CPU, ms",
        points=_points(situation.app_host.type.cores, app, database),
    )


def _demands(situation: Situation, world: Limits) -> tuple[float, float]:
    """CPU seconds of one mean request: on one web server all but the database's, and the database's."""
    database = situation.cpu(world, of_services(situation, DATABASE))
    hosts = {host.name for host in situation.cluster.hosts_offering("app")}
    rest = situation.cpu(world, lambda item: item.key[0] in hosts and not situation.offers(item.key) & set(DATABASE))
    return rest, database


def _gain(situation: Situation, world: Limits) -> float:
    app, database = _demands(situation, world)
    cores = situation.app_host.type.cores
    if app + database <= 0:
        return 1.0
    return apart_rate(cores, app, database) / together_rate(cores, app, database)


def _status(situation: Situation, gain: float, database: float) -> Status:
    if database <= 0:
        return "void here"
    return "holds" if situation.servers("app") > 1 else by_gain(gain)


def _says(situation: Situation, gain: float) -> str:
    app, database = _demands(situation, situation.worlds[0])
    if database <= 0:
        return "No server of this plan holds the database, so there is nothing to move."
    cores = situation.app_host.type.cores
    one, two = together_rate(cores, app, database), apart_rate(cores, app, database)
    return (
        f"A mean request takes {digits(app * 1000)} ms beside the database and {digits(database * 1000)} ms in it, so a"
        f" server of {cores} cores carries {digits(one)} requests/s with both and {digits(two)} with its database"
        f" apart: ×{digits(gain)}.{_responses(one, cores, app, database)}{_frees(situation)}{_shared(situation)}"
    )


def _responses(one: float, cores: int, app: float, database: float) -> str:
    rate = 0.9 * one
    before, after = response(rate, cores, app + database), response(rate, cores, app, database)
    if before is None or after is None:
        return ""
    return (
        f" At {digits(rate)} requests/s, nine tenths of what the one carries, the mean answer takes"
        f" {digits(after * 1000)} in place of {digits(before * 1000)} ms."
    )


def _frees(situation: Situation) -> str:
    used = sum(
        placed.component.memory(placed).mid
        for placed in situation.cluster.placed
        if set(placed.component.offers.get(placed.role.name, ())) & {"sql"}
    )
    return f" It leaves the web server {used:,.0f} MiB of memory." if used > 0 else ""


def _shared(situation: Situation) -> str:
    count = situation.servers("app")
    return f" The {count} web servers of this plan need it apart in any case." if count > 1 else ""


def _brief(gain: float, app: float, database: float) -> str:
    if database <= 0:
        return "there is no database to move"
    share = percent(database / (app + database))
    return f"the database is {share} of the CPU, so a server of its own for it buys ×{digits(gain)}"


def _points(cores: int, app: float, database: float) -> tuple[LessonPoint, ...]:
    if app + database <= 0:
        return ()
    found: list[LessonPoint] = []
    one, two = together_rate(cores, app, database), apart_rate(cores, app, database)
    rates = sorted({*(load * one for load in LOADS[-3:]), *(load * two for load in LOADS)})
    for label, most, demands in (("together", one, (app + database,)), ("apart", two, (app, database))):
        for rate in rates:
            seconds = response(rate, cores, *demands) if rate <= 0.96 * most else None
            if seconds is not None:
                found += line(label, [(rate, seconds * 1000)])
    return tuple(found)
