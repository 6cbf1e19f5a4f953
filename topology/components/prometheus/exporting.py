"""What exporters have in common: one line of arguments, a port for the server that asks, and a start that is asked."""

from __future__ import annotations

import re
from typing import ClassVar, LiteralString

from topology.components import booting
from topology.components.base import (
    Component,
    ConfigFile,
    Endpoint,
    Log,
    Memory,
    Placed,
    Reason,
    Stage,
    Trouble,
    Validator,
    Verdict,
)
from topology.components.reading import Listening, Reading, Texts
from topology.components.rendering import option, sections
from topology.demands import guess

MONITORING = "monitoring"
METRICS = "metrics"
OWN_MIB = guess(10, 20, 40, "near what its start in the tests took")
_ADDRESS = re.compile(r"--web\.listen-address=(\d+\.\d+\.\d+\.\d+):(\d+)")
_LISTENS = r"""
ip addr add "$1/32" dev lo
set -a; . "$2"
asleep=0
"$3" $ARGS 2>&1 & program=$!
# It listens, or it sleeps since what it looks at is not there; one that is kept waiting for a processor does not sleep.
for try in $(seq 600); do
    kill -0 $program 2>/dev/null || exit 3
    if grep -qs '^State:.[RD]' /proc/$program/task/*/status; then asleep=0; else asleep=$((asleep + 1)); fi
    if [ $asleep -ge 10 ] || grep -qs ' 0A ' /proc/net/tcp /proc/net/tcp6; then kill $program; exit 0; fi
    sleep 0.1
done
kill $program
exit 4
"""
_START = r"""
address=$1 program=$2 defaults=$3
ip addr add "$address/32" dev lo
set -a; . $defaults; set +a
[ ! -e /run/before.sh ] || . /run/before.sh
setpriv --reuid=$5 --regid=$5 --clear-groups --inh-caps=-all $program $ARGS >/run/said 2>&1 &
"""
_ASK = """
address, program, _, port, _, wanted = sys.argv[1:7]
wait_port(address, port)
def asked():
    status, text, _ = get("/metrics", address=address, port=port)
    return status, [line for line in text.splitlines() if line.startswith(wanted)]
status, figures = wait_for(asked, lambda answer: answer[1])
print(f"GET /metrics: {status}, {figures[0] if figures else f'no {wanted}'}")
only(os.path.basename(program)[:15])
measured(lambda: get("/metrics", address=address, port=port), 20, "a scrape")
"""


class Exporter(Component):
    """An exporter: one file with its arguments, and a port that the server of the design asks."""

    port: ClassVar[int]
    arguments: ClassVar[tuple[str, ...]] = ()
    """Further arguments, each a word."""
    account: ClassVar[str] = "prometheus"
    """The account that it runs as, where that is not its package's own."""
    source: ClassVar[LiteralString] = ""
    """How it signs in to what it looks at, as it reads that from its environment."""
    environment: ClassVar[str] = ""
    """A further file with its environment, which a preparation makes."""
    proves: ClassVar[str]
    """Beginning of a figure that shows that it has seen what it looks at."""
    before: ClassVar[str] = ""
    """Shell lines by which its test starts what it looks at."""

    evidence = "booted"
    implied_where = frozenset({MONITORING})
    troubles = (
        Trouble(
            sees="the server says that the target is down",
            does="Ask the exporter yourself from the monitoring server: curl http://ADDRESS:PORT/metrics.",
        ),
    )

    def __init_subclass__(cls) -> None:
        """What follows from its role, its package, which has the name of its program, and what it proves."""
        cls.offers = dict.fromkeys(cls.roles, (METRICS,))
        cls.answer = f"GET /metrics: 200, {cls.proves}"
        cls.logs = (Log(path=f"journal: {cls.package}.service", says="why it could not start or could not ask"),)
        cls.validator = _validator_of(cls)

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Its figures."""
        return (Endpoint(service=METRICS, port=self.port),)

    @property
    def path(self) -> str:
        """Its arguments, as the package's unit reads them."""
        return f"/etc/default/{self.package}"

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Its arguments."""
        listens = option("--web.listen-address", f"{placed.host.address}:{self.port}")
        reason = Reason(
            setting="listen-address",
            value=f"{placed.host.address}:{self.port}",
            formula="the server's own address, opened by the firewall to the monitoring server alone",
        )
        source = f'DATA_SOURCE_NAME="{self.source}"\n' if self.source else ""
        text = f'{source}ARGS="{" ".join((listens, *self.further(placed)))}"\n'
        unit = f"{self.package}.service"
        arguments = ConfigFile(path=self.path, text=text, action="restart", unit=unit, reasons=(reason,))
        return (arguments, *self._drop_in(unit))

    def further(self, placed: Placed) -> tuple[str, ...]:
        """Arguments beside the address."""
        return self.arguments

    def _drop_in(self, unit: str) -> tuple[ConfigFile, ...]:
        """What its package's unit does otherwise."""
        changes = [("User", self.account)] if self.account != "prometheus" else []
        changes += [("EnvironmentFile", self.environment)] if self.environment else []
        if not changes:
            return ()
        path = f"/etc/systemd/system/{unit}.d/tierwright.conf"
        return (ConfigFile(path=path, text=sections([("Service", changes)]), action="restart", unit=unit),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Where it listens."""
        found = _ADDRESS.findall(texts.get(self.path, ""))
        return Reading(listens=tuple(Listening(address=address, port=int(port)) for address, port in found))

    def memory(self, placed: Placed) -> Memory:
        """Its own."""
        return Memory(parts={self.name: OWN_MIB})


def _validator_of(exporter: type[Exporter]) -> Validator:
    """An exporter has no check of its own: it is started, and must listen where the design says."""
    return Validator(
        program=exporter.package,
        package=exporter.package,
        says=f"{exporter.package} started for a moment with its arguments; its address held against the design",
        check=lambda stage: _check(stage, exporter()),
        boot=lambda stage: _boot(stage, exporter()),
    )


def _check(stage: Stage, exporter: Exporter) -> Verdict:
    """A wrong argument ends it before it listens or waits for what it looks at."""
    words = (stage.placed.host.address, exporter.path, exporter.package)
    ran = stage.run(["bash", "-c", _LISTENS, "exporter", *words], seconds=booting.CHECK_SECONDS)
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output.strip()[-400:] or f"it ended with {ran.status}")
    listens = exporter.read(stage.placed, {exporter.path: stage.read(exporter.path)}).listens
    wanted = (Listening(address=stage.placed.host.address, port=exporter.port),)
    if listens != wanted:
        return Verdict(accepted=False, says=f"it is to listen on {wanted[0].address}:{exporter.port}")
    return Verdict(accepted=True, says=f"it runs with these arguments, on port {exporter.port}")


def _boot(stage: Stage, exporter: Exporter) -> Verdict:
    stage.scaffold("/run/before.sh", exporter.before)
    words = (
        *(stage.placed.host.address, exporter.package, exporter.path),
        *(str(exporter.port), exporter.account, exporter.proves),
    )
    expects = [exporter.answer, "measured: "]
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=words)
