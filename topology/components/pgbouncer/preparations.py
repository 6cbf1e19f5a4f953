"""What a person does once: the users, with the very secrets that the database keeps."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.pgbouncer.files import USERS


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """PgBouncer signs in to the database with what a client has shown it, so its secrets must be the database's own."""
    query = users_query(placed).replace('"', '\\"')
    return (
        Preparation(
            does="Copy the sites' users and their SCRAM secrets from the database: run the first line on the database"
            f" server, and write what it answers into {USERS} here. Again after a change of password.",
            lines=(
                f'runuser -u postgres -- psql --no-align --tuples-only --command="{query}"',
                f"install -o postgres -g postgres -m 0600 /dev/null {USERS}",
                f"editor {USERS}",
            ),
            secrets=(USERS,),
        ),
    )


def users_query(placed: Placed) -> str:
    """SQL that answers the lines of userlist.txt for the sites' users."""
    names = ", ".join(f"'{site.database}'" for site in placed.cluster.sites)
    return f'select format(\'"%s" "%s"\', rolname, rolpassword) from pg_authid where rolname in ({names})'
