"""Where the tests' own database is, for processes that a test starts."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """The test database as DATABASE_URL would name it."""
    kept = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{kept['NAME']}"
    user, password, host, name = (quote(str(kept[key]), safe="") for key in ("USER", "PASSWORD", "HOST", "NAME"))
    port = f":{kept['PORT']}" if kept["PORT"] else ""
    return f"postgres://{user}:{password}@{host}{port}/{name}"
