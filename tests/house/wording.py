"""Says in words what a typed field of a document takes, for the papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

Namer = Callable[[type[BaseModel]], str]
_PLAIN = {bool: "true or false", int: "whole number", float: "number", str: "text"}


def name_alone(model: type[BaseModel]) -> str:
    """A document by its name."""
    return model.__name__


def takes(field: FieldInfo, name_of: Namer = name_alone) -> str:
    """What a field takes, such as `whole number from 1 to 64`; documents are named by `name_of`."""
    return _constrained(_words(field.annotation, name_of), field.metadata)


def documents(field: FieldInfo) -> list[type[BaseModel]]:
    """The documents that a field may hold, in the order in which they are met."""
    return list(_documents_in(field.annotation))


def _words(kind: Any, name_of: Namer) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _constrained(_words(inner[0], name_of), inner[1:])
    if origin in (Union, UnionType):
        return _choice([member for member in inner if member is not NoneType], name_of)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin is tuple:
        return f"list of {_words(inner[0], name_of)}"
    if origin is not None and issubclass(origin, Mapping):
        return f"mapping of {_words(inner[0], name_of)} to {_words(inner[1], name_of)}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return name_of(kind)
    return _PLAIN[kind]


def _choice(members: list[Any], name_of: Namer) -> str:
    kinds = [member for member in members if not ({int, float} <= set(members) and member is int)]
    return " or ".join(dict.fromkeys(_words(member, name_of) for member in kinds))


def _constrained(words: str, metadata: Iterable[Any]) -> str:
    flat = list(_flat(metadata))
    named = next((_check_name(item.func) for item in flat if isinstance(item, AfterValidator)), None)
    pattern = next((item.pattern for item in flat if getattr(item, "pattern", None)), None)
    words = named if named and words == "text" else words
    unit = " characters" if words == "text" else ""
    return f"{words}{_bounds(flat)}{_lengths(flat, unit)}{f' like `{pattern}`' if pattern else ''}"


def _flat(metadata: Iterable[Any]) -> Iterable[Any]:
    for item in metadata:
        if isinstance(item, FieldInfo):
            yield from item.metadata
        else:
            yield item


def _bounds(metadata: list[Any]) -> str:
    least = next((f"from {item.ge:,}" for item in metadata if isinstance(item, Ge)), None)
    above = next((f"above {item.gt:,}" for item in metadata if isinstance(item, Gt)), None)
    most = next((f"to {item.le:,}" for item in metadata if isinstance(item, Le)), None)
    below = next((f"below {item.lt:,}" for item in metadata if isinstance(item, Lt)), None)
    return "".join(f" {words}" for words in (least, above, most, below) if words)


def _lengths(metadata: list[Any], unit: str) -> str:
    least = next((item.min_length for item in metadata if isinstance(item, MinLen) and item.min_length), None)
    most = next((item.max_length for item in metadata if isinstance(item, MaxLen)), None)
    if most is None:
        return f", at least {least}{unit}" if least else ""
    return f", {least} to {most:,}{unit}" if least else f", at most {most:,}{unit}"


def _check_name(check: Callable[..., Any]) -> str:
    return check.__name__.lstrip("_").removeprefix("check_").replace("_", " ")


def _documents_in(kind: Any) -> Iterable[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif get_origin(kind) is not Literal:
        inner = get_args(kind)
        for member in inner[:1] if get_origin(kind) is Annotated else inner:
            yield from _documents_in(member)
