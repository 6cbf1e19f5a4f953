"""Serves, out of the installed Bootstrap package, the style sheet and script that pages use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bootstrap_wrapper
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAMES = tuple(
    name
    for file in ("css/bootstrap.min.css", "js/bootstrap.bundle.min.js")
    for name in (file, f"{file}.map")  # the files name their maps, and a name without a file is an error
)


class _Bootstrap(FileSystemStorage):
    """The package's files; collectstatic copies them to prefix + name."""

    prefix = "bootstrap"


class BootstrapFinder(BaseFinder):
    """Finds `bootstrap/css/bootstrap.min.css`, `bootstrap/js/bootstrap.bundle.min.js` and their maps."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.storage = _Bootstrap(location=str(bootstrap_wrapper.get_bootstrap_dir()))
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's place on disk, if it is one of ours."""
        name = path.removeprefix("bootstrap/")
        found = [self.storage.path(name)] if name != path and name in NAMES else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file, for collectstatic."""
        return ((name, self.storage) for name in NAMES)
