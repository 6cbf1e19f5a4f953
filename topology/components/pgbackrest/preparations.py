"""What a person does once: the directory, the stanza, the timers, and a first backup that is restored to try it."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.pgbackrest.files import DAYS, STANZA, unit_of
from topology.components.pgbackrest.settings import size

AS_POSTGRES = "runuser -u postgres --"


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """In order, after PostgreSQL has started with its archive_command."""
    repository = size(placed)["repository"]
    timers = " ".join(unit_of(kind, "timer") for kind in DAYS)
    return (
        Preparation(
            does="Make the place of the backups, tell pgBackRest of this database, and see that a file of its log"
            " arrives there. Until then PostgreSQL keeps its log files and tries again.",
            lines=(
                f"install -d -o postgres -g postgres -m 0750 {repository}",
                f"{AS_POSTGRES} pgbackrest --stanza={STANZA} stanza-create",
                f"{AS_POSTGRES} pgbackrest --stanza={STANZA} check",
                f"systemctl enable --now {timers}",
            ),
        ),
        Preparation(
            does="Make the first backup, and restore it beside the database to see that it is one: what was never"
            " restored is no backup. Again from time to time.",
            lines=(
                f"systemctl start {unit_of('full', 'service')}",
                f"{AS_POSTGRES} pgbackrest --stanza={STANZA} --pg1-path=/var/lib/postgresql/tried restore",
                f"{AS_POSTGRES} pgbackrest --stanza={STANZA} info",
                "rm -r /var/lib/postgresql/tried",
            ),
        ),
    )
