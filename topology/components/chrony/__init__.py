"""The right time on every server, so that logs of different servers can be laid side by side.

It is on every server by itself: sessions, signed cookies, certificates and replication go by the clock. Write
`{chrony: {managed: false}}` on a tier whose time something else keeps, such as the provider's own agent; its servers
then get no file, and the check of what covers every host says so until somebody takes it on.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import (
    EVERY_HOST,
    Component,
    ConfigFile,
    Log,
    Measured,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.chrony.settings import ChronySettings, size
from topology.components.chrony.validate import ANSWER, PATH, boot, check, read
from topology.components.reading import Reading, Texts
from topology.components.rendering import render


class Chrony(Component):
    """The clock."""

    name = "chrony"
    title = "chrony"
    roles = {"chrony": "keeps the time, on every server"}  # noqa: RUF012
    packages = {"debian12": "4.3", "ubuntu2404": "4.5"}  # noqa: RUF012
    package = "chrony"
    settings = ChronySettings
    implied_by = frozenset({EVERY_HOST})
    evidence = "booted"
    answer = ANSWER
    measured = Measured(memory_mib=4, cpu_ms=0.0, says="a question of chronyc, 20 of them: too little to be seen")
    logs = (Log(path="journal: chrony.service", says="sources that were chosen, and steps of the clock"),)
    troubles = (
        Trouble(
            sees="`chronyc sources` shows only `?`",
            does="No answer comes back from port 123/udp: see the provider's firewall, or write servers of your"
            " network, as most clouds have.",
        ),
        Trouble(
            sees="the time jumps after a machine was paused",
            does="makestep allows steps at the start only; restart chrony, then the programs that go by the clock.",
        ),
    )
    validator = Validator(
        program="chronyd",
        package="chrony",
        says="chronyd -p -f /etc/chrony/chrony.conf, and its sources held against the plan",
        check=check,
        boot=boot,
    )

    def size(self, placed: Placed) -> Sizing:
        """Where the time comes from."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/chrony/chrony.conf; none where something else keeps the time."""
        sized = size(placed)
        if not sized["managed"]:
            return ()
        text = render(self, "chrony.conf.j2", servers=list(sized["source_names"].split()), is_pool=sized["is_pool"])
        file = ConfigFile(path=PATH, text=text, action="restart", unit="chrony.service", reasons=sized.reasons)
        return (file,)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Whom it asks for the time."""
        return read(texts)


COMPONENT = Chrony()
