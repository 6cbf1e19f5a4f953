"""A database that others run: PostgreSQL or MySQL at a provider, reached by name and port.

Use it where nobody of the team wants to be woken for a database. Its backups, replicas and limits are the provider's:
what it carries is not forecast, and how many connections it takes is written nowhere in the plan. A pool of
connections of one's own may still stand before PostgreSQL. Where the plan has a database of its own too, that holds.
"""

from __future__ import annotations

from topology.components.base import Component, Stage, Trouble, Validator, Verdict
from topology.components.externals.standing_in import answered, nothing_to_check


def boot(stage: Stage) -> Verdict:
    """A server of one's own stands in for it, and Django asks it by the plan's settings."""
    return answered(stage, "elsewhere: migrated, alice is in it")


class ManagedDatabase(Component):
    """A managed database."""

    name = "managed_database"
    title = "Managed database"
    roles = {}  # noqa: RUF012
    packages = {}  # noqa: RUF012
    externals = {  # noqa: RUF012
        "postgresql": "a PostgreSQL that others run; every site has a database and a user of its own there",
        "mysql": "a MySQL or MariaDB that others run; every site has a database and a user of its own there",
    }
    evidence = "stand_in"
    answer = "postgresql elsewhere: migrated, alice is in it"
    validator = Validator(
        program="python3",
        package="python3",
        says="no file is written for it; PostgreSQL or MariaDB started under its name, and asked by Django's settings",
        check=nothing_to_check,
        boot=boot,
    )
    troubles = (
        Trouble(
            sees="remaining connection slots are reserved, or Too many connections",
            does="The provider's limit is below what the application servers may hold. Compare it with the sum in the"
            " plan; put PgBouncer on the application servers, or take a larger plan.",
        ),
        Trouble(
            sees="Pages hang for two seconds and fail, now and then",
            does="The provider moves the database to another machine, and its name to another address. Django tries"
            " anew with the next request; connections that were lost are seen by CONN_HEALTH_CHECKS.",
        ),
    )


COMPONENT = ManagedDatabase()
