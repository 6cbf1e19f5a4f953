"""What a check of a proposal is: a look at its newest revision that ends in one of few words and a sentence."""

from __future__ import annotations

import hashlib
import json
from abc import ABC
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from planner.models import Proposal, Team
from planner.packed import built, stood_beside
from topology import revisions
from topology.bundles import Bundle
from topology.design import Design
from topology.models import Revision
from topology.weighing import Standing

Outcome = Literal["pass", "fail", "waived", "unknown", "running"]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a check says; `unknown` where nobody said what it would have to know."""

    outcome: Outcome
    says: str

    def evidence(self, check: str) -> str:
        """SHA-256 of it: whoever takes a failure on takes on this one and no other."""
        said = json.dumps([check, self.outcome, self.says], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that a check may look at."""

    proposal: Proposal
    team: Team
    revision: Revision
    today: date

    @property
    def design(self) -> Design:
        """The design."""
        return revisions.design_of(self.revision)

    @property
    def bundle(self) -> Bundle:
        """Its files."""
        return built(self.design)

    @property
    def stood(self) -> Standing:
        """Its forecast and its outlook, asked what was observed on the servers that stand."""
        return stood_beside(revisions.design_of(self.proposal.base), self.design)


class Check(ABC):
    """A rule about a proposal. One instance a module; the module's docstring is what people read."""

    title: ClassVar[str]
    """The rule as a short sentence without a full stop."""
    place: ClassVar[int]
    """Where it stands in the list."""

    @property
    def name(self) -> str:
        """The module's name; waivers name the check by it."""
        return type(self).__module__.rpartition(".")[2]

    def look(self, subject: Subject) -> Said:
        """What it says of the proposal."""
        raise NotImplementedError


def passes(says: str) -> Said:
    """It is as it should be."""
    return Said(outcome="pass", says=says)


def fails(says: str) -> Said:
    """It is not: nobody accepts before it is mended, or taken on by name."""
    return Said(outcome="fail", says=says)


def unknown(says: str) -> Said:
    """Nobody said what it would have to know."""
    return Said(outcome="unknown", says=says)


def joined(parts: list[str]) -> str:
    """Sentences in a row."""
    return " ".join(part[:1].upper() + part[1:] + ("" if part.endswith(".") else ".") for part in parts)
