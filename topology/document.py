"""The one codec between a Design and its plan file: database, command line, API, bundle and tests use it.

The catalogue of roles is an argument, so that an unknown role or setting is refused here, with its line, while
this module stays on the ground.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from topology import plain_yaml
from topology.design import Design, Role, Server, ServerCount, Tier, server_names
from topology.errors import Place, TierwrightError
from topology.hardware import BUILT_IN, KNOWN
from topology.value import Value
from topology.workload import Workload

Document = TypeVar("Document", bound=Value)
Path = tuple[str | int, ...]


class Catalogue(Protocol):
    """What this codec asks of the catalogue of components."""

    def role_settings(self) -> Mapping[str, type[BaseModel]]:
        """The settings model of every role, by the role's name."""
        ...

    def external_kinds(self) -> Mapping[str, str]:
        """Every kind of external, with a sentence."""
        ...


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with a document: where, and a sentence."""

    path: Path
    says: str


class PlanRefused(TierwrightError):
    """A document that cannot be read; `problems` lists everything that is wrong, each with its place."""

    def __init__(self, problems: list[tuple[Place, str]]) -> None:
        self.problems = problems
        place, sentence = problems[0]
        more = len(problems) - 1
        suffix = f" (and {more} more {'problem' if more == 1 else 'problems'})" if more else ""
        super().__init__(sentence + suffix, place=place)

    def lines(self) -> list[str]:
        """Every problem as `place: sentence`."""
        return [f"{place}: {sentence}" if str(place) else sentence for place, sentence in self.problems]


def load(content: str | bytes, *, catalogue: Catalogue, file: str | None = None) -> Design:
    """Read a plan file (YAML or JSON); raises TierwrightError naming file, line and path."""
    tree = plain_yaml.read(content, file=file)
    design = _validate(Design, tree, file)
    _refuse(check(design, catalogue), tree, file)
    return design


def load_workload(content: str | bytes, *, file: str | None = None) -> Workload:
    """Read a saved workload, or the JSON of `intake`, whose `workload` key holds one."""
    tree = plain_yaml.read(content, file=file)
    if isinstance(tree.data, dict) and isinstance(tree.data.get("workload"), dict):
        inner = {path[1:]: line for path, line in tree.lines.items() if path[:1] == ("workload",)}
        tree = plain_yaml.Tree(data=tree.data["workload"], lines=inner)
    return _validate(Workload, tree, file)


def from_data(data: Any, *, catalogue: Catalogue) -> Design:
    """A Design from plain data (parsed JSON)."""
    tree = plain_yaml.Tree(data=data)
    design = _validate(Design, tree, None)
    _refuse(check(design, catalogue), tree, None)
    return design


def to_data(value: Value) -> dict[str, Any]:
    """The plain data of a document: what was written, and nothing that is only derived."""
    data: dict[str, Any] = json.loads(value.model_dump_json(exclude_unset=True))
    return data


def to_yaml(value: Value) -> str:
    """The document as YAML."""
    return plain_yaml.write(to_data(value))


def canonical(value: Value) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(to_data(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Value) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def schema(catalogue: Catalogue) -> dict[str, Any]:
    """The JSON Schema of the plan file, with the settings of every role of the catalogue."""
    document = Design.model_json_schema(by_alias=True)
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = "Tierwright plan file, version 1"
    document["$defs"]["Role"] = _role_schema(catalogue, document["$defs"])
    document["$defs"]["External"]["properties"]["kind"]["enum"] = sorted(catalogue.external_kinds())
    return document


def _role_schema(catalogue: Catalogue, definitions: dict[str, Any]) -> dict[str, Any]:
    choices: list[dict[str, Any]] = [{"enum": sorted(catalogue.role_settings())}]
    for name, model in sorted(catalogue.role_settings().items()):
        settings = model.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(settings.pop("$defs", {}))
        definitions[f"settings-{name}"] = settings
        choices.append(
            {
                "type": "object",
                "properties": {name: {"anyOf": [{"$ref": f"#/$defs/settings-{name}"}, {"type": "null"}]}},
                "required": [name],
                "additionalProperties": False,
            }
        )
    return {"description": "A role's name, or the name as a key with its settings.", "anyOf": choices}


def check(design: Design, catalogue: Catalogue) -> list[Problem]:
    """What the shape of a plan cannot say: references, duplicates, addresses, roles and their settings."""
    rules = (_check_names, _check_types, _check_addresses)
    problems = [problem for rule in rules for problem in rule(design)]
    return [*problems, *_check_roles(design, catalogue), *_check_externals(design, catalogue)]


def _check_names(design: Design) -> Iterator[Problem]:
    sites = (((("sites", number, "name")), site.name) for number, site in enumerate(design.sites))
    tiers = (((("tiers", number, "name")), tier.name) for number, tier in enumerate(design.tiers))
    externals = ((("externals", number, "name"), external.name) for number, external in enumerate(design.externals))
    yield from _repeated(sites, "site")
    yield from _repeated(tiers, "tier")
    yield from _repeated(externals, "external")
    yield from _repeated(((path, name) for path, name, _ in _named(design)), "server")
    yield from _check_host_names(design)
    for prefix in dict.fromkeys(site.path for site in design.sites):
        domains = (
            (("sites", number, "domains", index), domain)
            for number, site in enumerate(design.sites)
            for index, domain in enumerate(site.domains)
            if site.path == prefix
        )
        yield from _repeated(domains, "domain" if prefix == "/" else f"path {prefix} of the domain")


def _check_host_names(design: Design) -> Iterator[Problem]:
    """A counted server's name is its tier's with a number, and must still be a label; localhost is every host's own."""
    told = set()
    for path, name, tier in _named(design):
        if len(name) > 40 and tier.name not in told:
            told.add(tier.name)
            yield Problem(path=path, says=f"its servers would be called {name}; use a name that leaves room")
        if name == "localhost":
            yield Problem(path=path, says="every host calls itself localhost; give this server another name")


def _repeated(named: Iterable[tuple[Path, str]], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, name in named:
        if name in seen:
            yield Problem(path=path, says=f"the {what} {name} stands here twice; give one of them another name")
        seen.add(name)


def _named(design: Design) -> Iterator[tuple[Path, str, Tier]]:
    for number, tier in enumerate(design.tiers):
        counted = isinstance(tier.servers, ServerCount)
        for index, name in enumerate(server_names(tier)):
            path: Path = ("tiers", number, "name") if counted else ("tiers", number, "servers", index, "name")
            yield path, name, tier


def _check_types(design: Design) -> Iterator[Problem]:
    known = {*design.server_types, *KNOWN}
    for number, tier in enumerate(design.tiers):
        if isinstance(tier.servers, ServerCount):
            types: list[tuple[Path, str]] = [(("tiers", number, "servers", "type"), tier.servers.type)]
        else:
            types = [(("tiers", number, "servers", i, "type"), s.type) for i, s in enumerate(tier.servers)]
        for path, name in types:
            if name not in known:
                yield Problem(path=path, says=f"no server type is called {name}; there are {_types_of(design)}")
    seen_on = design.workload.observed if isinstance(design.workload, Workload) else None
    if seen_on is not None and seen_on.server_type not in (None, *known):
        path = ("workload", "observed", "server_type")
        yield Problem(path=path, says=f"no server type is called so; there are {_types_of(design)}, or write its cores")


def _types_of(design: Design) -> str:
    """The types that a plan may name: its own, the built-in ones, and where the rest is listed."""
    return f"{', '.join(sorted({*design.server_types, *BUILT_IN}))}, and those that catalogue --types lists"


def _check_addresses(design: Design) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, server in _written_servers(design):
        if server.address is None:
            continue
        if _outside(server.address, design):
            yield Problem(path=path, says=f"{server.address} is not a host address of the network {design.cidr}")
        if server.address in seen:
            yield Problem(path=path, says=f"{server.address} is already the address of {seen[server.address]}")
        seen[server.address] = server.name
    if sum(len(server_names(tier)) for tier in design.tiers) > design.cidr.num_addresses - 2:
        yield Problem(path=("network", "cidr"), says=f"the network {design.cidr} is too small for these servers")


def _outside(address: str, design: Design) -> bool:
    import ipaddress

    host, network = ipaddress.IPv4Address(address), design.cidr
    return host not in network or host in (network.network_address, network.broadcast_address)


def _written_servers(design: Design) -> Iterator[tuple[Path, Server]]:
    for number, tier in enumerate(design.tiers):
        if not isinstance(tier.servers, ServerCount):
            for index, server in enumerate(tier.servers):
                yield ("tiers", number, "servers", index, "address"), server


def _check_roles(design: Design, catalogue: Catalogue) -> Iterator[Problem]:
    known = catalogue.role_settings()
    for number, tier in enumerate(design.tiers):
        base: Path = ("tiers", number)
        for index, role in enumerate(tier.roles):
            yield from _check_role((*base, "roles", index), role, known)
        yield from _repeated((((*base, "roles", index), role.name) for index, role in enumerate(tier.roles)), "role")
    for path, server in _written_servers(design):
        for index, role in enumerate(server.roles or ()):
            yield from _check_role((*path[:-1], "roles", index), role, known)
        for name, settings in (server.settings or {}).items():
            yield from _check_role((*path[:-1], "settings", name), Role(name=name, settings=settings), known)


def _check_role(path: Path, role: Role, known: Mapping[str, type[BaseModel]]) -> Iterator[Problem]:
    if role.name not in known:
        yield Problem(path=path, says=f"no role is called {role.name}{_nearest(role.name, known)}")
        return
    try:
        known[role.name].model_validate_json(json.dumps(dict(role.settings)), strict=True)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            yield Problem(path=(*path, role.name, *item["loc"]), says=_sentence(item, known[role.name]))


def _check_externals(design: Design, catalogue: Catalogue) -> Iterator[Problem]:
    known = catalogue.external_kinds()
    for number, external in enumerate(design.externals):
        if external.kind not in known:
            says = f"no external is of the kind {external.kind}{_nearest(external.kind, known)}"
            yield Problem(path=("externals", number, "kind"), says=says)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(sorted(known))}"


def _validate(model: type[Document], tree: plain_yaml.Tree, file: str | None) -> Document:
    if not isinstance(tree.data, dict):
        raise TierwrightError(
            "this is empty or no mapping of keys; a plan begins with `tierwright: 1`", place=Place(file=file, line=1)
        )
    try:
        return model.model_validate_json(json.dumps(tree.data), strict=True)
    except ValidationError as error:
        # A mistyped key is the cause of the one that is then missing, so it is told first.
        items = sorted(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
        problems = [Problem(path=_place_of(tree.data, item), says=_sentence(item, model)) for item in items]
    _refuse(_distinct(problems), tree, file)
    raise AssertionError("a refused document has a problem")


def _distinct(problems: list[Problem]) -> list[Problem]:
    """A union reports each of its forms: keep, for each place, the most telling complaints."""
    kept = [problem for problem in problems if not _is_shadow(problem, problems)]
    return list(dict.fromkeys(kept or problems))


def _is_shadow(problem: Problem, problems: list[Problem]) -> bool:
    """Whether another problem, deeper in the same place or of a wider form, says the same thing better."""
    if problem.says == _SAYS["int_type"]:
        return any(other.path == problem.path and other.says == _SAYS["float_type"] for other in problems)
    deeper = any(
        len(other.path) > len(problem.path) and other.path[: len(problem.path)] == problem.path for other in problems
    )
    return deeper and problem.says == _SAYS["too_short"]


def _refuse(problems: list[Problem], tree: plain_yaml.Tree, file: str | None) -> None:
    if problems:
        raise PlanRefused(
            [
                (Place(file=file, line=tree.line(p.path), path=plain_yaml.path_text(p.path) or None), p.says)
                for p in problems
            ]
        )


def _place_of(data: Any, item: ErrorDetails) -> Path:
    """The part of a pydantic location that is really in the data (unions add the names of their branches)."""
    path: list[str | int] = []
    for part in item["loc"]:
        if _holds(data, part):
            data = data[part]
            path.append(part)
    return (*path, item["loc"][-1]) if item["type"] == "missing" else tuple(path)


def _holds(data: Any, part: str | int) -> bool:
    return isinstance(part, int) if isinstance(data, list) else isinstance(data, dict) and part in data


_SAYS = {
    "missing": "this key is required",
    "int_type": "this must be a whole number",
    "int_from_float": "this must be a whole number",
    "float_type": "this must be a number",
    "bool_type": "this must be true or false",
    "string_type": "this must be text; put it in quotes if it looks like a number",
    "tuple_type": "this must be a list",
    "too_short": "this list needs at least one item",
    "dict_type": "this must be a mapping of keys",
    "model_type": "this must be a mapping of keys",
    "model_attributes_type": "this must be a mapping of keys",
    "finite_number": "this must be a finite number",
}


def _sentence(item: ErrorDetails, model: type[BaseModel]) -> str:
    kind = item["type"]
    if kind == "extra_forbidden":
        return f"the key {json.dumps(str(item['loc'][-1]), ensure_ascii=False)} is not known here" + _keys_hint(
            item, model
        )
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if kind == "literal_error" and item["loc"] == ("tierwright",):
        return "this program reads version 1 of the plan file: write `tierwright: 1`"
    return _SAYS.get(kind) or item["msg"].replace("Input should", "this should")


def _keys_hint(item: ErrorDetails, model: type[BaseModel]) -> str:
    names = _fields_at(model, item["loc"][:-1])
    close = difflib.get_close_matches(str(item["loc"][-1]), names, n=1)
    return f"; did you mean {close[0]}?" if close else (f"; known keys: {', '.join(names)}" if names else "")


def _fields_at(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """Field names of the model whose branch name ends the location, where pydantic says it; else the top's."""
    known: dict[str, type[BaseModel]] = {kind.__name__: kind for kind in (*Value.__subclasses__(),)}
    for part in reversed(location):
        if isinstance(part, str) and part in known:
            return list(known[part].model_fields)
    named = dict(model.model_fields.items())
    current: type[BaseModel] | None = model
    for part in location:
        if current is None or not isinstance(part, str) or part not in current.model_fields:
            continue
        current = _model_in(current.model_fields[part].annotation)
    return list(current.model_fields) if current else list(named)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found:
            return found
    return None
