"""Starts two balancers on one bridge, takes the one that holds the address away, and gives it back."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Placed, Stage, Verdict
from topology.components.keepalived.reader import PATH, read
from topology.components.keepalived.settings import size

FOLDER = "/opt/balancers"
"""Where the peer's exported files are laid in the staged tree; each balancer then sees its own in /etc."""
OBSERVER = -2
"""The client's address, counted from the end of the servers' network."""

_ASK = """
address, seconds, prefix, client = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
names, own, interfaces = sys.argv[5::3], sys.argv[6::3], sys.argv[7::3]
machines, running = {f"02:00:00:00:00:0{at}": name for at, name in enumerate(names)}, {}
MACHINE = '''
mount -t tmpfs run /run && mkdir -p /run/haproxy
for part in keepalived haproxy; do
    [ ! -d "$5/$1/etc/$part" ] || mount --bind "$5/$1/etc/$part" "/etc/$part"
done
echo ready
until ip link show dev "$2" >/dev/null 2>&1; do sleep 0.02; done
ip link set lo up && ip addr add "$3/$4" dev "$2" && ip link set "$2" up
haproxy -D -f /etc/haproxy/haproxy.cfg >/dev/null 2>&1
keepalived --dont-fork --log-console --vrrp --use-file=/etc/keepalived/keepalived.conf
'''
SPACES = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]

def tool(line):
    subprocess.run(line.split(), check=True)

def start(at):
    words = ["host", names[at], interfaces[at], own[at], prefix, FOLDER]
    program = subprocess.Popen(
        [*SPACES, "sh", "-c", MACHINE, *words], stdout=subprocess.PIPE, stderr=open("/run/said", "a")
    )
    program.stdout.readline()
    tool(f"ip link add far{at} type veth peer name {interfaces[at]} address 02:00:00:00:00:0{at} netns {program.pid}")
    tool(f"ip link set far{at} master switch0 up")
    running[at] = program

def silence(at):
    tool(f"ip link del far{at}")
    running[at].kill()
    running[at].wait()

def holder():
    try:
        socket.create_connection((address, 80), 0.05).close()
    except OSError:
        pass
    for line in open("/proc/net/arp").read().splitlines()[1:]:
        fields = line.split()
        if fields[0] == address:
            return machines.get(fields[3])

def until(name, limit):
    # What a busy machine keeps from this program it keeps from the balancers too, and is not their time.
    began, kept = time.monotonic(), 0
    while holder() != name:
        asleep = time.monotonic()
        if asleep - began - kept > limit:
            raise SystemExit(f"{address} is not held by {name} after {limit:g} s, but by {holder()}")
        time.sleep(0.02)
        kept += time.monotonic() - asleep - 0.02
    return time.monotonic() - began - kept

only("keepalived")
all_others = others
def network(pid):
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:  # ended meanwhile
        return ""
def others():
    return [pid for pid in all_others() if network(pid) == network(running[0].pid)]

tool("ip link add switch0 type bridge forward_delay 0")
tool(f"ip addr add {client}/{prefix} dev switch0")
tool("ip link set switch0 up")
first, second = names
start(0)
until(first, PATIENCE)
measured(lambda: time.sleep(1), 4, "a second of holding it")
def waiting():
    return open("/run/said").read().count("Entering BACKUP STATE")
before = waiting()
start(1)
wait_for(lambda: waiting() > before)
time.sleep(seconds)
if wait_for(holder) != first:
    raise SystemExit(f"{address} is not held by {first} beside {second}, but by {holder()}")
silence(0)
took = until(second, seconds)
print(f"failover taken: {address} held by {second} {took:.1f} s after {first} fell silent, promised {seconds:g} s")
start(0)
until(first, PATIENCE)
print(f"given back: {address} held by {first} after its restart")
"""


def peer_of(placed: Placed) -> Placed | None:
    """keepalived on another balancer; None where there is no other."""
    found = (p for p in placed.cluster.placed if p.component is placed.component and p.host != placed.host)
    return next(found, None)


def fail_over(stage: Stage, peer: Placed) -> Verdict:
    """The higher priority holds the address, falls silent without a goodbye, and holds it again after a restart."""
    placed = stage.placed
    for beside in peer.cluster.by_host[peer.host.name]:
        for file in beside.component.files(beside):
            stage.scaffold(f"{FOLDER}/{peer.host.name}{file.path}", file.text, mode=file.mode)
    paths = (PATH, f"{FOLDER}/{peer.host.name}{PATH}")
    pairs = [(each, read({PATH: stage.read(path)})) for each, path in zip((placed, peer), paths, strict=True)]
    (first, _), (second, waits) = sorted(pairs, key=lambda pair: -pair[1].vrrp[0].priority)
    address, network = size(placed)["virtual_address"], placed.cluster.design.cidr
    words = [address, f"{waits.detects_seconds:g}", str(network.prefixlen), str(network[OBSERVER])]
    for each in (first, second):
        words += [each.host.name, each.host.address, size(each)["interface"]]
    expects = [f"failover taken: {address} held by {second.host.name}", f"given back: {address}", "measured: "]
    return booting.boot(stage, start="", ask=f"FOLDER = {FOLDER!r}\n{_ASK}", expects=expects, words=words)
