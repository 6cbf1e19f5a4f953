"""A cache that others run: memcached or Redis at a provider, reached by name and port.

Use it where servers of the same provider have nothing else that must last. All application servers get the same
list, in the order of the plan; of several endpoints of Redis the first is the one that takes the writes. A Redis that
others run serves as the queue for jobs too, where the plan has workers and no Redis of its own: see that it keeps its
data on the disk and forgets nothing when it is full. A transport over TLS is not written by this plan.
"""

from __future__ import annotations

from topology.components.base import Component, Trouble


class ManagedCache(Component):
    """A managed cache."""

    name = "managed_cache"
    title = "Managed cache"
    roles = {}  # noqa: RUF012
    packages = {}  # noqa: RUF012
    externals = {  # noqa: RUF012
        "memcached": "a memcached that others run, one entry for each of its servers",
        "redis": "a Redis that others run, the primary first; the queue for jobs too where the plan has no other",
    }
    troubles = (
        Trouble(
            sees="Connection reset at each look-up",
            does="The provider takes TLS alone. Switch that off inside its private network, or keep a cache of one's"
            " own.",
        ),
    )


COMPONENT = ManagedCache()
