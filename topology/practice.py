"""What a person says of a site's own settings and habits, which no plan can see: what it keeps, and where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topology.fields import Slug, Text
from topology.value import Value


class Practice(Value):
    """What a site does, as its people say. What is left out is unknown, and the checks say so."""

    sessions: Literal["database", "cache", "cached_db", "signed_cookies", "file"] | None = None
    """Where sessions are kept: SESSION_ENGINE."""
    cache: Literal["shared", "database", "local_memory", "file", "none"] | None = None
    """Which cache the site's own settings use, where they do not take the plan's."""
    uploads: Literal["media_root", "object_store", "local_disk", "none"] | None = None
    """Where files that people send are kept; local_disk is anywhere outside MEDIA_ROOT."""
    local_files: bool | None = None
    """Whether code reads or writes other files of its own server that must last: reports, indexes, locks."""
    local_addresses: bool | None = None
    """Whether settings or code name localhost for something that a plan may move."""
    replaceable: bool | None = None
    """Whether a web server can be made anew from the repository and the bundle alone."""
    takes_plan_settings: bool | None = None
    """Whether the site's settings end with `from tierwright_settings import *`."""
    health_answered: bool | None = None
    """Whether the health path is left alone by the site's middleware: no redirect to https, no sign-in."""
    prepared_statements: bool | None = None
    """Whether server-side prepared statements are on (psycopg's server_side_binding)."""
    scheduled: Literal["beat", "cron", "none"] | None = None
    """How jobs are started by the clock; each must start once in the cluster."""
    secret_key_shared: bool | None = None
    """Whether all servers of the site have the same SECRET_KEY."""


class Waiver(Value):
    """A finding that somebody takes on, with a reason and a name; it stays visible."""

    check: Slug
    """Name of the check."""
    where: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_./: -]*$")] = ""
    """Place of the finding as the check names it; empty is every place of this check."""
    reason: Annotated[Text, Field(min_length=8, max_length=1000)]
    """Why it is taken on."""
    by: Annotated[Text, Field(min_length=2, max_length=100)]
    """Who takes it on."""
