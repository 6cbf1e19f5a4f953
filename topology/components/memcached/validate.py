"""Starts memcached with the options of its file and asks it what it understood."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.memcached.settings import size

PATH = "/etc/memcached.conf"
_SCRIPT = """
ip addr add "$1/32" dev lo
options=$(sed -e 's/#.*//' -e '/^-u /d' "$3" | tr '\\n' ' ')
memcached $options -u root -P /run/validate-memcached.pid 2>&1 &
pid=$!
for try in $(seq 600); do
    kill -0 "$pid" 2>/dev/null || exit 3
    if (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; then break; fi
    sleep 0.1
done
exec 3<>"/dev/tcp/$1/$2" || { kill "$pid"; exit 4; }
printf 'stats settings\\r\\nquit\\r\\n' >&3
cat <&3
kill "$pid"
wait "$pid"
exit 0
"""
_START = """
ip addr add "$1/32" dev lo
mkdir -p /run/memcached && chown memcache: /run/memcached
/usr/share/memcached/scripts/systemd-memcached-wrapper "$3" >/run/said 2>&1 &
"""
_ASK = r"""
address, port = sys.argv[1], int(sys.argv[2])
wait_port(address, port)
line = socket.create_connection((address, port))
def asked(text, end):
    line.sendall(text)
    said = b""
    while not said.endswith(end):
        said += line.recv(65536)
    return said
stored = asked(b"set page 0 60 1000\r\n" + b"a" * 1000 + b"\r\n", b"\r\n")
read = asked(b"get page\r\n", b"END\r\n")
if stored == b"STORED\r\n" and b"a" * 1000 in read:
    print("a value is stored and read back")
measured(lambda: asked(b"get page\r\n", b"END\r\n"), 2000, "a look-up of 1 kB, one after the other")
"""


def boot(stage: Stage) -> Verdict:
    """Started as Debian's unit starts it, it must keep a value."""
    port = str(size(stage.placed)["port"])
    words = (stage.placed.host.address, port, PATH)
    return booting.boot(stage, start=_START, ask=_ASK, expects=("a value is stored and read back",), words=words)


def check(stage: Stage) -> Verdict:
    """It must start, listen on its private address, and hold the memory and connections of the design."""
    sizing, address = size(stage.placed), stage.placed.host.address
    ran = stage.run(
        ["bash", "-c", _SCRIPT, "memcached", address, str(sizing["port"]), PATH], seconds=booting.CHECK_SECONDS
    )
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output.strip() or "memcached did not start with these options")
    stats = dict(words[1:3] for line in ran.output.splitlines() if len(words := line.split()) == 3)
    expected = {
        "maxbytes": str(sizing["memory_mib"] * 1024 * 1024),
        "maxconns": str(sizing["connections"]),
        "inter": address,
        "udpport": "0",
    }
    wrong = [
        f"{name} is {stats.get(name)}, not {value}" for name, value in expected.items() if stats.get(name) != value
    ]
    if wrong:
        return Verdict(accepted=False, says=f"memcached understood otherwise: {'; '.join(wrong)}")
    return Verdict(accepted=True, says="memcached starts and holds the memory and connections of the design")
