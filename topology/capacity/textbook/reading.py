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


def parse_case(content: str | bytes, *, file: str | None = None) -> Any:
    """Plain data from JSON text; raises TierwrightError naming file and line."""
    place = Place(file=file)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise TierwrightError("this is no text in UTF-8", place=place) from None
    except json.JSONDecodeError as error:
        raise TierwrightError(f"this is no JSON: {error.msg}", place=Place(file=file, line=error.lineno)) from None
    except RecursionError:
        raise TierwrightError("this is nested too deeply to be a case", place=place) from None
    except ValueError as error:
        raise TierwrightError(str(error), place=place) from None


def read(model: type[Document], data: Mapping[str, Any], *, file: str | None = None) -> Document:
    """The case in its typed form; raises TierwrightError with everything that is wrong."""
    try:
        return model.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        items = sorted(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    except RecursionError:
        raise TierwrightError("this is nested too deeply to be a case", place=Place(file=file)) from None
    problems = {_where(data, item): _sentence(item, model) for item in reversed(items)}
    raise PlanRefused([(Place(file=file, path=path), says) for path, says in reversed(problems.items())])


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {json.dumps(key, ensure_ascii=False)} is there twice")
        found[key] = value
    return found


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is no number: write a finite one")


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
    return _SAYS.get(item["type"]) or _plain(item["msg"])


def _plain(message: str) -> str:
    for word in ("Input should", "Tuple should", "String should"):
        message = message.replace(word, "this should")
    return message


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
