"""The firewall of every server, written from the edges of the design: no edge, no open port.

It is on every server. What comes in is dropped but for the connections that the design knows, each from exactly
the servers that open it; ssh is open from the administrators' network. What goes out is not filtered: a server
must reach package mirrors, time and mail servers that no plan names, and the other end filters what it lets in.
Before it is applied for the first time, see that the administrators' network of the plan (`network.admin_cidr`)
is the one that you come from: with any other, ssh is shut.
"""

from __future__ import annotations

from topology.components.base import EVERY_HOST, Component, ConfigFile, Log, Placed, Reason, Trouble, Validator
from topology.components.nftables.reader import read
from topology.components.nftables.rules import Rule, rules_of
from topology.components.nftables.validate import PATH, boot, check
from topology.components.reading import Reading, Texts
from topology.components.rendering import render


class Nftables(Component):
    """The firewall."""

    name = "nftables"
    title = "nftables"
    roles = {"nftables": "firewall, on every server"}  # noqa: RUF012
    packages = {"debian12": "1.0.6", "ubuntu2404": "1.0.9"}  # noqa: RUF012
    package = "nftables"
    implied_by = frozenset({EVERY_HOST})
    evidence = "booted"
    answer = "port 22 from 10.0.0.254: open; port 22 from 192.0.2.9: shut"
    logs = (
        Log(path="journal: nftables.service", says="why a rule set was not loaded; dropped packets are not logged"),
    )
    troubles = (
        Trouble(
            sees="a connection that the plan does not know runs into a timeout",
            does="`nft list table inet tierwright` shows what is open. Add the program to the plan: a table of your"
            " own can shut more, but what one table drops no other lets in.",
        ),
        Trouble(
            sees="ssh is shut after the first start",
            does="You do not come from network.admin_cidr. By the provider's console: nft delete table inet tierwright;"
            " then correct the plan.",
        ),
    )
    validator = Validator(
        program="nft",
        package="nftables",
        says="nft -c -f /etc/nftables.conf, and every edge of the design held against its rules",
        check=check,
        boot=boot,
    )

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/nftables.conf."""
        rules = rules_of(placed)
        text = render(
            self,
            "nftables.conf.j2",
            admin=placed.cluster.design.admin_cidr,
            rules=[{"match": rule.match, "clients": list(rule.clients)} for rule in rules],
        )
        reasons = (_admin(placed), *map(_reason, rules))
        return (ConfigFile(path=PATH, text=text, mode=0o755, unit="nftables.service", reasons=reasons),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)


def _admin(placed: Placed) -> Reason:
    return Reason(
        setting="tcp dport 22",
        value=placed.cluster.design.admin_cidr,
        formula="ssh from network.admin_cidr, by default the servers' own network",
    )


def _reason(rule: Rule) -> Reason:
    clients = ", ".join(rule.names) if rule.clients else "everybody"
    return Reason(setting=str(rule.match), value=clients, formula=rule.why)


COMPONENT = Nftables()
