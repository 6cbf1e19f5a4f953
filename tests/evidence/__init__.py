"""Long measurements, too long for bin/test: `bin/evidence` runs them and writes down what it found.

A module here has `ISSUE` (the number its evidence is filed under), a docstring of one sentence that
becomes the heading's first line, and `measure()`, which returns an `Evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a measurement found."""

    title: str
    """The heading."""
    command: str
    """The command that shows it again."""
    passed: bool
    """Whether the measurement is what was promised."""
    columns: tuple[str, ...] = ()
    """The table's head, with units."""
    rows: tuple[tuple[Cell, ...], ...] = ()
    """The table's rows, one cell a column."""
    text: str = ""
    """What a reader must know besides, in Markdown."""

    def __post_init__(self) -> None:
        odd = [row for row in self.rows if len(row) != len(self.columns)]
        if odd:
            raise ValueError(f"{self.title}: a row has {len(odd[0])} cells for {len(self.columns)} columns")
