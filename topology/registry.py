"""Discovery: every family of parts (components, stages, checks) is found in its package, never listed by hand."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def discover(package: ModuleType, kind: type[Kind]) -> tuple[Kind, ...]:
    """Every module-level instance of `kind` in the modules and folders of `package`, in the order of their names.

    A folder without an instance of its own is a family: its members are looked for in it. Names that begin with an
    underscore are passed over.
    """
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_"))
    found: list[Kind] = []
    for name in names:
        module = importlib.import_module(f"{package.__name__}.{name}")
        own = tuple(value for value in vars(module).values() if isinstance(value, kind))
        if not own and hasattr(module, "__path__"):
            own = discover(module, kind)
        found.extend(value for value in own if value not in found)
    return tuple(found)
