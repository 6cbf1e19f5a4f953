"""The door of the administrators: OpenSSH with keys only, from the administrators' network only.

Name the role on a tier where the door is to be closed to passwords; it is on no server by itself, since it changes
how people get in. It is a file beside the distribution's own, read before every other, and never shuts root's key
out: whoever comes from `network.admin_cidr` with a key gets in. See that this network is yours, that your key is on
the server, and keep a second session open while the file is put in place.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import Component, ConfigFile, Log, Measured, Placed, Sizing, Trouble, Validator
from topology.components.reading import Reading, Texts
from topology.components.rendering import assignments
from topology.components.sshd.boot import ANSWER, boot
from topology.components.sshd.settings import SshdSettings, size
from topology.components.sshd.validate import PATH, check, read


class Sshd(Component):
    """The door of the administrators."""

    name = "sshd"
    title = "OpenSSH server"
    roles = {"sshd": "lets administrators in with keys, from their own network"}  # noqa: RUF012
    packages = {"debian12": "9.2p1", "ubuntu2404": "9.6p1"}  # noqa: RUF012
    package = "openssh-server"
    settings = SshdSettings
    evidence = "booted"
    answer = ANSWER
    measured = Measured(memory_mib=3, cpu_ms=140, says="signing in with a key, 5 times: key exchange and a shell")
    logs = (Log(path="journal: ssh.service", says="who came in with which key, and who was refused"),)
    troubles = (
        Trouble(
            sees="Permission denied (publickey)",
            does="Your key is not in ~/.ssh/authorized_keys of that account, or that file may be written by others.",
        ),
        Trouble(
            sees="`User ... not allowed because not listed in AllowUsers` in the journal",
            does="You do not come from network.admin_cidr of the plan. By the provider's console, take"
            " /etc/ssh/sshd_config.d/10-tierwright.conf away and reload ssh, then correct the plan.",
        ),
    )
    validator = Validator(
        program="sshd",
        package="openssh-server",
        says="sshd -t; sshd -T for root from the administrators' network, who must get in with a key alone",
        check=check,
        boot=boot,
    )

    def size(self, placed: Placed) -> Sizing:
        """Tries and times."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/ssh/sshd_config.d/10-tierwright.conf: of two values for one keyword the first holds."""
        sized = size(placed)
        text = assignments(
            [
                ("PasswordAuthentication", "no"),
                ("KbdInteractiveAuthentication", "no"),
                ("PubkeyAuthentication", "yes"),
                ("PermitRootLogin", "prohibit-password"),
                ("AllowUsers", f"*@{placed.cluster.design.admin_cidr}"),
                ("MaxAuthTries", sized["max_auth_tries"]),
                ("LoginGraceTime", sized["login_seconds"]),
                ("X11Forwarding", "no"),
                ("ClientAliveInterval", sized["alive_seconds"]),
                ("ClientAliveCountMax", 3),
            ],
            sign=" ",
        )
        return (ConfigFile(path=PATH, text=text, mode=0o600, unit="ssh.service", reasons=sized.reasons),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Whom its file lets in."""
        return read(texts)


COMPONENT = Sshd()
