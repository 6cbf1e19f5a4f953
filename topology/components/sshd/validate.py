"""Lets sshd read its whole configuration, and asks it whether an administrator still gets in.

A file that shuts everybody out is without fault to `sshd -t`. So sshd is asked what holds for root from the
administrators' network, and from elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from topology.components.base import Placed, Stage, Verdict
from topology.components.reading import Admission, Reading, Texts, read_assignments

PATH = "/etc/ssh/sshd_config.d/10-tierwright.conf"
WANTED = {
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "pubkeyauthentication": "yes",
    "permitrootlogin": "without-password",
}
_SCRIPT = """
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f /run/key || exit
sshd -t -h /run/key && sshd -T -h /run/key -C "user=root,host=admin,addr=$1"
"""


def friend_of(placed: Placed) -> str:
    """An address of the administrators' network."""
    network = ipaddress.IPv4Network(placed.cluster.design.admin_cidr)
    return str(network[-2] if network.num_addresses > 2 else network[0])


def check(stage: Stage) -> Verdict:
    """sshd -t, then what holds for an administrator."""
    ran = stage.run(["sh", "-c", _SCRIPT, "sshd", friend_of(stage.placed)])
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output.strip())
    holds = dict(line.partition(" ")[::2] for line in ran.output.splitlines())
    problem = _problem(stage, holds)
    if problem:
        return Verdict(accepted=False, says=problem)
    return Verdict(accepted=True, says="sshd accepts it; administrators get in with a key, and nobody with a password")


def _problem(stage: Stage, holds: Mapping[str, str]) -> str | None:
    wrong = [f"{key} is {holds.get(key)}, not {value}" for key, value in WANTED.items() if holds.get(key) != value]
    if wrong:
        return "; ".join(wrong)
    network = stage.placed.cluster.design.admin_cidr
    admitted = [one.address for one in read({PATH: stage.read(PATH)}).admits]
    if admitted != [network]:
        return f"it lets {', '.join(admitted) or 'everybody'} in, and the administrators' network is {network}"
    return None


def read(texts: Texts) -> Reading:
    """The networks from which somebody may sign in."""
    allowed = read_assignments(texts.get(PATH, ""), sign=" ").get("AllowUsers", "")
    pairs = (word.partition("@") for word in allowed.split())
    return Reading(admits=tuple(Admission(address=where, database="", user=user) for user, _, where in pairs))
