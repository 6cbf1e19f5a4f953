"""A host's whole tree laid over the machine's in a sandbox: what a component's check looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from topology.bundles.bundle import HostFile
from topology.bundles.sandbox import Ground, Sandbox
from topology.components import Placed, Ran

_OFFERED = re.compile(r"/(etc|opt|srv|usr|var|run|tmp|root|home)(/[^/\0]+)+")


@dataclass(frozen=True)
class HostStage:
    """The stage that a validator is given (topology.components.Stage)."""

    placed: Placed
    sandbox: Sandbox

    def scaffold(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Add a throw-away file; ValueError where the bundle holds it, or after the first run."""
        place = self._place(path)
        if self.sandbox.started or place.exists():
            raise ValueError(f"{path} cannot be scaffolded: it is in the bundle, or something was run already")
        _put(place, text, mode)

    def read(self, path: str) -> str:
        """The text of a file of the bundle or of the scaffolding; FileNotFoundError where there is none."""
        return self._place(path).read_text(encoding="utf-8")

    def run(self, argv: Sequence[str], *, seconds: float = 20, as_root: bool = True, directory: str = "/") -> Ran:
        """Run one program; what it leaves (files, interfaces, daemons) is there for the next run of this stage.

        There is one user only, so nothing can be given to another one. Raises SandboxRefused where the machine
        lets no program run so.
        """
        return self.sandbox.run(argv, seconds=seconds, as_root=as_root, directory=directory)

    def _place(self, path: str) -> Path:
        if not _OFFERED.fullmatch(path) or ".." in path.split("/"):
            raise ValueError(f"{path} is no place of a staged tree")
        return self.sandbox.staged / path.lstrip("/")


@contextmanager
def stage(placed: Placed, files: Sequence[HostFile], ground: Ground) -> Iterator[HostStage]:
    """A stage with every file of the role's host; at its end nothing of it is left."""
    with ground.scratch() as folder, Sandbox(ground, folder, hostname=placed.host.name) as sandbox:
        for file in files:
            # Nobody else is in the sandbox, so its one user must be able to read what belongs to others.
            _put(sandbox.staged / file.path, file.config.text, file.config.mode | 0o400)
        name = sandbox.staged / "etc/hostname"
        if not name.exists():
            _put(name, f"{placed.host.name}\n", 0o644)
        yield HostStage(placed, sandbox)


def _put(place: Path, text: str, mode: int) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8", newline="")
    place.chmod(mode)
