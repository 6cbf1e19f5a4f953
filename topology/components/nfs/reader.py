"""Reads exports and mounts back, as the kernel and systemd will see them."""

from __future__ import annotations

import re

from topology.components.nfs.files import EXPORTS, SETTINGS, UNITS
from topology.components.reading import Listening, Mount, Reading, Target, Texts, read_ini, read_unit

PORT = 2049
_CLIENT = re.compile(r"(\S+?)\(([^)]*)\)")


def read(texts: Texts) -> Reading:
    """What the host shares and what it mounts."""
    mounts = tuple(_mount(text) for path, text in sorted(texts.items()) if _is_mount(path, text))
    served = read_ini(texts[SETTINGS]).get("nfsd", {}) if SETTINGS in texts else {}
    return Reading(
        listens=(Listening(port=int(served.get("port", PORT))),) if served else (),
        exports=tuple(_export(line) for line in texts.get(EXPORTS, "").splitlines() if line.startswith("/")),
        mounts=mounts,
        targets=tuple(Target(service="nfs", address=a, port=PORT) for a in dict.fromkeys(m.server for m in mounts)),
        workers=int(served["threads"]) if "threads" in served else None,
    )


def _is_mount(path: str, text: str) -> bool:
    return path.startswith(UNITS) and path.endswith(".mount") and "Type=nfs" in text


def _mount(text: str) -> Mount:
    unit = read_unit(text)
    server, _, _ = unit["Mount.What"][-1].partition(":")
    options = tuple(unit.get("Mount.Options", ("",))[-1].split(","))
    return Mount(path=unit["Mount.Where"][-1], server=server, options=options)


def _export(line: str) -> Mount:
    path, _, rest = line.partition(" ")
    found = _CLIENT.findall(rest)
    options = dict.fromkeys(option for _, words in found for option in words.split(","))
    return Mount(path=path, clients=tuple(client for client, _ in found), options=tuple(options))
