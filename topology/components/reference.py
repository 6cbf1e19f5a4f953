"""The catalogue in words: every component from its docstring, its typed settings and what it says of itself."""

from __future__ import annotations

import inspect
import sys
from dataclasses import asdict, dataclass
from typing import Any

from topology.components.base import Component


@dataclass(frozen=True, kw_only=True)
class SettingText:
    """One setting of a role: its name, what it is, and the values that it takes."""

    name: str
    says: str
    takes: str


def text_of(component: Component) -> str:
    """What it is and when to use it: the docstring of its folder."""
    return inspect.cleandoc(sys.modules[type(component).__module__].__doc__ or "")


def settings_of(component: Component) -> tuple[SettingText, ...]:
    """Its settings, each with its text and the values that it takes, from the fields' own types."""
    properties = component.settings.model_json_schema()["properties"] if component.settings.model_fields else {}
    return tuple(
        SettingText(name=name, says=schema.get("description", ""), takes=_takes(schema))
        for name, schema in properties.items()
    )


def entry_of(component: Component) -> dict[str, Any]:
    """The JSON form that others build on."""
    return {
        "name": component.name,
        "title": component.title,
        "roles": list(component.roles),
        "era": list(component.era),
        "packages": dict(component.packages),
        "validator": component.validator.says if component.validator else None,
        "evidence": component.evidence,
        "answer": component.answer,
        "measured": None if component.measured is None else asdict(component.measured),
        "externals": dict(component.externals),
        "logs": [asdict(item) for item in component.logs],
        "troubles": [asdict(item) for item in component.troubles],
        "translations": [asdict(item) for item in component.translations],
        "text": text_of(component),
        "offers": {role: list(services) for role, services in component.offers.items()},
        "settings": [{"name": s.name, "says": s.says, "takes": s.takes} for s in settings_of(component)],
    }


def _takes(schema: dict[str, Any]) -> str:
    """The values of a field in a few words: `integer from 1 to 64`."""
    choices = [_one(choice) for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]
    return " or ".join(dict.fromkeys(choices))


def _one(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_one(schema['items'])}" if "items" in schema else "list"
    plain = str(schema.get("type", "value"))
    kind = {"string": "text", "boolean": "true or false"}.get(plain, plain)
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"{kind} from {least} to {most}"
    return kind
