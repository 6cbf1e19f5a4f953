"""A PostgreSQL of one's own for measurements that take nothing away from it: fast, gone with the block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.load.cluster import postgresql


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server with an empty database; FileNotFoundError where its programs are not installed."""
    with postgresql(is_safe=False) as cluster:
        yield cluster.url
