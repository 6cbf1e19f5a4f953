"""Taking a finding on, and taking that back: another design, in which the waiver stands with its reason and name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from topology.checks.base import Finding
from topology.design import Design, Place, TierwrightError
from topology.practice import Waiver

STALE = "The waiver fits nothing that is found here any more."
MOST_WAIVERS = 200
"""What the plan file takes."""
_SHOWN = "any characters but control characters and marks of text direction"
_WANTED = {
    "reason": f"write a reason of 8 to 1,000 characters, {_SHOWN}",
    "by": f"write your name in 2 to 100 characters, {_SHOWN}",
}


def waive(design: Design, finding: Finding, *, reason: str, by: str) -> Design:
    """The design in which somebody takes this finding on; refused where the reason or the name says too little."""
    if len(design.waivers) >= MOST_WAIVERS:
        raise TierwrightError(
            f"a plan holds {MOST_WAIVERS} waivers at most; take some back, or write one for every place in the file"
        )
    try:
        # A browser ends the lines of a text area with CR and LF.
        told = {"reason": reason.replace("\r\n", "\n").strip(), "by": " ".join(by.split())}
        waiver = Waiver(check=finding.check, where=finding.where, **told)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        wanted = _WANTED.get(field, "no waiver can name this place; mend what is found")
        raise TierwrightError(wanted, place=Place(path=field)) from None
    return design.model_copy(update={"waivers": (*design.waivers, waiver)})


def take_back(design: Design, check: str, where: str) -> Design:
    """The design without the waivers that fit a finding of this check at this place; refused where none does."""
    kept = tuple(waiver for waiver in design.waivers if not _fits(waiver, check, where))
    if kept == design.waivers:
        raise TierwrightError("this waiver is not there any more; look at the checks again")
    return design.model_copy(update={"waivers": kept})


def waived(finding: Finding, waivers: Iterable[Waiver]) -> Finding:
    """The finding as it stands beside these waivers."""
    for waiver in waivers:
        if _fits(waiver, finding.check, finding.where):
            return finding.waived(waiver)
    return finding


def stale(found: tuple[Finding, ...], waivers: Iterable[Waiver]) -> Iterator[Finding]:
    """A waiver that outlives its finding would hide the next one."""
    for waiver in waivers:
        if not any(_fits(waiver, finding.check, finding.where) for finding in found):
            where = waiver.where or "plan"
            yield Finding(check=waiver.check, level="advice", where=where, says=STALE, fix="Take the waiver back.")


def _fits(waiver: Waiver, check: str, where: str) -> bool:
    # A stale waiver for every place is shown at the place "plan", and is taken back from there.
    return waiver.check == check and waiver.where in ("", where)
