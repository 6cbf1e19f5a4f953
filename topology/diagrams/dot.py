"""From a picture to Graphviz DOT. Every attribute is ours; words of people pass `html.escape`."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import graphviz

from topology.components import PUBLIC
from topology.diagrams.picture import Arrow, Box, Group, Picture
from topology.diagrams.style import INK, LINK, MARKS, MUTED, PAPER, STATE_COLOURS, TRACK, load_colour

FONT = "Helvetica,Arial,sans-serif"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BAR = 120
"""Width of a load bar, points."""

Link = Callable[[str, str], str | None]
"""Gives the address behind a box or a tier: kind (`server` or `tier`) and name in, a relative URL out."""


def no_link(kind: str, name: str) -> None:
    """A drawing without links."""


def to_dot(picture: Picture, link: Link = no_link) -> str:
    """The DOT text of a picture."""
    graph = graphviz.Digraph(
        "tierwright",
        graph_attr={
            "bgcolor": "transparent", "compound": "true", "fontname": FONT, "fontcolor": INK, "nodesep": "0.28",
            "ranksep": "0.62", "pad": "0.12", "tooltip": _plain(picture.title), "newrank": "true",
        },
        node_attr={"fontname": FONT, "fontsize": "11", "fontcolor": INK, "shape": "box", "margin": "0.06,0.04"},
        edge_attr={"fontname": FONT, "fontsize": "9", "fontcolor": MUTED, "color": LINK, "arrowsize": "0.65"},
    )  # fmt: skip
    if any(arrow.client == PUBLIC for arrow in picture.arrows):
        graph.node(
            PUBLIC, label="the public", shape="ellipse", color=MUTED, fontcolor=MUTED, id="public", tooltip="the public"
        )
    for group in picture.groups:
        _add_group(graph, group, link)
    anchors = {group.name: _anchor(group) for group in picture.groups}
    for arrow in picture.arrows:
        _add_arrow(graph, arrow, anchors)
    return str(graph.source)


def _add_group(graph: graphviz.Digraph, group: Group, link: Link) -> None:
    changed = group.state != "same"
    line = STATE_COLOURS[group.state] if changed else group.hue.line
    style = "rounded,filled" + (",dashed" if group.state == "removed" else "")
    with graph.subgraph(name=f"cluster_{group.name}") as tier:
        tier.attr(
            label=f"<{_tier_label(group)}>", labeljust="l", style=style,
            color=line, fillcolor=group.hue.wash, id=f"tier-{group.name}",
            tooltip=f"tier {group.name}", penwidth="1.1", margin="10", **_url(link("tier", group.name)),
        )  # fmt: skip
        for box in group.boxes:
            _add_box(tier, box, group, link)
        with tier.subgraph() as row:
            row.attr(rank="same")
            for left, right in zip(group.boxes, group.boxes[1:], strict=False):
                row.edge(_node(left), _node(right), style="invis", arrowhead="none")


def _tier_label(group: Group) -> str:
    times = _times(group)
    head = (
        f'<font point-size="12" color="{group.hue.line}"><b>{MARKS[group.state]}{_text(group.name)}{times}</b></font>'
    )
    note = f'<font point-size="9" color="{MUTED}">  among themselves: {_text(group.note)}</font>' if group.note else ""
    return head + note


def _times(group: Group) -> str:
    """How many servers the tier has; where a change adds or takes some, how many before and after."""
    before, after = (sum(box.count for box in group.boxes if box.state != gone) for gone in ("added", "removed"))
    if group.state == "same" and before != after:
        return f" ×{before} → {after}"
    return f" ×{before or after}" if max(before, after) > 1 else ""


def _add_box(tier: graphviz.Digraph, box: Box, group: Group, link: Link) -> None:
    changed = box.state != "same"
    style = "rounded,filled" + (",dashed" if box.state == "removed" else "")
    tier.node(
        _node(box), label=f"<{_box_label(box)}>", style=style, fillcolor=PAPER, id=f"server-{box.names[0]}",
        color=STATE_COLOURS[box.state] if changed else group.hue.line, penwidth="2" if changed else "1",
        tooltip=_plain(_tooltip(box)), **_url(link("server", box.names[0])),
    )  # fmt: skip


def _box_label(box: Box) -> str:
    times = f" ×{box.count}" if box.count > 1 else ""
    colour = INK if box.state == "same" else STATE_COLOURS[box.state]
    title = f'<font point-size="12" color="{colour}"><b>{MARKS[box.state]}{_text(box.name)}</b>{times}</font>'
    address = _small(box.address)
    rows = [
        f'<tr><td align="left">{title}</td><td align="right">{address}</td></tr>',
        f'<tr><td align="left" colspan="2">{_small(box.facts)}</td></tr>',
        *(f'<tr><td align="left" colspan="2">{_text(line)}</td></tr>' for line in _lines(box.roles)),
    ]
    if box.cpu is not None:
        rows.append(f'<tr><td align="left" colspan="2">{_bar(box.cpu)}</td></tr>')
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="2">{"".join(rows)}</table>'


def _lines(roles: tuple[str, ...]) -> list[str]:
    """Roles, a few to a line, so that a box stays narrow; those that come or go stand on lines of their own."""
    marks = dict.fromkeys(role[:2] if role[:2] in ("+ ", "− ") else "" for role in roles)
    kinds = ([role for role in roles if role.startswith(mark) and (mark or role[:2] not in marks)] for mark in marks)
    return [line for kind in kinds for line in _filled(kind)]


def _filled(roles: list[str]) -> list[str]:
    lines, line = [], ""
    for role in roles:
        if line and len(line) + len(role) > 24:
            lines.append(line + ",")
            line = role
        else:
            line = f"{line}, {role}" if line else role
    return [*lines, line] if line else lines


def _small(text: str) -> str:
    return f'<font point-size="9" color="{MUTED}">{_text(text)}</font>'


def _text(text: str) -> str:
    """Escaped for a label, which is XML: a character that XML does not know, or only blanks, would be an error."""
    return escape(_NOT_XML.sub("\ufffd", text)) if text.strip() else "&#160;"


def _plain(text: str) -> str:
    """Escaped for an attribute of plain text: a backslash means itself, and angle brackets are no label of XML."""
    escaped: str = graphviz.escape(_NOT_XML.sub("\ufffd", text))
    return escaped


def _bar(share: float) -> str:
    filled = max(1, min(BAR, round(BAR * share)))
    cells = f'<td fixedsize="true" width="{filled}" height="5" bgcolor="{load_colour(share)}"></td>'
    if filled < BAR:
        cells += f'<td fixedsize="true" width="{BAR - filled}" height="5" bgcolor="{TRACK}"></td>'
    plain = 'border="0" cellborder="0" cellspacing="0"'
    bar = f'<table {plain} cellpadding="0" fixedsize="true" width="{BAR}" height="5"><tr>{cells}</tr></table>'
    text = f'<font point-size="9" color="{MUTED}">CPU {percent(share)}</font>'
    return (
        f'<table {plain} cellpadding="1" fixedsize="true" width="{BAR + 62}" height="14">'
        f'<tr><td align="left">{bar}</td><td align="left">{text}</td></tr></table>'
    )


def percent(share: float) -> str:
    """A share as a percentage, with one decimal below ten."""
    return f"{share * 100:.1f} %" if share < 0.0995 else f"{share * 100:.0f} %"


def rate_text(rate: float) -> str:
    """A rate with three figures."""
    return f"{rate:,.0f}/s" if rate >= 99.5 else f"{rate:.1f}/s" if rate >= 9.95 else f"{rate:.2f}/s"


def _add_arrow(graph: graphviz.Digraph, arrow: Arrow, anchors: dict[str, str]) -> None:
    changed = arrow.state != "same"
    flow = "" if arrow.rate is None else f"\\n{rate_text(arrow.rate)}"
    attributes = {
        "label": f" {MARKS[arrow.state]}{arrow.service} {arrow.port}{flow}",
        "lhead": f"cluster_{arrow.server}",
        "color": STATE_COLOURS[arrow.state],
        "tooltip": f"{arrow.client} to {arrow.server}: {arrow.service} {arrow.port}",
        "id": f"arrow-{arrow.client}-{arrow.server}-{arrow.service}",
    }
    if arrow.client != PUBLIC:
        attributes["ltail"] = f"cluster_{arrow.client}"
    if changed:
        attributes |= {"fontcolor": STATE_COLOURS[arrow.state], "penwidth": "1.8"}
    if arrow.state == "removed":
        attributes["style"] = "dashed"
    graph.edge(anchors.get(arrow.client, arrow.client), anchors[arrow.server], **attributes)


def _anchor(group: Group) -> str:
    """The box from which a tier's arrows start: the middle one keeps them short."""
    return _node(group.boxes[(len(group.boxes) - 1) // 2])


def _node(box: Box) -> str:
    return f"server_{box.names[0]}"


def _tooltip(box: Box) -> str:
    load = "" if box.cpu is None else f", CPU {percent(box.cpu)} at the peak"
    return f"{box.name}: {', '.join(box.roles)}{load}"


def _url(address: str | None) -> dict[str, str]:
    if address is None:
        return {}
    if address.startswith("//") or not address.startswith(("/", "?", "#")):
        raise ValueError("a link of a drawing is relative")
    return {"URL": address, "target": "_self"}
