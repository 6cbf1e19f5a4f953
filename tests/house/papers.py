"""Writes what the papers say of the code: `python -m tests.house.papers` renews every part marked as made.

A part stands between the lines `[//]: # (made: NAME)` and `[//]: # (end)`, which no Markdown reader shows.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.core.management.base import BaseCommand
from pydantic import BaseModel

from planner.management import commands as site_commands
from tests.conftest import ROOT
from tests.house.wording import documents, takes
from topology import demands, fields
from topology.capacity import availability, memory
from topology.checks import Check, checks
from topology.design import Design, Role
from topology.diagrams import engine
from topology.hardware import BUILT_IN, BUILT_IN_CURRENCY, BUILT_IN_SOURCE, OFFERS, Offer
from topology.management import commands
from topology.stages import advice
from topology.stages.family import every_stage
from topology.value import Estimate
from topology.workload import Workload

_PART = re.compile(r"^\[//\]: # \(made: (?P<name>[a-z-]+)\)\n(?P<text>.*?)^\[//\]: # \(end\)$", re.M | re.S)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; bars and line ends inside a cell are written so that it stays one."""
    lines = [list(columns)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def anchor(model: type[BaseModel]) -> str:
    """A document as a link to its own heading on the same page."""
    return f"[{model.__name__}](#{model.__name__.lower()})"


def models(first: type[BaseModel]) -> list[type[BaseModel]]:
    """A document and every document in it, each once, in the order in which a reader meets them."""
    found: list[type[BaseModel]] = [first]
    for model in found:
        inner = (item for field in model.model_fields.values() for item in documents(field))
        found.extend(item for item in inner if item not in found)
    return found


def plan_file() -> str:
    """Every document of the plan file but the workload's, key by key."""
    inside_workload = models(Workload)
    return "\n".join(_document(model) for model in models(Design) if model not in inside_workload)


def workload() -> str:
    """Every document of a workload, key by key."""
    return "\n".join(_document(model) for model in models(Workload))


def _document(model: type[BaseModel]) -> str:
    if model is Role:
        return f"### Role\n\n{_ROLE}\n"  # it is written in a form of its own
    rows = (
        (f"`{name}`", takes(field, anchor), "yes" if field.is_required() else "", field.description or "")
        for name, field in model.model_fields.items()
    )
    says = inspect.cleandoc(model.__doc__ or "")
    return f"### {model.__name__}\n\n{says}\n\n{table(('key', 'takes', 'required', 'meaning'), rows)}"


_ROLE = """\
The name of a role, such as `nginx`; or the name as the only key of a mapping, with the settings that are written
rather than derived: `{gunicorn: {workers: 9}}`. The roles and their settings are those of the
[catalogue](/catalogue/). Settings on a server (`settings: {gunicorn: {workers: 4}}`) go over those of its tier."""


def texts() -> str:
    """The allow-lists that words of a person pass."""
    found = ((name, value) for name, value in vars(fields).items() if name.startswith("check_"))
    rows = ((name.removeprefix("check_").replace("_", " "), inspect.getdoc(check) or "") for name, check in found)
    return table(("form", "allows"), rows)


def server_types() -> str:
    """The built-in server types."""
    rows = (
        (
            f"`{name}`",
            f"{kind.cores}",
            f"{kind.ram_mib:,}",
            f"{kind.network_mbit:,}",
            f"{kind.price_month} {BUILT_IN_CURRENCY}",
        )
        for name, kind in BUILT_IN.items()
    )
    columns = ("name", "cores", "RAM, MiB", "network, Mbit/s", "a month")
    return f"{table(columns, rows)}\nSource: {BUILT_IN_SOURCE}.\n"


def offers_today() -> str:
    """The catalogue's server types of today."""
    return _offers(item for item in OFFERS if item.year is None)


def offers_of_a_period() -> str:
    """The catalogue's server types of earlier years."""
    return _offers(item for item in OFFERS if item.year is not None)


def _offers(items: Iterable[Offer]) -> str:
    columns = ("name", "cores", "RAM, MiB", "network, Mbit/s", "a month", "speed", "processor", "note")
    return table(columns, ((*_offer(item), item.note) for item in items))


def offer_sources() -> str:
    """Every source of the catalogue, and for what it speaks."""
    found: dict[str, set[str]] = {}
    for item in OFFERS:
        for what, says in (
            ("prices", item.price_source),
            ("cores and memory", item.shape_source),
            ("network", item.network_source),
            ("speed", item.speed.source),
        ):
            if says:
                found.setdefault(says, set()).add(what)
    return table(("source", "of"), ((says, ", ".join(sorted(of))) for says, of in found.items()))


def _offer(item: Offer) -> tuple[str, ...]:
    kind = item.type
    price = "" if kind.price_month is None else f"{kind.price_month:,.2f} {item.currency}"
    network = "" if kind.network_mbit is None else f"{kind.network_mbit:,}"
    speed = f"{item.speed.mid:g} ({item.speed.low:g} to {item.speed.high:g})"
    return f"`{item.name}`", f"{kind.cores}", f"{kind.ram_mib:,}", network, price, speed, item.cpu


def demands_table() -> str:
    """The table of demands, with the source of each figure as the module tells it."""
    doc = inspect.cleandoc(demands.__doc__ or "")
    return f"{doc}\n\n{table(('demand', *_FIGURE), _figures(demands))}"


def outages_table() -> str:
    """What availability and memory start from."""
    return table(("figure", *_FIGURE), [*_figures(availability), *_figures(memory)])


_FIGURE = ("low", "mid", "high", "basis", "what it is")


def _figures(module: ModuleType) -> Iterator[tuple[str, ...]]:
    """The estimates of a module, each with the docstring under it or else its own source."""
    for name, text in _constants(module):
        figure = getattr(module, name)
        if isinstance(figure, Estimate):
            numbers = (f"{value:,.4g}" for value in (figure.low, figure.mid, figure.high))
            yield (f"`{name}`", *numbers, figure.basis, text or figure.source)


def _constants(module: ModuleType) -> Iterator[tuple[str, str]]:
    """What a module calls for its constants, in the order of its text, each with the docstring under it, if any."""
    body = ast.parse(inspect.getsource(module)).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            target = node.targets[0]
            assert isinstance(target, ast.Name)
            yield target.id, _string(after)


def _string(node: ast.AST | None) -> str:
    match node:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return text
    return ""


def stages_text() -> str:
    """The stages in their order, each in the words of its own module, with its choices."""
    return "\n".join(_stage(stage) for stage in every_stage())


def advice_text() -> str:
    """The table of rules that the advice follows, in its module's words."""
    return inspect.cleandoc(advice.__doc__ or "").partition("\n\n")[2] + "\n"


def _stage(stage: Any) -> str:
    module = importlib.import_module(type(stage).__module__)
    rows = (
        (f"`{name}`", takes(field), _default(field.default), field.description or "")
        for name, field in stage.choices.model_fields.items()
    )
    says = inspect.cleandoc(module.__doc__ or "")
    return f"### {stage.title}: `{stage.name}`\n\n{says}\n\n{table(('choice', 'takes', 'default', 'meaning'), rows)}"


def _default(value: object) -> str:
    return "derived" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def command_line() -> str:
    """Every command of Tierwright's own, from its parser."""
    return "\n".join(_command(name, command) for name, command in own_commands().items())


def own_commands() -> Mapping[str, BaseCommand]:
    """The commands by name, without those that stand in for one of Django's or that the site starts itself."""
    folder = Path(django.__file__).parent / "core" / "management" / "commands"
    django_own = {info.name for info in pkgutil.iter_modules([str(folder)])}
    found = {
        info.name: importlib.import_module(f"{package.__name__}.{info.name}").Command()
        for package in (commands, site_commands)
        for info in pkgutil.iter_modules(package.__path__)
        if info.name not in django_own
    }
    return {name: found[name] for name in sorted(found) if getattr(found[name], "example", "")}


def _command(name: str, command: BaseCommand) -> str:
    common = {option for action in _actions(BaseCommand(), name) for option in action.option_strings}
    actions = [action for action in _actions(command, name) if not set(action.option_strings) & common]
    rows = [(f"`{_usage(action)}`", (action.help or "").replace("%%", "%")) for action in actions]
    options = f"\n{table(('argument', 'meaning'), rows)}" if rows else ""
    example = getattr(command, "example", "")
    # What needs root or people of the site is shown, and tried by tests of its own.
    shown_only = example.startswith("sudo ") or type(command).__module__.startswith("planner.")
    language = "sh" if shown_only else "sh test"
    block = f"\n```{language}\n{example}\n```\n" if example else ""
    return f"## {name}\n\n{command.help}\n{block}{options}"


def _actions(command: BaseCommand, name: str) -> list[Any]:
    parser = command.create_parser("manage.py", name)
    return list(parser._actions)


def _usage(action: Any) -> str:
    words = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if not action.option_strings:
        optional = action.nargs in ("?", "*")
        return f"[{words}]" if optional else f"{words}{'...' if action.nargs == '+' else ''}"
    return f"{', '.join(action.option_strings)} {words}".strip()


def checks_text() -> str:
    """Every check, in its own words, those of the numbered list first."""
    listed = sorted(checks(), key=lambda check: (int(check.rules[0][1:]) if check.rules else 99, check.name))
    return "\n".join(_check(check) for check in listed)


def _check(check: Check) -> str:
    rules = f"; {', '.join(check.rules)} of the list" if check.rules else ""
    return f"### {check.title}\n\n`{check.name}`, {check.level}{rules}.\n\n{check.text}\n"


# What is told of the site is looked up when it is asked for: its models want Django to be ready.


def review_moves() -> str:
    """Every verb of a review: its button, when it is for, what follows, and who may do it."""
    from planner.models import State
    from planner.review.states import MOVES

    rows = (
        (
            f"`{move.verb}`",
            move.title,
            "any state" if set(move.after) == set(State) else ", ".join(state.label for state in move.after),
            move.to.label if move.to else "",
            f"{move.least.label}{', and its author' if move.own else ''}",
        )
        for move in MOVES
    )
    return table(("verb", "button", "from", "to", "who"), rows)


def review_checks() -> str:
    """Every check of a proposal, in its own words."""
    from planner.review import checks as review

    rows = ((f"`{c.name}`", c.title, inspect.getdoc(sys.modules[type(c).__module__]) or "") for c in review.checks())
    return table(("check", "title", "what it looks at"), rows)


def review_states() -> str:
    """The states of a proposal and the verbs between them, as DOT; what leads out of any open state leaves the box."""
    from planner.models import State
    from planner.review.states import OPEN

    lines = [
        'digraph { rankdir=LR compound=true bgcolor="white" fontname="Helvetica" nodesep=0.5 ranksep=1.1',
        'node [shape=box style="rounded,filled" fillcolor="#f4f4f5" color="#52525b" fontname="Helvetica" fontsize=12]',
        'edge [color="#52525b" fontname="Helvetica" fontsize=10]',
        f'subgraph cluster_open {{ label="open" color="#a1a1aa" {" ".join(OPEN)} }}',
        *(f'{state} [label="{state.label}"]' for state in State),
        'in_review -> approved [label="every area has its approvals"]',
        'approved -> in_review [label="an approval no longer counts"]',
    ]
    return "\n".join([*lines, *_edges(), "}"]) + "\n"


def _edges() -> Iterator[str]:
    from planner.review.states import MOVES, OPEN

    for move in (move for move in MOVES if move.to):
        if set(move.after) == set(OPEN):
            yield f'changes_requested -> {move.to} [ltail=cluster_open label="{move.title}"]'
            continue
        style = " style=dashed" if move.verb == "break_glass" else ""
        yield from (f'{state} -> {move.to} [label="{move.title}"{style}]' for state in move.after)


DRAWN: Mapping[str, Callable[[], str]] = {"review-states.svg": review_states}
"""Pictures of docs/img that are drawn from code: the DOT of each."""
_MARK = "<!-- drawn from {} -->\n"


def is_drawn(name: str) -> bool:
    """Whether the picture is of the code as it is now; another Graphviz would draw the same otherwise."""
    path = ROOT / "docs" / "img" / name
    return path.exists() and path.read_text(encoding="utf-8").endswith(_mark(name))


def _mark(name: str) -> str:
    return _MARK.format(hashlib.sha256(DRAWN[name]().encode()).hexdigest())


def _draw(name: str) -> None:
    svg = engine.run(DRAWN[name](), "svg").decode()
    (ROOT / "docs" / "img" / name).write_text(svg[svg.index("<svg") :].rstrip() + "\n" + _mark(name), encoding="utf-8")


MADE: Mapping[str, Callable[[], str]] = {
    "plan-file": plan_file,
    "workload": workload,
    "texts": texts,
    "server-types": server_types,
    "offers-today": offers_today,
    "offers-of-a-period": offers_of_a_period,
    "offer-sources": offer_sources,
    "demands": demands_table,
    "outages": outages_table,
    "stages": stages_text,
    "advice": advice_text,
    "commands": command_line,
    "checks": checks_text,
    "review-moves": review_moves,
    "review-checks": review_checks,
}


def renewed(text: str) -> str:
    """A paper with every made part as the code would have it now."""
    return _PART.sub(lambda part: f"[//]: # (made: {part['name']})\n\n{MADE[part['name']]()}\n[//]: # (end)", text)


def parts(text: str) -> list[str]:
    """The names of the made parts of a paper."""
    return [part["name"] for part in _PART.finditer(text)]


def main() -> None:
    """Renew every paper of docs/."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for path in sorted((ROOT / "docs").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if renewed(text) != text:
            path.write_text(renewed(text), encoding="utf-8")
            print(path.relative_to(ROOT))
    for name in DRAWN:
        if not is_drawn(name):
            _draw(name)
            print(f"docs/img/{name}")


if __name__ == "__main__":
    main()
