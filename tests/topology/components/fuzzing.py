"""Values of every kind through every setting of every component: refused, or files of the same structure."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.topology.components.staging import files_of, good_cases
from topology import plain_yaml
from topology.components import Component, catalogue, resolve
from topology.design import TierwrightError
from topology.document import from_data

_PIECE = re.compile(r"[^\s{}()\[\]\"'`=,;<>#|&$\\]+|\S")
PLAIN = ("plain", "plain.example.com", "/srv/plain", "10.0.0.9", "10.0.0.0/24", "/plain/", "plain.module", "www-data")
"""Words of which each text field takes one at least."""
HOSTILE = (
    "'; DROP TABLE x; --", '"', "a\nb", "a\rb", "$(id)", "`id`", "../../etc/passwd", "<b>x</b>", "a;b", "a b",
    "${PATH}", "%i", "a#b", "{{ 7 }}", "{% x %}", "a\\nb", "\x00", "\u202e", "é", "a=b", "a,b", "[a]", "{a}", "-rf",
    "~root", "a'b", "on\nInclude /etc/shadow", "x }\nlocation / { alias /; }", "nginx; include /etc/passwd", "*",
    "a|b", "a&b", "\ttab",
)  # fmt: skip
_LETTERS = "abcxyz019-_./:@ \n\"';{}$%#=\\<>`|&*~[]()é"


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One setting of a component, with a plan in which it stands."""

    component: Component
    role: str
    setting: str
    plan: dict[str, Any]

    @property
    def name(self) -> str:
        """Component and setting."""
        return f"{self.component.name}.{self.setting}"

    def with_value(self, value: object) -> dict[str, Any]:
        """The plan with this value written at every place of the role."""
        data = copy.deepcopy(self.plan)
        for holder in _holders(data):
            holder["roles"] = [self._written(role, value) for role in holder["roles"]]
        return data

    def _written(self, role: Any, value: object) -> Any:
        name, settings = (role, {}) if isinstance(role, str) else next(iter(role.items()))
        return {name: {**settings, self.setting: value}} if name == self.role else role


@dataclass
class Tally:
    """What became of the values of one slot."""

    slot: str
    tried: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    """Values that changed a structure or ended in something else than a sentence."""

    @property
    def accepted(self) -> int:
        """Values that made files."""
        return self.tried - self.refused - len(self.faults)


@cache
def slots() -> tuple[Slot, ...]:
    """Every setting of every component that has one."""
    return tuple(slot for component in catalogue().components for slot in _slots_of(component))


def _slots_of(component: Component) -> Iterator[Slot]:
    if not component.settings.model_fields or not good_cases(component):
        return
    plans = [plain_yaml.read(path.read_bytes(), file=path.name).data for path in good_cases(component)]
    places = [(plan, role) for plan in plans for role in _roles_in(plan) if role in component.roles]
    plan, role = places[0] if places else _asked_for(component, plans[0])
    for setting in component.settings.model_fields:
        yield Slot(component=component, role=role, setting=setting, plan=plan)


def _asked_for(component: Component, plan: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The plan with a role written where the component stands unasked."""
    cluster = resolve(from_data(plan, catalogue=catalogue()))
    placed = next(item for item in cluster.placed if item.component is component)
    data = copy.deepcopy(plan)
    tier = next(item for item in data["tiers"] if item["name"] == placed.host.tier)
    tier["roles"] = [*tier.get("roles", []), placed.role.name]
    return data, placed.role.name


def _holders(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for tier in plan["tiers"]:
        if "roles" in tier:
            yield tier
        servers = tier["servers"]
        yield from (server for server in servers if isinstance(servers, list) and "roles" in server)


def _roles_in(plan: dict[str, Any]) -> Iterator[str]:
    for holder in _holders(plan):
        yield from (role if isinstance(role, str) else next(iter(role)) for role in holder["roles"])


def values(seed: str) -> Iterator[object]:
    """Values without end: numbers at and beyond every bound, hostile and random words, lists, other things."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(_MAKERS)(chance)


def _number(chance: random.Random) -> object:
    power = chance.choice((0, 1, 4, 8, 12, 16, 32, 64))
    return chance.choice((1, -1)) * chance.choice((chance.getrandbits(power + 1), 2**power, 2**power - 1))


def _text(chance: random.Random) -> object:
    if chance.random() < 0.3:
        return "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(24)))
    plain = chance.choice(PLAIN)
    return chance.choice((plain, plain + chance.choice(HOSTILE), chance.choice(HOSTILE)))


def _other(chance: random.Random) -> object:
    return chance.choice((None, True, False, 0.5, -0.0, 1e308, "", [], {}, [["x"]], {"a": 1}, "true", "1", "0x10"))


def _list(chance: random.Random) -> object:
    return [_text(chance) for _ in range(chance.randrange(4))]


_MAKERS = (_number, _number, _number, _text, _text, _text, _list, _other)


def try_slot(slot: Slot, count: int, *, seed: int) -> Tally:
    """Put `count` values through one setting."""
    tally = Tally(slot=slot.name)
    made = values(f"{seed} {slot.name}")
    for _ in range(count):
        value = next(made)
        tally.tried += 1
        fault = _fault(slot, value, tally)
        if fault:
            tally.faults.append(f"{value!r}: {fault}")
    return tally


def _fault(slot: Slot, value: object, tally: Tally) -> str | None:
    try:
        files = _files(slot.with_value(value))
    except TierwrightError as refusal:
        tally.refused += 1
        return None if str(refusal).strip() and "Traceback" not in str(refusal) else "refused without a sentence"
    except Exception as error:  # whatever else is raised is what is looked for
        return f"{type(error).__name__}: {error}"
    return _odd(slot, value, files)


def _odd(slot: Slot, value: object, files: Mapping[str, str]) -> str | None:
    for path, text in files.items():
        odd = next((sign for sign in text if not (sign.isprintable() or sign in "\n\t")), None)
        if odd:
            return f"{path} has the character {odd!r}"
    words = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if words and len(words) == 1 and isinstance(words[0], str):
        return _moved(slot, words[0], files, as_list=isinstance(value, list))
    return None


def _moved(slot: Slot, word: str, files: Mapping[str, str], *, as_list: bool) -> str | None:
    """Beside a harmless word, only the places of the word may differ."""
    for plain in PLAIN:
        try:
            usual = _files(slot.with_value([plain] if as_list else plain))
        except TierwrightError:
            continue
        return _differs(word, files, plain, usual)
    return None


def _differs(word: str, files: Mapping[str, str], plain: str, usual: Mapping[str, str]) -> str | None:
    """A word that is one piece leaves every file's number of pieces as it is; it may stand in the path of a file."""
    own, other = _pieces(files), _pieces(usual)
    if set(own) != set(other):
        own = {path.replace(word, "*"): count for path, count in own.items()}
        other = {path.replace(plain, "*"): count for path, count in other.items()}
    return None if own == other else "the structure of a file changed"


def _pieces(files: Mapping[str, str]) -> dict[str, int]:
    return {path: len(_PIECE.findall(text)) for path, text in files.items()}


def _files(data: dict[str, Any]) -> dict[str, str]:
    cluster = resolve(from_data(data, catalogue=catalogue()))
    return {
        f"{host.name}{path}": text for host in cluster.design.hosts for path, text, _ in files_of(cluster, host.name)
    }
