"""pg_hba.conf: one line for each client, database and user of the design, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import Placed, Reason
from topology.components.cluster import LOOPBACK, Edge
from topology.components.postgresql.settings import clients_of, replicas_of
from topology.components.rendering import words

REPLICATOR = "replicator"
"""The database user that replicas sign in as."""
OTHER_USERS = {"slony": "slony"}
"""Client role -> database user, where it does not sign in as the site."""
HEAD = """\
# One line for each client, database and user of the design. Signing in takes a password, kept as SCRAM-SHA-256;
# on the server itself the system's user postgres is let in without one.
# type database user address method
"""


def text_of(placed: Placed) -> str:
    """The whole file."""
    lines = dict.fromkeys(_lines(placed))
    return HEAD + "".join(f"{line}\n" for line in lines)


def client_addresses(placed: Placed) -> list[str]:
    """From where the sites' own users come in, in rising order."""
    return _addresses(placed, tuple(edge for edge in clients_of(placed) if edge.client_role not in OTHER_USERS))


def reasons_of(placed: Placed) -> tuple[Reason, ...]:
    """Why it has as many lines as it has."""
    clients, sites = len(_sign_ins(placed)), len(placed.cluster.sites)
    replicas = len(replicas_of(placed))
    reason = Reason(
        setting="network lines",
        value=clients * sites + replicas,
        formula="clients × sites + replicas; a client is an address and the user that comes from it",
        facts={"clients": clients, "sites": sites, "replicas": replicas},
    )
    return (reason,)


def _lines(placed: Placed) -> Iterator[str]:
    yield words("local", "all", "postgres", "peer")
    for address, user in _sign_ins(placed):
        for site in placed.cluster.sites:
            yield words("host", site.database, user or site.database, f"{address}/32", "scram-sha-256")
    for address in _addresses(placed, replicas_of(placed)):
        yield words("host", "replication", REPLICATOR, f"{address}/32", "scram-sha-256")


def _sign_ins(placed: Placed) -> list[tuple[str, str]]:
    """Address and user of every client; no user is that of each site."""
    found = [(address, "") for address in client_addresses(placed)]
    for role, user in OTHER_USERS.items():
        edges = tuple(edge for edge in clients_of(placed) if edge.client_role == role)
        found += [(address, user) for address in _addresses(placed, edges)]
    return found


def _addresses(placed: Placed, edges: tuple[Edge, ...]) -> list[str]:
    """From where the clients come: a client beside the server comes by the address that it calls."""
    cluster = placed.cluster
    addresses = [cluster.address_of(edge) if edge.local else cluster.host(edge.client).address for edge in edges]
    return sorted(set(addresses), key=lambda address: (address != LOOPBACK, [int(part) for part in address.split(".")]))
