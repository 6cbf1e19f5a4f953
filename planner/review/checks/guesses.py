"""How much of the answer rests on guesses. It never keeps anybody from accepting; a measured figure makes it less."""

from __future__ import annotations

from planner.review.checks.base import Check, Said, Subject, passes, unknown
from topology.capacity import percent


class Guesses(Check):
    """What nobody measured."""

    title = "Rests on measured figures"
    place = 7

    def look(self, subject: Subject) -> Said:
        """The share of the answer that would be other with other guesses."""
        stood = subject.stood
        if stood.forecast is None:
            return unknown(f"There is no forecast: {stood.trouble}.")
        guessed = [item for item in stood.inputs if item.figure.basis == "guess"]
        if not guessed:
            return passes("No figure of the forecast is a guess.")
        share = percent(stood.forecast.guessed_share)
        return unknown(f"{share} of the answer rests on guesses, first of all on {guessed[0].name}.")


guesses = Guesses()
