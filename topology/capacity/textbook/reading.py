"""Reads a case from plain data, and says of each thing that is wrong where it is and what would be right."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from topology.document import PlanRefused
from topology.errors import Place, TierwrightError
from topology.plain_yaml import path_text

Document = TypeVar("Document", bound=BaseModel)

_SAYS = {
    "missing": "this key is required",
    "int_type": "this must be a whole number",
    "int_from_float": "this must be a whole number",
    "float_type": "this must be a number",
    "string_type": "this must be text",
    "tuple_type": "this must be a list",
    "mapping_type": "this must be a mapping of keys",
    "dict_type": "this must be a mapping of keys",
    "model_type": "this must be a mapping of keys",
    "model_attributes_type": "this must be a mapping of keys",
    "finite_number": "this must be a finite number",
}
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length")
_SAYS_OF_LIMIT = {
    "greater_than_equal": "this must be {:g} or more",
    "greater_than": "this must be above {:g}",
    "less_than_equal": "this must be {:g} or less",
    "less_than": "this must be below {:g}",
    "too_short": "this must have a length of {} or more",
    "too_long": "this must have a length of {} or less",
    "string_too_short": "this must have a length of {} or more",
    "string_too_long": "this must have a length of {} or less",
}


def parse_case(content: str | bytes, *, file: str | None = None) -> Any:
    """Plain data from JSON text; raises TierwrightError naming file and line."""
    place = Place(file=file)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    except TierwrightError as error:
        raise TierwrightError(error.sentence, place=Place(file=file, path=error.place.path)) from None
    except UnicodeDecodeError:
        raise TierwrightError("this is no text in UTF-8", place=place) from None
    except json.JSONDecodeError as error:
        raise TierwrightError(f"this is no JSON: {error.msg}", place=Place(file=file, line=error.lineno)) from None
    except RecursionError:
        raise TierwrightError("this is nested too deeply to be a case", place=place) from None
    except ValueError:
        raise TierwrightError("a number here has too many digits", place=place) from None


def read(model: type[Document], data: Mapping[str, Any], *, file: str | None = None) -> Document:
    """The case in its typed form; raises TierwrightError with everything that is wrong."""
    try:
        return model.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        items = _telling(error.errors(include_url=False))
    except RecursionError:
        raise TierwrightError("this is nested too deeply to be a case", place=Place(file=file)) from None
    problems = {_where(data, item): _sentence(item, model) for item in reversed(items)}
    raise PlanRefused([(Place(file=file, path=path), says) for path, says in reversed(problems.items())])


def _telling(items: list[ErrorDetails]) -> list[ErrorDetails]:
    """Unknown keys first, since a mistyped key is the cause of a missing one; no list short of a refused item."""
    short = [item for item in items if item["type"] == "too_short"]
    kept = [
        item
        for item in items
        if item not in short
        or not any(other["loc"][: len(item["loc"])] == item["loc"] for other in items if other is not item)
    ]
    return sorted(kept, key=lambda item: item["type"] != "extra_forbidden")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise TierwrightError("this key is there twice", place=Place(path=path_text((key,))))
        found[key] = value
    return found


def _refuse_constant(word: str) -> float:
    raise TierwrightError(f"{word} is no number: write a finite one")


def _where(data: Any, item: ErrorDetails) -> str:
    """The part of a location that is really in the data (pydantic adds steps of its own)."""
    path: list[str | int] = []
    for part in item["loc"]:
        inside = part < len(data) if isinstance(data, list) and isinstance(part, int) else part in _keys(data)
        if inside:
            data = data[part]
            path.append(part)
    if item["type"] == "missing":
        path.append(item["loc"][-1])
    return path_text(tuple(path))


def _keys(data: Any) -> list[Any]:
    return list(data) if isinstance(data, dict) else []


def _sentence(item: ErrorDetails, model: type[BaseModel]) -> str:
    if item["type"] == "extra_forbidden":
        key = str(item["loc"][-1])
        names = list(_model_at(model, item["loc"][:-1]).model_fields)
        close = difflib.get_close_matches(key, names, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; known keys: {', '.join(names)}"
        return f"the key {json.dumps(key, ensure_ascii=False)} is not known here{hint}"
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    limit = next((value for key, value in item.get("ctx", {}).items() if key in _LIMITS), None)
    if limit is not None and item["type"] in _SAYS_OF_LIMIT:
        return _SAYS_OF_LIMIT[item["type"]].format(limit)
    return _SAYS.get(item["type"]) or item["msg"].replace("Input should", "this should")


def _model_at(model: type[BaseModel], location: tuple[str | int, ...]) -> type[BaseModel]:
    """The model of the place that a key was found in."""
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
