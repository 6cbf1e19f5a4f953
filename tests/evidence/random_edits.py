"""Random edits of the demo's stages, after which approvals are kept and staled exactly as a plain oracle says."""

from __future__ import annotations

from tests.evidence import Cell, Evidence
from tests.topology.area_oracle import VERDICTS, Verdicts, judge

ISSUE = 4
COUNT = 2000
SEED = 4
KINDS = {"tier": "tiers", "role": "roles", "plan": "the plan outside its tiers"}


def measure(count: int = COUNT) -> Evidence:
    """Approve every area of a stage, edit the stage, and ask both."""
    verdicts = judge(count, seed=SEED)
    rows = tuple(_row(kind, title, verdicts) for kind, title in KINDS.items())
    wrong = "".join(f"- {line}\n" for line in verdicts.wrong[:20])
    return Evidence(
        title="Approvals after random edits",
        command="bin/evidence 4 --only random_edits",
        passed=not verdicts.wrong,
        columns=("approvals of", *VERDICTS),
        rows=rows,
        text=(
            f"{verdicts.edits:,} edits of one to three steps, {verdicts.judged:,} approvals held against what came of"
            f" them, {len(verdicts.wrong):,} disagreements. The oracle renders both designs and compares every text and"
            " every part of the document with `==`; it knows no digest and no area of the program. An approval falls"
            " by what is named at the head of its column first: its part of the document, the assumptions, or files"
            " that follow from changes elsewhere.\n\n" + wrong
        ),
    )


def _row(kind: str, title: str, verdicts: Verdicts) -> tuple[Cell, ...]:
    return (title, *(verdicts.counts.get((kind, verdict), 0) for verdict in VERDICTS))
