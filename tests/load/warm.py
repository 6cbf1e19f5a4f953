"""The site with all that its pages need imported before workers are forked, so that a killed one is soon replaced."""

from __future__ import annotations

from django.urls import get_resolver

from planner.wsgi import application

__all__ = ["application"]


def _import_everything() -> None:
    from planner.packed import stood
    from planner.review import sealing
    from tests.load.filling import document_of
    from topology.components import catalogue
    from topology.document import load

    assert get_resolver().url_patterns
    design = load(document_of("warm", web=2, notes=""), catalogue=catalogue())
    sealing.sealed_of(design)
    stood(design)


_import_everything()
