"""Two small components and a plan of two servers: enough of a cluster for a bundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from topology.bundles import Bundle, bundle_of
from topology.components import (
    Cluster,
    Component,
    ConfigFile,
    Endpoint,
    Placed,
    Preparation,
    Reason,
    Stage,
    Validator,
    Verdict,
)
from topology.components.base import Need
from topology.design import Design

PLAN: dict[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "tiers": [
        {"name": "front", "servers": {"count": 2, "type": "small"}, "roles": ["greeter"]},
        {"name": "back", "servers": {"count": 1, "type": "small"}, "roles": ["shelf"]},
    ],
}


def reads_well(stage: Stage) -> Verdict:
    """The shell must be able to read the file of the role."""
    ran = stage.run(["sh", "-n", f"/etc/{stage.placed.role.name}.conf"])
    return Verdict(accepted=ran.status == 0, says=ran.output or "the shell reads it")


class Greeter(Component):
    """A program whose files are shell."""

    name = "greeter"
    title = "Greeter"
    roles: ClassVar[Mapping[str, str]] = {"greeter": "greets", "second": "greets again"}
    packages: ClassVar[Mapping[str, str]] = {}
    package = "zsh dash"
    validator = Validator(program="sh", package="dash", says="sh -n FILE", check=reads_well)

    def __init__(self, *files: ConfigFile, check: Callable[[Stage], Verdict] | None = None) -> None:
        self._files = files
        if check:
            self.validator = Validator(program="sh", package="dash", says="sh -n FILE", check=check)  # type: ignore[misc]

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("sql",), why="asks, and says", connections=3),)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        return self._files or (greeting(path=f"/etc/{placed.role.name}.conf", text=f"name={placed.host.name}\n"),)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        return (Preparation(does="Make the account.", lines=("adduser greeter",), secrets=("/etc/greeter/secret",)),)


class Shelf(Component):
    """A program whose file nobody checks."""

    name = "shelf"
    title = "Shelf"
    roles: ClassVar[Mapping[str, str]] = {"shelf": "keeps"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"shelf": ("sql",)}
    packages: ClassVar[Mapping[str, str]] = {}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return (Endpoint(service="sql", port=5432),)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        return (ConfigFile(path="/etc/shelf.conf", text="deep\n", mode=0o640, owner="root:adm", action="none"),)


def greeting(*, path: str = "/etc/greeter.conf", text: str = "words=3\n", **changes: Any) -> ConfigFile:
    """A file of the greeter."""
    reason = Reason(setting="words", value=3, formula="one a friend", facts={"friends": 3})
    return ConfigFile(path=path, text=text, **{"unit": "greeter.service", "reasons": (reason,), **changes})


def cluster_with(*components: Component, plan: Mapping[str, Any] = PLAN) -> Cluster:
    """The plan's cluster, with these components in place of the catalogue's."""
    table = {role: component for component in components or (Greeter(), Shelf()) for role in component.roles}
    return Cluster(design=Design.model_validate_json(json.dumps(plan)), workload=None, components=table)


def small_bundle(*components: Component) -> Bundle:
    """The bundle of that cluster."""
    return bundle_of(cluster_with(*components))
