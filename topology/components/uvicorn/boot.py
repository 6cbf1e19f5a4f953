"""Starts uvicorn as the unit does, with a real Django site in the place of the first one's code, and asks it."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.uvicorn.settings import listening_of
from topology.components.uvicorn.validate import command_of, scaffold

_ASGI = booting.SAMPLE_SITE + "\nfrom django.core.asgi import get_asgi_application\n\n{name} = get_asgi_application()\n"


def boot(stage: Stage) -> Verdict:
    """The first site: its health, what every way of serving must answer, new code under way, its end."""
    scaffold(stage, _ASGI)
    first = listening_of(stage.placed)[0]
    return booting.boot_over_http(stage, first, program="uvicorn", command=command_of(stage, first[0]))
