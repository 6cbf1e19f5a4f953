"""Starts sshd over the staged configuration and knocks: with a key, with a password, and from a stranger's address."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.sshd.validate import friend_of

ANSWER = "with a key: in; with a password: refused; from elsewhere: refused"
STRANGER = "192.0.2.9"
"""An address that documentation may use (RFC 5737): nobody's."""
_START = r"""
mkdir -p /run/sshd
for address in "$1" "$2"; do ip addr add "$address/32" dev lo; done
for key in /run/host /run/key; do ssh-keygen -q -t ed25519 -N '' -f $key; done
cp /run/key.pub /run/allowed
/usr/sbin/sshd -h /run/host -o AuthorizedKeysFile=/run/allowed -o StrictModes=no -E /run/said
"""
_ASK = """
wait_port("127.0.0.1", 22)
common = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/run/known", "-o", "BatchMode=yes"]
common += ["-i", "/run/key"]
def knock(source, *more):
    line = ["ssh", *common, "-b", source, *more, "root@127.0.0.1", "echo in"]
    said = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE)
    return "in" if said.stdout.strip() == "in" else "refused"
friend, stranger = sys.argv[1:3]
key, password = knock(friend), knock(friend, "-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password")
print(f"with a key: {key}; with a password: {password}; from elsewhere: {knock(stranger)}")
measured(lambda: knock(friend), 5, "to sign in")
"""


def boot(stage: Stage) -> Verdict:
    """Only the key of an administrator opens."""
    words = (friend_of(stage.placed), STRANGER)
    return booting.boot(stage, start=_START, ask=_ASK, expects=[ANSWER, "measured: "], words=words)
