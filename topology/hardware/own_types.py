"""A person's own server types from a CSV table whose header names the keys of the plan file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from topology.errors import Place, TierwrightError
from topology.hardware.rows import Row, read_rows
from topology.hardware.server_type import ServerType, check_type_name

KEYS = tuple(ServerType.model_fields)
NEEDED = ("name", *(key for key, field in ServerType.model_fields.items() if field.is_required()))
MOST_BYTES = 2_000_000


def read_types(path: str | Path) -> Mapping[str, ServerType]:
    """The server types of a CSV file in UTF-8; raises TierwrightError with file, line and column."""
    place = Place(file=str(path))
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        content = data.decode("utf-8")
    except OSError as error:
        raise TierwrightError(f"this file cannot be read: {error.strerror}", place=place) from None
    except UnicodeDecodeError:
        raise TierwrightError("this file is not text in UTF-8", place=place) from None
    if len(data) > MOST_BYTES:
        raise TierwrightError(f"this file is larger than {MOST_BYTES:,} bytes", place=place)
    return types_from_csv(content, file=str(path))


def types_from_csv(content: str, *, file: str | None = None) -> Mapping[str, ServerType]:
    """The server types of a CSV table by their names, in its order.

    The columns are `name`, `cores`, `ram_mib` and, where they are known, `disk_gib`, `network_mbit`, `price_month`
    and `speed`, in any order; a blank cell is a key left out. Raises TierwrightError with line and column.
    """
    found: dict[str, ServerType] = {}
    for row in read_rows(content, columns=("name", *KEYS), needed=NEEDED, file=file):
        name = _name(row)
        if name in found:
            raise row.refused("name", f"the type {name} stands in this table twice; give one of them another name")
        found[name] = server_type_of(row)
    if not found:
        raise TierwrightError("this table names no server type", place=Place(file=file))
    return found


def server_type_of(row: Row) -> ServerType:
    """The server type that a row describes."""
    values = {key: row.number(key) for key in KEYS}
    for key in NEEDED:
        row.text(key)
    try:
        return ServerType.model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        sentence = first["msg"][:1].lower() + first["msg"][1:]
        raise row.refused(str(first["loc"][0]), sentence.replace("input should", "this should")) from None


def _name(row: Row) -> str:
    name = row.text("name")
    try:
        return check_type_name(name)
    except ValueError as error:
        raise row.refused("name", str(error)) from None
