"""What a person does once: the key, and the sites' passwords encrypted with it."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.pgpool.files import CONFIG, KEY, PASSWORDS


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """pgpool signs in at every server for its client, by SCRAM, for which it must have the password itself."""
    asked = [f"pg_enc -m -k {KEY} -f {CONFIG} -p -u {site.database}" for site in placed.cluster.sites]
    return (
        Preparation(
            does="Make a key, and keep the password of every site's database user encrypted with it: pgpool must know"
            " it to sign in at each server. Each line asks for one. Again after a change of password, then reload.",
            lines=(
                f"install -o postgres -g postgres -m 0600 /dev/null {KEY}",
                f"openssl rand -hex 32 >{KEY}",
                f"install -o postgres -g postgres -m 0640 /dev/null {PASSWORDS}",
                *asked,
            ),
            secrets=(KEY, PASSWORDS),
        ),
    )
