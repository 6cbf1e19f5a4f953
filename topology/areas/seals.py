"""The seal of an area: what an approval was given for, as four short texts that either are the same or are not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from topology.errors import Place, TierwrightError

LONGEST = 100
"""Characters that each text of a seal may have."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What stood in an area: an approval holds as long as every text is equal."""

    area: str
    """Name of the area."""
    design: str
    """Digest of its part of the document."""
    files: str
    """Digest of the paths and contents of its files."""
    assumptions: str
    """Digest of what the forecast was asked with: workload, promise, currency, prices of its servers."""
    engine: str
    """Version of the forecast's engine."""

    def as_data(self) -> dict[str, str]:
        """The seal as plain data."""
        return asdict(self)

    @classmethod
    def read(cls, data: Any) -> Self:
        """The seal from plain data; raises TierwrightError for anything else."""
        names = set(cls.__dataclass_fields__)
        if not isinstance(data, dict) or data.keys() != names:
            raise TierwrightError(f"a seal has the keys {', '.join(sorted(names))}", place=Place(path="seal"))
        if not all(isinstance(text, str) and 0 < len(text) <= LONGEST for text in data.values()):
            raise TierwrightError(f"each part of a seal is text of 1 to {LONGEST} characters", place=Place(path="seal"))
        return cls(**data)


def digest_of(data: Any) -> str:
    """SHA-256 of the canonical JSON of plain data: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
