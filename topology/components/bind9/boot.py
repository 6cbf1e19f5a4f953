"""Starts BIND as its own user and asks it for a name, several times over, and for a name that is not its own."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from topology.components.base import Stage, Verdict
from topology.components.bind9.zones import Zone, zones_of
from topology.components.booting import ASKING, SECONDS

_SCRIPT = r"""
ip address add "$1/32" dev lo
mkdir -p /run/named /var/cache/bind && chown bind: /run/named /var/cache/bind
named -f -u bind >/run/said 2>&1 &
python3 -c "$2" "$1" "$3" || cat /run/said
"""
_ASK = r"""
import struct
def asked(name):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    packet = struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + labels + bytes(1) + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(5)
        line.connect((sys.argv[1], 53))
        line.send(packet)
        said = line.recv(4096)
    flags, _, answers = struct.unpack("!3H", said[2:8])
    at, found = len(packet), []
    for _ in range(answers):
        kind, _, ttl, length = struct.unpack("!2HIH", said[at + 2 : at + 12])
        if kind == 1:
            found.append(socket.inet_ntoa(said[at + 12 : at + 12 + length]))
        at += 12 + length
    return flags & 15, found
wait_for(lambda: asked(sys.argv[2])[1])  # it listens a little before its zones are loaded
print(json.dumps({"answers": [asked(sys.argv[2])[1] for _ in range(12)], "stranger": asked("www.example.net")[0]}))
measured(lambda: asked(sys.argv[2]), 500, "a question")
"""
REFUSED = 5


def boot(stage: Stage) -> Verdict:
    """Every address must be in each answer and first in some, and other names must be refused."""
    zone = zones_of(stage.placed)[0]
    for other in zones_of(stage.placed):
        stage.scaffold(other.own, "")
    words = (stage.placed.host.address, ASKING + _ASK, zone.name)
    ran = stage.run(["bash", "-c", _SCRIPT, "named", *words], seconds=SECONDS)
    answer = re.search(r"^{.*}$", ran.output, re.MULTILINE)
    if answer is None:
        return Verdict(accepted=False, says=ran.output.strip())
    verdict = _judge(json.loads(answer.group()), zone)
    took = re.search(r"^measured: .*$", ran.output, re.MULTILINE)
    return replace(verdict, says=f"{verdict.says}\n{took.group() if took else 'nothing measured'}")


def _judge(answer: dict[str, object], zone: Zone) -> Verdict:
    expected = sorted(address for name, address in zone.records if name == zone.name)
    given = answer["answers"]
    assert isinstance(given, list)
    firsts = sorted({addresses[0] for addresses in given if addresses})
    complete = all(sorted(addresses) == expected for addresses in given)
    says = f"{zone.name}: {', '.join(expected)}, each of them first in turn; other names are refused"
    if complete and firsts == expected and answer["stranger"] == REFUSED:
        return Verdict(accepted=True, says=says)
    return Verdict(accepted=False, says=f"{zone.name} is to be {', '.join(expected)} in turn: {answer}")
