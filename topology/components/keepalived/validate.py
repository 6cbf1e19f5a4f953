"""Lets keepalived test its file, on a host that has the interface which the plan names."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.keepalived.failover import fail_over, peer_of
from topology.components.keepalived.reader import PATH, read
from topology.components.keepalived.settings import size

COPY, SCRIPT, OWN_SCRIPT = "/run/validate-keepalived.conf", "/usr/bin/pgrep", "/run/pgrep"
"""keepalived runs no script that root does not own, and to a user's namespace nobody owns the machine's programs."""

_START = """
ip link add "$1" type veth peer name far0 && ip addr add "$2" dev "$1"
ip link set "$1" up && ip link set far0 up
mkdir -p /run/haproxy && haproxy -D -f /etc/haproxy/haproxy.cfg
keepalived --dont-fork --log-console --vrrp --use-file=/etc/keepalived/keepalived.conf >/run/said 2>&1 &
"""
_ASK = """
interface, _, address = sys.argv[1:4]
def held():
    listed = subprocess.run(["ip", "-o", "-4", "addr", "show", "dev", interface], capture_output=True, text=True)
    return f" {address}/" in listed.stdout
print(f"{interface} holds {address}" if wait_for(held) else f"{interface} does not hold {address}")
only("keepalived")
measured(lambda: time.sleep(1), 4, "a second of holding it")
"""


def check(stage: Stage) -> Verdict:
    """keepalived -t; without the interface it would refuse every file."""
    placed = stage.placed
    interface, prefix = size(placed)["interface"], placed.cluster.design.cidr.prefixlen
    steps = (
        f"ip link add {interface} type veth peer name far0",
        f"ip addr add {placed.host.address}/{prefix} dev {interface}",
        f"ip link set {interface} up",
        f"cp {SCRIPT} {OWN_SCRIPT}",
        f"sed 's#{SCRIPT}#{OWN_SCRIPT}#' {PATH} >{COPY}",
        f"keepalived -t -f {COPY}",
    )
    ran = stage.run(["sh", "-c", " && ".join(steps)])
    if any(one.advert_seconds < 1 and one.version < 3 for one in read({PATH: stage.read(PATH)}).vrrp):
        return Verdict(
            accepted=False, says="VRRP below version 3 counts whole seconds: write version 3 or advert_int 1"
        )
    accepted = ran.status == 0 and "Unknown keyword" not in ran.output
    says = ran.output.replace(COPY, PATH).replace(OWN_SCRIPT, SCRIPT)
    return Verdict(accepted=accepted, says=says or ("keepalived accepts it" if accepted else "keepalived refuses it"))


def boot(stage: Stage) -> Verdict:
    """keepalived beside HAProxy: the address passes to its peer and back, or is held where there is no peer."""
    peer = peer_of(stage.placed)
    return fail_over(stage, peer) if peer else _hold(stage)


def _hold(stage: Stage) -> Verdict:
    placed = stage.placed
    sized, prefix = size(placed), placed.cluster.design.cidr.prefixlen
    wanted = f"{sized['interface']} holds {sized['virtual_address']}"
    words = (sized["interface"], f"{placed.host.address}/{prefix}", sized["virtual_address"])
    return booting.boot(stage, start=_START, ask=_ASK, expects=[wanted, "measured: "], words=words)
