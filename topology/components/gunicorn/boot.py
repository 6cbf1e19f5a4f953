"""Starts gunicorn as the unit does, with a real Django site in the place of the first one's code, and asks it."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.gunicorn.settings import listening_of
from topology.components.reading import read_unit
from topology.components.serving import unit_name


def boot(stage: Stage) -> Verdict:
    """The first site: its health, what every way of serving must answer, new code under way, its end."""
    booting.scaffold_sites(stage)
    first = listening_of(stage.placed)[0]
    command = read_unit(stage.read(f"/etc/systemd/system/{unit_name(first[0])}"))["Service.ExecStart"][0]
    return booting.boot_over_http(stage, first, program="gunicorn", command=command)
