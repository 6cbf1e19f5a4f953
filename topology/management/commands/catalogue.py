"""Lists the components that a plan may use, with what each was found to do, or its server types with their prices."""

from __future__ import annotations

import textwrap
from typing import Any

from django.core.management.base import CommandParser

from topology.components import Component, catalogue, describe
from topology.hardware import OFFERS, Offer
from topology.management.command import FINE, PlanCommand

EVIDENCE = {
    "booted": "was started and answered",
    "stand_in": "was tried by a stand-in",
    "translated": "is translated to a program of today",
    "none": "was not started",
}


class Command(PlanCommand):
    """`manage.py catalogue`."""

    help = (
        "List the components: their roles, versions, settings, and how far each was really tried. With --types, list"
        " the server types that a plan may name, with the source of each figure."
    )
    example = "python manage.py catalogue --json"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--types", action="store_true", help="the server types in place of the components")
        parser.add_argument("--json", action="store_true", help="for machines")

    def run(self, **options: Any) -> int:
        if options["types"]:
            return self._types(as_json=options["json"])
        components = sorted(catalogue().components, key=lambda component: component.name)
        if options["json"]:
            self.answer_json([describe(component) for component in components])
        else:
            self.answer("\n\n".join(map(_text, components)))
        return FINE

    def _types(self, *, as_json: bool) -> int:
        if as_json:
            self.answer_json([_offer_document(item) for item in OFFERS])
        else:
            self.answer("\n".join(map(_offer_text, OFFERS)))
        return FINE


def _offer_document(item: Offer) -> dict[str, Any]:
    """A server type with every figure and where it comes from."""
    shape = item.type.model_dump(include={"cores", "ram_mib", "disk_gib", "network_mbit", "price_month"})
    return {
        "name": item.name,
        "provider": item.provider,
        "region": item.region or None,
        "year": item.year,
        **shape,
        "currency": item.currency or None,
        "speed": item.speed.model_dump(),
        "cpu": item.cpu or None,
        "price_source": item.price_source or None,
        "shape_source": item.shape_source,
        "network_source": item.network_source or None,
        "note": item.note or None,
    }


def _offer_text(item: Offer) -> str:
    """A server type on a line."""
    kind = item.type
    price = "no price" if kind.price_month is None else f"{kind.price_month:,.2f} {item.currency} a month"
    speed = f"speed {item.speed.mid:g} ({item.speed.low:g} to {item.speed.high:g})"
    parts = [f"{kind.cores} cores", f"{kind.ram_mib:,} MiB", speed, price, *([item.cpu] if item.cpu else [])]
    return f"{item.name}: {', '.join(parts)}"


def _text(component: Component) -> str:
    """One component as a paragraph."""
    entry = describe(component)
    first, _, _ = entry["text"].partition("\n\n")
    lines = [f"{entry['title']} ({', '.join(entry['roles'])})", textwrap.fill(first, 100)]
    lines += [f"versions: {_versions(entry)}"] if entry["packages"] else []
    lines += [f"checked by: {entry['validator']}"] if entry["validator"] else []
    lines.append(f"evidence: {EVIDENCE[entry['evidence']]}{_answer(entry)}")
    lines += [f"{setting['name']} ({setting['takes']}): {setting['says']}" for setting in entry["settings"]]
    return f"\n{' ' * 4}".join(lines[:1] + [line.replace("\n", "\n    ") for line in lines[1:]])


def _versions(entry: dict[str, Any]) -> str:
    return ", ".join(f"{version} on {system}" for system, version in entry["packages"].items())


def _answer(entry: dict[str, Any]) -> str:
    return f": {entry['answer']}" if entry["answer"] else ""
