"""A cache that others run: memcached or Redis at a provider, reached by name and port.

Use it where servers of the same provider have nothing else that must last. All application servers get the same
list, in the order of the plan; of several endpoints of Redis the first is the one that takes the writes. A Redis that
others run serves as the queue for jobs too, where the plan has workers and no Redis of its own: see that it keeps its
data on the disk and forgets nothing when it is full. A transport over TLS is not written by this plan.
"""

from __future__ import annotations

from topology.components.base import Component, Stage, Trouble, Validator, Verdict
from topology.components.externals.standing_in import answered, nothing_to_check


def boot(stage: Stage) -> Verdict:
    """A server of one's own stands in for it, and Django asks it by the plan's settings."""
    return answered(stage, "Cache: kept elsewhere")


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
    evidence = "stand_in"
    answer = "RedisCache: kept elsewhere"
    validator = Validator(
        program="python3",
        package="python3",
        says="no file is written for it; Redis or memcached started under its name, and asked by Django's settings",
        check=nothing_to_check,
        boot=boot,
    )
    troubles = (
        Trouble(
            sees="Connection reset at each look-up",
            does="The provider takes TLS alone. Switch that off inside its private network, or keep a cache of one's"
            " own.",
        ),
    )


COMPONENT = ManagedCache()
