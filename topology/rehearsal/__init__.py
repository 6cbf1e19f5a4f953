"""Rehearsal: a bundle started for real on this one machine, every host in namespaces of its own, and then asked.

Each host is started from its exported files alone: its units are read as systemd reads them, its preparations are
done with throw-away secrets, and the public stands outside of the private network, before the real firewall. It needs
root and Linux, and the programs of the plan installed; it leaves nothing behind, also where it is killed.
"""

from __future__ import annotations

import time
from dataclasses import replace

from topology.bundles import Bundle
from topology.errors import TierwrightError
from topology.rehearsal.drills import Drill, last_web_server, take_away_and_put_back
from topology.rehearsal.hosts import Rack, refuse_unfit_machine
from topology.rehearsal.questions import Answer, ask_all, wait_until_whole
from topology.rehearsal.report import Report, drill_sentence
from topology.rehearsal.startup import Started, Startup, Telling
from topology.rehearsal.traffic import Load

__all__ = ["Answer", "Drill", "Load", "Report", "Started", "drill_sentence", "refuse_unfit_machine", "rehearse"]

SYSTEM = "debian12"
"""The system whose packages this machine has, and whose units are read."""


def rehearse(bundle: Bundle, *, tell: Telling | None = None, drill: bool = True) -> Report:
    """Start every host of a bundle, ask its sites everything, and take a web server away under load.

    Raises TierwrightError where this machine cannot, and with the words of the first program that does not start.
    """
    say = tell or _silent
    began = time.monotonic()
    design = bundle.cluster.design
    _refuse(bundle)
    with Rack({host.name: host.address for host in design.hosts}, str(design.cidr)) as rack:
        startup = Startup(bundle, rack, say)
        started = startup.start()
        say("the public asks")
        wait_until_whole(bundle.cluster, rack)
        answers = ask_all(bundle.cluster, rack)
        whole = all(answer.passed for answer in answers)
        if not whole:
            started = replace(started, said=startup.said())
        server = last_web_server(bundle.cluster) if drill and whole else None
        if server:
            say(f"{server} is drained, taken away and put back under load")
        drilled = take_away_and_put_back(startup, server) if server else None
    return Report(
        plan=design.name,
        content_digest=bundle.content_digest,
        started=started,
        answers=answers,
        drill=drilled,
        seconds=time.monotonic() - began,
    )


def _refuse(bundle: Bundle) -> None:
    refuse_unfit_machine()
    design = bundle.cluster.design
    if design.system != SYSTEM:
        raise TierwrightError(
            f"the plan is for {design.system} and this machine has the programs of {SYSTEM}; rehearse a copy of the"
            f" plan with system: {SYSTEM}"
        )
    if not bundle.cluster.hosts_offering("app"):
        raise TierwrightError("no server of the plan runs the site's code, so there is nothing to ask")


def _silent(sentence: str) -> None:
    """Nobody watches."""
