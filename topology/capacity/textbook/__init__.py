"""Textbook models by name, for verification: the formulas are those that the engine uses."""

from __future__ import annotations

from topology.capacity.textbook.dispatch import solve_case
from topology.capacity.textbook.reading import parse_case

__all__ = ["parse_case", "solve_case"]
