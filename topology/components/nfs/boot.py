"""Shares the directories by a server of NFS that runs as a program, and writes and reads a file from another network.

A kernel without NFS starts neither its own server nor a mount, and many machines that test have such a kernel. In
their place nfs-ganesha serves the same directories at the same paths to the same clients, as the host's files name
them, and libnfs asks over NFS version 3. What is shown is the directory, the client and the owner; not the kernel's
threads, and not a mount.
"""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Placed, Stage, Verdict
from topology.components.nfs.files import EXPORTS, UNITS, is_master, mounts
from topology.components.nfs.reader import read

ANSWER = "file seen through NFS by a userspace client"
CONFIG = "/etc/ganesha-stand-in.conf"
_START = r"""
own=$1 client=$2 config=$4 shared=$5
mkdir -p $shared /run/ganesha /run/rpcbind /var/lib/nfs/ganesha
# Files of an overlay have no handles, which a server of NFS needs.
for directory in $shared; do mount -t tmpfs shared "$directory" && chown www-data: "$directory"; done
for directory in $shared; do echo printed >$directory/first.txt; done
unshare --net sleep infinity & far=$!
while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add eth0 type veth peer name far0 netns $far
ip addr add "$own/16" dev eth0 && ip link set eth0 up
nsenter --target $far --net ip addr add "$client/16" dev far0
nsenter --target $far --net ip link set far0 up
echo $far >/run/far
rpcbind -w -f >/run/rpc 2>&1 &
for try in $(seq 600); do (exec 3<>/dev/tcp/127.0.0.1/111) 2>/dev/null && break; sleep 0.1; done
ganesha.nfsd -F -f $config -L /run/said -p /run/ganesha.pid &
"""
_ASK = """
own, client, stranger, _, shared = sys.argv[1:6]
shared = shared.split()[0]
wait_port(own, 2049)
enter = ["nsenter", "--target", open("/run/far").read().strip(), "--net"]
place = f"nfs://{own}{shared}"
version = "version=3&nfsport=2049&mountport=20048&uid=33&gid=33"
def asked(program, *paths):
    return subprocess.run([*enter, program, *paths], capture_output=True, text=True, errors="replace", timeout=60)
first = wait_for(lambda: asked("nfs-cat", f"{place}/first.txt?{version}"), lambda ran: ran.returncode == 0)
open("/run/sent", "wb").write(os.urandom(50000))
sent = asked("nfs-cp", "/run/sent", f"{place}/upload.bin?{version}")
asked("nfs-cp", f"{place}/upload.bin?{version}", "/run/back")
if not os.path.exists("/run/back"):
    raise SystemExit(f"{first.stderr} {sent.stderr}")
wanted = open("/run/sent", "rb").read()
same = wanted == open("/run/back", "rb").read() == open(f"{shared}/upload.bin", "rb").read()
print("file seen through NFS by a userspace client" if same else "the file is not the same")
measured(lambda: asked("nfs-cat", f"{place}/upload.bin?{version}"), 20, "to read 50 kB")
subprocess.run([*enter, "ip", "addr", "del", f"{client}/16", "dev", "far0"], check=True)
subprocess.run([*enter, "ip", "addr", "add", f"{stranger}/16", "dev", "far0"], check=True)
shut = asked("nfs-cat", f"{place}/first.txt?{version}").returncode != 0
print("a stranger gets nothing" if shut else "a stranger reads it")
"""
_EXPORT = """
EXPORT {{
    Export_Id = {number}; Path = {path}; Pseudo = {path}; Protocols = 3; Transports = TCP; SecType = sys;
    Access_Type = None; Squash = Root_Squash; FSAL {{ Name = VFS; }}
    CLIENT {{ Clients = {clients}; Access_Type = RW; }}
}}
"""
_CORE = """
NFS_CORE_PARAM { Protocols = 3; NFS_Port = 2049; MNT_Port = 20048; Enable_NLM = false; Enable_RQUOTA = false; }
NFS_KRB5 { Active_krb5 = false; }
LOG { Default_Log_Level = CRIT; }
"""


def boot(stage: Stage) -> Verdict:
    """A client of the plan must read back what it wrote, byte for byte, and a stranger must get nothing."""
    server, client, paths = _ends(stage)
    if not paths:
        return Verdict(accepted=True, says="nothing to mount: the directories are this host's own")
    exports = (_EXPORT.format(number=n, path=path, clients=client) for n, path in enumerate(paths, 1))
    stage.scaffold(CONFIG, _CORE + "".join(exports))
    words = (server, client, _stranger(stage.placed), CONFIG, " ".join(paths))
    return booting.boot(stage, start=_START, ask=_ASK, expects=[ANSWER, "a stranger gets nothing"], words=words)


def _ends(stage: Stage) -> tuple[str, str, tuple[str, ...]]:
    """Server, one client and the directories, as the files of this host name them."""
    placed = stage.placed
    if is_master(placed):
        exports = read({EXPORTS: stage.read(EXPORTS)}).exports
        return placed.host.address, exports[0].clients[0], tuple(export.path for export in exports)
    units = {f"{UNITS}/{mount.unit}": stage.read(f"{UNITS}/{mount.unit}") for mount in mounts(placed)}
    mounted = read(units).mounts
    return (mounted[0].server if mounted else ""), placed.host.address, tuple(mount.path for mount in mounted)


def _stranger(placed: Placed) -> str:
    """The last address of the servers' network, which no server of a test has."""
    return str(placed.cluster.design.cidr[-2])
