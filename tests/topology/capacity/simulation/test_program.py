"""Models that cannot be are refused in a sentence that names the place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from topology.capacity.simulation import (
    Choose,
    Free,
    Group,
    Hold,
    Leave,
    Model,
    Pick,
    Repeat,
    Serve,
    Slots,
    Station,
    Step,
    Stream,
    simulate,
)
from topology.errors import TierwrightError

NAN = float("nan")
SERVE = Serve(station="cpu", mean=0.1)
MODEL = Model(
    streams=(Stream(name="page", rate=1.0, steps=(SERVE,)),),
    stations=(Station(name="cpu", servers=1), Station(name="app", servers=1, group="web")),
    slots=(Slots(name="workers", count=2), Slots(name="pool", count=2, backlog=5, group="web")),
    groups=(Group(name="web", members=2),),
)


def refusal_of(model: Model) -> str:
    with pytest.raises(TierwrightError) as refusal:
        simulate(model, seed=1, most_requests=2_000)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([Serve(station="gpu", mean=1.0)], "streams.page.steps.0: There is no station gpu."),
        ([SERVE, Hold(slots="x")], "streams.page.steps.1: There are no slots x."),
        ([Pick(group="x")], "streams.page.steps.0: There is no group x."),
        ([Leave(group="x")], "streams.page.steps.0: There is no group x."),
        ([Hold(slots="workers"), SERVE], "streams.page.steps: A slot of workers is still held at the end."),
        ([Free(slots="workers")], "streams.page.steps.0: No slot of workers is held at this step."),
        (
            [Serve(station="app", mean=1.0)],
            "streams.page.steps.0: No host of the group web has been picked at this step.",
        ),
        ([Hold(slots="pool")], "streams.page.steps.0: No host of the group web has been picked at this step."),
        (
            [Pick(group="web"), Hold(slots="pool"), Leave(group="web")],
            "streams.page.steps.2: A slot of pool is still held on the host that is left.",
        ),
        ([Pick(group="web"), Pick(group="web")], "streams.page.steps.1: A host of the group web is picked already."),
        (
            [Hold(slots="workers"), Hold(slots="workers")],
            "streams.page.steps.1: A slot of workers is held already: waiting for a second could last for ever.",
        ),
        (
            [Repeat(times=2, steps=(Hold(slots="workers"),)), SERVE],
            "streams.page.steps.0: What is held or picked inside of these steps must be given back inside of them.",
        ),
        (
            [Choose(ways=((0.5, (Pick(group="web"),)),)), SERVE],
            "streams.page.steps.0: What is held or picked inside of these steps must be given back inside of them.",
        ),
        ([Serve(station="cpu", mean=-1.0)], "streams.page.steps.0: The mean of a service must be 0 or more, not -1.0."),
        ([Serve(station="cpu", mean=NAN)], "streams.page.steps.0: The mean of a service must be a number, not nan."),
        (
            [Choose(ways=((0.7, (SERVE,)), (0.5, (SERVE,))))],
            "streams.page.steps.0: The chances of the ways come to 1.2, more than 1.",
        ),
        (
            [Repeat(times=1.5, steps=(SERVE,))],
            "streams.page.steps.0: Steps can be done exactly 1.5 times only as a mean: the law must be geometric.",
        ),
        (
            [Repeat(times=1e4, steps=(Repeat(times=1e4, steps=()),))],
            "streams.page.steps.0.0: A request would take more than 1,000,000 steps.",
        ),
        (
            [SERVE, Repeat(times=1e300, steps=(SERVE,), law="geometric")],
            "streams.page.steps.1: Steps can be done 1,000,000 times at most, not 1e+300.",
        ),
        ([], "streams.page.steps: A request of this stream is served nowhere: it would take no time."),
        (
            [Repeat(times=0, steps=(SERVE,))],
            "streams.page.steps: A request of this stream is served nowhere: it would take no time.",
        ),
    ],
)
def test_steps_that_cannot_be_are_refused(steps: list[Step], sentence: str) -> None:
    model = replace(MODEL, streams=(replace(MODEL.streams[0], steps=tuple(steps)),))

    assert refusal_of(model) == sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rate": 0.0}, "streams.page: The rate must be above 0, not 0.0."),
        ({"rate": NAN}, "streams.page: The rate must be a number, not nan."),
        ({"rate": None}, "streams.page: A stream has either a rate or users."),
        ({"users": 3}, "streams.page: A stream has either a rate or users."),
        ({"rate": None, "users": 0}, "streams.page: The number of users must be from 1 to 1,000,000, not 0."),
        ({"dispersion": 0.5}, "streams.page: The dispersion must be 1 or more, not 0.5."),
        ({"think": -1.0}, "streams.page: The time to think must be 0 or more, not -1.0."),
        (
            {"rate": None, "users": 3, "dispersion": 2.0},
            "streams.page: Only a stream with a rate can come in bursts.",
        ),
    ],
)
def test_streams_that_cannot_be_are_refused(changes: dict[str, object], sentence: str) -> None:
    model = replace(MODEL, streams=(replace(MODEL.streams[0], **changes),))  # type: ignore[arg-type]

    assert refusal_of(model) == sentence


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (replace(MODEL, streams=()), "streams: There is no stream of requests: nothing to simulate."),
        (replace(MODEL, streams=MODEL.streams * 2), "streams.1: The name page is given twice."),
        (
            replace(MODEL, stations=(Station(name="cpu", servers=0),)),
            "stations.cpu: The number of servers must be 1 or more, not 0.",
        ),
        (
            replace(MODEL, groups=(Group(name="web", members=0),)),
            "groups.web: The number of hosts must be from 1 to 100,000, not 0.",
        ),
        (replace(MODEL, groups=()), "stations.app: There is no group web."),
        (
            replace(MODEL, slots=(Slots(name="workers", count=0),)),
            "slots.workers: The number of slots must be 1 or more, not 0.",
        ),
        (
            replace(MODEL, slots=(Slots(name="workers", count=1, backlog=-1),)),
            "slots.workers: The backlog must be 0 or more, not -1.",
        ),
    ],
)
def test_systems_that_cannot_be_are_refused(model: Model, sentence: str) -> None:
    assert refusal_of(model) == sentence


def test_users_who_would_ask_again_at_once_for_ever_are_refused() -> None:
    steps = (Pick(group="web"), Hold(slots="pool"), Serve(station="app", mean=1.0), Free(slots="pool"))
    model = replace(MODEL, streams=(Stream(name="user", users=9, steps=steps),))

    assert refusal_of(model) == (
        "streams.user.steps: Users who do not think would ask again at once when they are refused, for ever."
    )


def test_a_refused_request_gives_back_what_it_holds() -> None:
    steps = (
        Hold(slots="workers"),
        Pick(group="web"),
        Hold(slots="pool"),
        Serve(station="app", mean=0.4),
        Free(slots="pool"),
        Leave(group="web"),
        Free(slots="workers"),
    )
    model = replace(
        MODEL,
        streams=(Stream(name="page", rate=20.0, steps=steps),),
        slots=(Slots(name="workers", count=30), Slots(name="pool", count=2, backlog=0, group="web")),
    )

    outcome = simulate(model, seed=1, most_requests=50_000)

    assert outcome.stable
    assert outcome.overall.refused.value > 0.3
    assert outcome.slots["workers"].held.value == pytest.approx(2 * outcome.slots["pool"].held.value, rel=1e-9)


@pytest.mark.parametrize("users", [None, 10])
def test_requests_that_wait_for_each_other_for_ever_are_found(users: int | None) -> None:
    def both(one: str, other: str) -> tuple[Step, ...]:
        return (Hold(slots=one), SERVE, Hold(slots=other), SERVE, Free(slots=other), Free(slots=one))

    rate = None if users else 5.0
    streams = tuple(
        Stream(name=one, rate=rate, users=users, steps=both(one, other)) for one, other in (("a", "b"), ("b", "a"))
    )
    slots = (Slots(name="a", count=1), Slots(name="b", count=1))

    assert refusal_of(replace(MODEL, streams=streams, slots=slots)) == (
        "Requests wait for slots that others hold who wait too: nothing can go on any more."
    )
