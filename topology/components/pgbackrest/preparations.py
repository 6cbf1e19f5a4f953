"""What a person does once: the directory, the stanza, the timers, and a first backup that is restored to try it."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.pgbackrest.files import CERTIFICATE_FOLDER, DAYS, SERVER, STANZA, unit_of
from topology.components.pgbackrest.settings import STORE, database_of, size, store_of
from topology.design import Host

AS_POSTGRES = "runuser -u postgres --"


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """In order, after PostgreSQL has started with its archive_command; with a store the certificates come first."""
    store = store_of(placed)
    if store is None:
        return (_stanza(placed), _first())
    if placed.role.name == STORE:
        return (_authority(placed), _stanza(placed), _first())
    return (_certificate(store),)


def _authority(placed: Placed) -> Preparation:
    peer = database_of(placed)[0].name
    return Preparation(
        does="Make an authority for these two servers and a certificate for each. Then bring the three files of the"
        f" other one, {CERTIFICATE_FOLDER}/{peer}/, to {CERTIFICATE_FOLDER}/ of {peer}, and delete them here.",
        lines=certificate_lines(placed.host.name, peer),
        secrets=(f"{CERTIFICATE_FOLDER}/authority.key", f"{CERTIFICATE_FOLDER}/own.key"),
    )


def certificate_lines(own: str, peer: str) -> tuple[str, ...]:
    """Shell lines that make the authority and both certificates, for ten years."""
    folder = CERTIFICATE_FOLDER
    signed = f"-CA {folder}/ca.crt -CAkey {folder}/authority.key -days 3650"
    return (
        f"install -d -o postgres -g postgres -m 0700 {folder} {folder}/{peer}",
        f"openssl req -x509 -newkey rsa:3072 -noenc -days 3650 -subj /CN=backups -keyout {folder}/authority.key"
        f" -out {folder}/ca.crt",
        *(
            f"openssl req -x509 -newkey rsa:3072 -noenc {signed} -subj /CN={name} -keyout {place}/own.key"
            f" -out {place}/own.crt"
            for name, place in ((own, folder), (peer, f"{folder}/{peer}"))
        ),
        f"cp {folder}/ca.crt {folder}/{peer}/",
        f"chown -R postgres: {folder}",
        f"chmod 0600 {folder}/own.key {folder}/{peer}/own.key {folder}/authority.key",
    )


def _certificate(store: Host) -> Preparation:
    return Preparation(
        does=f"Bring ca.crt, own.crt and own.key, which were made for this server on {store.name}, to"
        f" {CERTIFICATE_FOLDER} here; then start the server that {store.name} asks.",
        lines=(
            f"install -d -o postgres -g postgres -m 0700 {CERTIFICATE_FOLDER}",
            f"chown -R postgres: {CERTIFICATE_FOLDER}",
            f"chmod 0600 {CERTIFICATE_FOLDER}/own.key",
            f"systemctl restart {SERVER}",
        ),
        secrets=(f"{CERTIFICATE_FOLDER}/own.key",),
    )


def _stanza(placed: Placed) -> Preparation:
    repository = size(placed)["repository"]
    timers = " ".join(unit_of(kind, "timer") for kind in DAYS)
    server = (f"systemctl restart {SERVER}",) if placed.role.name == STORE else ()
    return Preparation(
        does="Make the place of the backups, tell pgBackRest of the database, and see that a file of its log"
        " arrives there. Until then PostgreSQL keeps its log files and tries again.",
        lines=(
            f"install -d -o postgres -g postgres -m 0750 {repository}",
            *server,
            f"{AS_POSTGRES} pgbackrest --stanza={STANZA} stanza-create",
            f"{AS_POSTGRES} pgbackrest --stanza={STANZA} check",
            f"systemctl enable --now {timers}",
        ),
    )


def _first() -> Preparation:
    return Preparation(
        does="Make the first backup. Then restore it on the database's server, beside the database, to see that it is"
        f" one, as postgres: `pgbackrest --stanza={STANZA} --pg1-path=/var/lib/postgresql/tried restore`. What was"
        " never restored is no backup; again from time to time.",
        lines=(
            f"systemctl start {unit_of('full', 'service')}",
            f"{AS_POSTGRES} pgbackrest --stanza={STANZA} info",
        ),
    )
