"""Lets promtool check what Prometheus reads, holds its targets against the design, and starts it.

A server that is not among the targets is nothing to promtool, and neither is one that is asked twice.
"""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.prometheus.server.reader import CONFIG, DEFAULTS, read
from topology.components.prometheus.server.targets import targets_of

ANSWER = "every server is asked, and all its rules are loaded"
_START = r"""
for address in $1; do ip addr add "$address/32" dev lo; done
. /etc/default/prometheus
prometheus-node-exporter --web.listen-address=:9100 >/run/node 2>&1 &
mkdir -p /run/kept && cd /run/kept
prometheus --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/run/kept $ARGS >/run/said 2>&1 &
"""
_ASK = """
wait_port("127.0.0.1", 9090)
wait_http("/-/ready", port=9090)  # it listens before it answers: 503 until its store is open
def asked(what):
    return json.loads(get(f"/api/v1/{what}", port=9090)[1])["data"]
def nodes_of(targets):
    return [one for one in targets if one["labels"]["job"] == "node_exporter"]
def are_up(targets):
    return nodes_of(targets) and all(one["health"] == "up" for one in nodes_of(targets))
targets = wait_for(lambda: asked("targets")["activeTargets"], are_up)
nodes = nodes_of(targets)
bad = [one["scrapeUrl"] for one in nodes if one["health"] != "up"]
rules = asked("rules")["groups"][0]["rules"]
wrong = [rule["name"] for rule in rules if rule["health"] == "err"]
fine = nodes and not bad and not wrong and len(targets) == int(sys.argv[2])
print("every server is asked, and all its rules are loaded" if fine else f"{len(targets)} targets, {bad}, {wrong}")
only("prometheus")
measured(lambda: asked("query?query=up"), 20, "a question")
"""


def check(stage: Stage) -> Verdict:
    """promtool check config, then the targets."""
    ran = stage.run(["promtool", "check", "config", CONFIG])
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output.strip())
    asked = sorted(read({CONFIG: stage.read(CONFIG)}).scrapes)
    wanted = sorted(_targets(stage))
    if asked != wanted:
        odd = ", ".join(sorted(set(asked) ^ set(wanted))) or "one is asked twice"
        return Verdict(accepted=False, says=f"the targets differ from the design: {odd}")
    listens = read({DEFAULTS: stage.read(DEFAULTS)}).listens
    if [one.address for one in listens] != ["127.0.0.1"]:
        return Verdict(accepted=False, says="its pages have no password: it is to listen on 127.0.0.1 alone")
    return Verdict(accepted=True, says=f"promtool accepts it; it asks the {len(wanted)} exporters of the design")


def _targets(stage: Stage) -> list[str]:
    return [target["address"] for found in targets_of(stage.placed).values() for target in found]


def boot(stage: Stage) -> Verdict:
    """Prometheus as it is, with every server's address on this machine and one node exporter behind them all."""
    addresses = " ".join(dict.fromkeys(target.partition(":")[0] for target in _targets(stage)))
    words = (addresses, str(len(_targets(stage))))
    return booting.boot(stage, start=_START, ask=_ASK, expects=[ANSWER, "measured: "], words=words)
