"""Rows of a CSV table with named columns, every refusal with its line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from topology.errors import Place, TierwrightError

MOST_ROWS = 5000
_INTEGER = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its cells by column, those left blank left out."""

    file: str | None
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """A cell that must be there."""
        found = self.cells.get(column)
        if found is None:
            raise self.refused(column, f"{column} is left out; it is needed")
        return found

    def number(self, column: str) -> int | float | None:
        """A cell as a number in the form in which it was written; None where it is blank."""
        text = self.cells.get(column)
        if text is None:
            return None
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return float(text)
        raise self.refused(column, "this should be a number, such as 8 or 55.84: digits, with a point")

    def refused(self, column: str, sentence: str) -> TierwrightError:
        """A refusal of what stands in one cell."""
        return TierwrightError(sentence, place=Place(file=self.file, line=self.line, path=column))


def read_rows(
    content: str, *, columns: Collection[str], needed: Collection[str], file: str | None = None
) -> Iterator[Row]:
    """The rows under a header of known columns; blank lines are passed over.

    Raises TierwrightError for a column that is unknown, missing or there twice, and for rows of another width.
    """
    reader = csv.reader(io.StringIO(content.removeprefix("\ufeff")), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, columns, needed, file)
        for count, cells in enumerate(reader):
            if any(cell.strip() for cell in cells):
                yield _row(header, cells, file=file, line=reader.line_num, count=count)
    except csv.Error as error:
        raise TierwrightError(f"this is no CSV table: {error}", place=Place(file=file, line=reader.line_num)) from None


def _row(header: list[str], cells: list[str], *, file: str | None, line: int, count: int) -> Row:
    place = Place(file=file, line=line)
    if count >= MOST_ROWS:
        raise TierwrightError(f"the table has more than {MOST_ROWS:,} rows; leave some out", place=place)
    if len(cells) != len(header):
        raise TierwrightError(
            f"this row has {len(cells)} cells and the header names {len(header)} columns", place=place
        )
    stripped = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    return Row(file=file, line=line, cells={column: cell for column, cell in stripped.items() if cell})


def _check_header(header: list[str], columns: Collection[str], needed: Collection[str], file: str | None) -> None:
    place = Place(file=file, line=1)
    for name in header:
        if name not in columns:
            raise TierwrightError(f"no column is called {name[:40]!r}; there are {', '.join(columns)}", place=place)
        if header.count(name) > 1:
            raise TierwrightError(f"the column {name} stands in the header twice", place=place)
    for name in needed:
        if name not in header:
            raise TierwrightError(f"the header has no column {name}; it is needed", place=place)
