"""The doors that a change shuts: held open until nobody comes by the old way any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from topology.components import PUBLIC, Cluster, Edge
from topology.diff import listing
from topology.stages.steps import Phase, Step, Transition, shared

FIREWALL = "/etc/nftables.conf"
EVERYBODY = ""
Doors = Mapping[str, Sequence[str]]
"""Server -> rules of nftables, each for a port and those who come by it."""
_Open = dict[str, dict[str, dict[str, None]]]
"""Server -> port -> addresses that may come, in the order of the plan; EVERYBODY for the public."""


def shut_doors(change: Transition) -> Doors:
    """Doors of standing servers that were open before and are not after."""
    if change.before is None:
        return {}
    before, after = _open(change.before), _open(change.after)
    found = {}
    for host in change.standing():
        rules = tuple(_rules(before.get(host.name, {}), after.get(host.name, {})))
        if rules and _has_firewall(change, host.name):
            found[host.name] = rules
    return found


def holding(rules: Sequence[str]) -> str:
    """The line that loads the new rules and holds the old doors open, in one transaction: nobody is turned away."""
    words = " ".join(quote(f"insert rule inet tierwright input {rule} accept") for rule in rules)
    return f"{{ cat {FIREWALL}; printf '%s\\n' {words}; }} | nft -f -"


def closing(doors: Doors) -> Iterator[Step]:
    """The step that shuts them, once everything else is done."""
    if not doors:
        return
    yield Step(
        phase=Phase.CLOSE,
        title=f"Shut the doors that nobody uses any more on {listing(doors)}",
        hosts=tuple(doors),
        does="Loads the firewall as the plan has it; until now the old doors were held open beside it.",
        blocks=shared((host, ("systemctl reload nftables.service",)) for host in doors),
        notices="nothing once no traffic comes by the old way; who still does is turned away",
        checks=shared((host, ("nft list chain inet tierwright input",)) for host in doors),
        shows="the doors of the plan and no other",
        back="the lines below hold the old doors open again",
        undo=shared((host, (holding(rules),)) for host, rules in doors.items()),
    )


def _open(cluster: Cluster) -> _Open:
    table: _Open = {}
    for edge in cluster.edges:
        if not edge.local and edge.endpoint.socket is None:
            client = EVERYBODY if edge.client == PUBLIC else cluster.host(edge.client).address
            table.setdefault(edge.server, {}).setdefault(_port(edge), {})[client] = None
    return table


def _port(edge: Edge) -> str:
    end = edge.endpoint
    return "ip protocol 112" if end.protocol == "vrrp" else f"{end.protocol} dport {end.port}"


def _rules(before: Mapping[str, Mapping[str, None]], after: Mapping[str, Mapping[str, None]]) -> Iterator[str]:
    for port, clients in before.items():
        now = after.get(port, {})
        left = [] if EVERYBODY in now else [client for client in clients if client not in now]
        if EVERYBODY in left:
            yield port
        elif left:
            yield f"ip saddr {left[0] if len(left) == 1 else '{ ' + ', '.join(left) + ' }'} {port}"


def _has_firewall(change: Transition, host: str) -> bool:
    return all(FIREWALL in tree.get(host, {}) for tree in (change.trees_before, change.trees_after))
