"""Starts memcached with the options of its file and asks it what it understood."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.memcached.settings import size

PATH = "/etc/memcached.conf"
_SCRIPT = """
ip addr add "$1/32" dev lo
options=$(sed -e 's/#.*//' -e '/^-u /d' "$3" | tr '\\n' ' ')
memcached $options -u root -P /run/validate-memcached.pid 2>&1 &
pid=$!
for try in $(seq 100); do
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
_BOOT = r"""
ip addr add "$1/32" dev lo
mkdir -p /run/memcached && chown memcache: /run/memcached
/usr/share/memcached/scripts/systemd-memcached-wrapper "$3" >/run/said 2>&1 &
for try in $(seq 50); do (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null && break; sleep 0.1; done
exec 3<>"/dev/tcp/$1/$2" || { cat /run/said; exit 4; }
printf 'set page 0 60 5\r\nhello\r\nget page\r\nquit\r\n' >&3
cat <&3
"""


def boot(stage: Stage) -> Verdict:
    """Started as Debian's unit starts it, it must keep a value."""
    sizing, address = size(stage.placed), stage.placed.host.address
    ran = stage.run(["bash", "-c", _BOOT, "memcached", address, str(sizing["port"]), PATH], seconds=30)
    kept = ran.output.split() == ["STORED", "VALUE", "page", "0", "5", "hello", "END"]
    return Verdict(accepted=kept, says="a value is stored and read back" if kept else ran.output.strip())


def check(stage: Stage) -> Verdict:
    """It must start, listen on its private address, and hold the memory and connections of the design."""
    sizing, address = size(stage.placed), stage.placed.host.address
    ran = stage.run(["bash", "-c", _SCRIPT, "memcached", address, str(sizing["port"]), PATH])
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
