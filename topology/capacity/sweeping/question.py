"""What a sweep is asked, as a document with a digest; and the four things that are done with it."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, NoReturn

from pydantic import Field, TypeAdapter

from topology.capacity.engine import ENGINE
from topology.capacity.sweeping.build import BUILD
from topology.capacity.sweeping.cutting import Piece, cut
from topology.capacity.sweeping.seeds import ManySeeds
from topology.capacity.sweeping.tally import Tell
from topology.capacity.sweeping.worlds import ManyWorlds
from topology.errors import TierwrightError

Question = ManyWorlds | ManySeeds
_ADAPTER: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="kind")])
BIG = 400_000
"""Cells of a shard of `ManyWorlds`: about half a second's work."""
FEW = 4
"""Seeds of a shard of `ManySeeds`."""
MOST_SHARDS = 10_000


def canonical(document: Any) -> str:
    """The one way in which a document is written: sorted keys, no blanks; no number that is none."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sweep_digest(text: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def sweep_text(question: Question) -> str:
    """The question as text: the same question, the same text."""
    return canonical(question.model_dump(mode="json"))


def sweep_question(text: str) -> Question:
    """The question of a text that `sweep_text` wrote; raises TierwrightError where this engine or build is another."""
    question = _ADAPTER.validate_json(text)
    if question.engine != ENGINE:
        _refuse(f"engine {question.engine}", f"engine {ENGINE}")
    if question.build != BUILD:
        _refuse(f"build {question.build}", f"build {BUILD}")
    return question


def _refuse(begun: str, here: str) -> NoReturn:
    raise TierwrightError(
        f"this sweep was begun with {begun}, and here is {here}; their figures may differ, so begin it anew, with the"
        " same version of Tierwright, numpy and numba and the same kind of processor wherever shards run"
    )


def sweep_pieces(question: Question, count: int | None = None) -> list[Piece]:
    """The question cut into at most so many pieces, by default into pieces of a second or so."""
    rows, columns = question.shape
    if count is None:
        each = BIG if isinstance(question, ManyWorlds) else FEW
        count = min(MOST_SHARDS, -(-rows * columns // each))
    if count > MOST_SHARDS:
        raise TierwrightError(f"a sweep has at most {MOST_SHARDS:,} shards")
    return cut(rows, columns, count)


def sweep_work(question: Question, piece: Piece, tell: Tell) -> str:
    """The work of one piece as text: the same piece of the same question, the same text, whoever does it."""
    return canonical(question.work(piece, tell))


def sweep_join(question: Question, parts: list[str]) -> str:
    """The answer as text, from the texts of pieces that cover everything once, in any order."""
    return canonical(question.join(json.loads(part) for part in parts))
