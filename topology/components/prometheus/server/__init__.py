"""Monitoring of the whole design: one Prometheus that asks every server, and alerts at the limits of the plan.

Name it on one server. Each server then gets the exporters that fit what runs there, the firewalls let this one in, and
every exporter is asked once. The limits of the alerts are the plan's: the share of capacity that it keeps free, the
peak that it was made for, the connections that its database takes. It listens on the loopback address alone: look at
it through `ssh -L 9090:localhost:9090`. Who is called when an alert fires is left to you: put Alertmanager's address
into the plan's notes and into a file of your own.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.prometheus.exporting import METRICS, MONITORING
from topology.components.prometheus.server.reader import CONFIG, DEFAULTS, RULES, read
from topology.components.prometheus.server.settings import OWN_MIB, PrometheusSettings, size
from topology.components.prometheus.server.targets import targets_of
from topology.components.prometheus.server.validate import ANSWER, boot, check
from topology.components.reading import Reading, Texts
from topology.components.rendering import option, render

PORT = 9090
UNIT = "prometheus.service"


class Prometheus(Component):
    """Monitoring."""

    name = "prometheus"
    title = "Prometheus"
    roles = {"prometheus": "asks every server for its figures and says what is out of bounds"}  # noqa: RUF012
    offers = {"prometheus": (MONITORING,)}  # noqa: RUF012
    packages = {"debian12": "2.42.0", "ubuntu2404": "2.45.3"}  # noqa: RUF012
    package = "prometheus"
    settings = PrometheusSettings
    evidence = "booted"
    answer = ANSWER
    measured = Measured(memory_mib=50, cpu_ms=0.0, says="a question over HTTP, 20 of them: too little to be seen")
    logs = (Log(path="journal: prometheus.service", says="rules that do not load, and a disk that is full"),)
    troubles = (
        Trouble(
            sees="a target is down in `/targets`",
            does="Ask it from this server: curl http://ADDRESS:PORT/metrics. Refused means that the exporter does not"
            " run; a timeout means a firewall.",
        ),
        Trouble(
            sees="its disk fills",
            does="Lower keep_days; what it keeps grows with servers × figures ÷ scrape_seconds.",
        ),
    )
    validator = Validator(
        program="promtool",
        package="prometheus",
        says="promtool check config, which checks the rules too; the targets held against the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Its pages, on the loopback address."""
        return (Endpoint(service=MONITORING, port=PORT),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """Every exporter."""
        return (Need(services=(METRICS,), why="asks for figures"),)

    def size(self, placed: Placed) -> Sizing:
        """How often it asks, what it keeps, and the limits."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Whom it asks, when it says something, and its arguments."""
        sized = size(placed)
        jobs = [{"name": job, "targets": found} for job, found in targets_of(placed).items()]
        config = render(self, "prometheus.yml.j2", jobs=jobs, s=dict(sized.values))
        rules = render(self, "rules.yml.j2", s=dict(sized.values))
        arguments = (
            option("--web.listen-address", f"127.0.0.1:{PORT}"),
            option("--storage.tsdb.retention.time", f"{sized['keep_days']}d"),
        )
        return (
            ConfigFile(path=CONFIG, text=config, unit=UNIT, reasons=sized.reasons),
            ConfigFile(path=RULES, text=rules, unit=UNIT, reasons=sized.reasons),
            ConfigFile(path=DEFAULTS, text=f'ARGS="{" ".join(arguments)}"\n', action="restart", unit=UNIT),
        )

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Whom it asks."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """Its own."""
        return Memory(parts={"prometheus": OWN_MIB})


COMPONENT = Prometheus()
