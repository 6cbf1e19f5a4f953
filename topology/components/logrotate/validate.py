"""Lets logrotate read its file without acting, and holds the files that it names against the plan.

For a directive that it does not know logrotate prints an error, passes the line over and ends with 0; for a brace that
is never closed it says nothing.
"""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.logrotate.files import OF_PACKAGES, PATH, read, text_of


def check(stage: Stage) -> Verdict:
    """logrotate -d, without any error, then the files."""
    ran = stage.run(["logrotate", "-d", PATH])
    faults = [line for line in ran.output.splitlines() if "error:" in line]
    if ran.status != 0 or faults:
        return Verdict(accepted=False, says="\n".join(faults) or ran.output.strip())
    text = stage.read(PATH)
    if text.count("{") != text.count("}"):
        return Verdict(accepted=False, says="a brace is left open: what follows would belong to this rule")
    found, wanted = (read({PATH: text}).rotates for text in (stage.read(PATH), text_of(stage.placed)))
    if found != wanted:
        odd = ", ".join(sorted(set(found) ^ set(wanted)))
        return Verdict(accepted=False, says=f"the logs differ from the plan's: {odd}")
    count = len(found) - len(OF_PACKAGES)
    return Verdict(accepted=True, says=f"logrotate finds no error; it rotates {count} logs beside the packages' own")
